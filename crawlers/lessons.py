"""What a visit learns of a site whose declaration names no `detail.body`, and when it has learnt enough.

While lessons are open, the pages that come are held back: the first are fetched once more, some siblings once, then all
are read with what was learnt. `crawlers.template` says what two pages teach; here is when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from config.source import Source
from crawlers import answers, template
from crawlers.answers import Answer
from crawlers.enclosed import starts_as_file
from crawlers.errand import Errand
from crawlers.keeper import Event
from crawlers.reading import EXTRACTOR
from crawlers.reading.noise import Noise
from crawlers.template import LOOKED_AT, LOOKED_AT_TWICE, Look, Template
from index.archive.archive import Archive
from index.identity import document_id
from index.records import Row

MOST_HELD = 100
"""Pages held back at most; a site that answers that much faster than its first pages come again is read as it is."""


@dataclass(slots=True)
class Held:
    """A page that is read later, or that is fetched again because it reads otherwise than before.

    `further`: how often it was asked for again; `earlier`: what it looked like when it came before; `judged`: no more
    is to be learnt about it.
    """

    answer: Answer
    row: Row | None
    document: str
    further: int = 0
    earlier: list[Answer] = field(default_factory=list)
    judged: bool = False

    def look(self, answer: Answer) -> None:
        """Put a further answer in place of the one before, which is kept to learn from."""
        self.earlier.append(self.answer)
        self.answer = answer


class Lessons:
    """The template of one source during one visit."""

    def __init__(self, of: Errand) -> None:
        self._of = of
        self._wanted = of.source.detail.body is None
        self._template, self._before = _known(of.terms.archive, of.source)
        self._held: dict[str, Held] = {}
        self._coming: set[str] = set()
        mature = self._template.twice >= LOOKED_AT_TWICE and self._template.pages >= LOOKED_AT
        self._over = mature or not self._wanted
        self.noise = _both(self._template, self._before)

    @property
    def extractor(self) -> str:
        """The version of the rules by which documents of this source are read now."""
        return f"{EXTRACTOR}+{self.noise.version}" if self.noise else EXTRACTOR

    def apply(self, answer: Answer) -> bool:
        """Whether a page may hold what is none of the document's own."""
        return self._wanted and not answers.is_json(answer) and not starts_as_file(answer.body)

    # Of pages that come for the first time

    def hold(self, held: Held) -> bool:
        """Take a page to learn from or to wait; `held.further` is 1 where it is to be fetched again. False: read it."""
        if self._over or len(self._held) >= MOST_HELD or not self.apply(held.answer):
            return False
        self._held[held.document] = held
        if self._twice() < LOOKED_AT_TWICE:
            held.further = 1
            self._coming.add(held.document)
        return True

    def awaited(self, document: str) -> Held | None:
        """The page held back that was asked for again."""
        return self._held.get(document) if document in self._coming else None

    def came(self, document: str) -> None:
        """Note that a second fetch came, or that none can be had."""
        self._coming.discard(document)

    def _twice(self) -> int:
        return self._template.twice + len(self._coming) + sum(bool(one.earlier) for one in self._held.values())

    @property
    def enough(self) -> bool:
        """Whether pages are held back and nothing more is waited for."""
        if self._coming or not self._held:
            return False
        known = self._template.documents | {document_id(one.answer.final_url) for one in self._held.values()}
        return self._twice() >= LOOKED_AT_TWICE and len(known) >= LOOKED_AT

    def close(self) -> list[Held]:
        """Learn from what was held back, and give it back to be read. From now on nothing more is held."""
        held, self._held, self._over = list(self._held.values()), {}, True
        self._coming.clear()
        twice = (page for one in held for page in (*one.earlier, one.answer) if one.earlier)
        self._learn([*(_look(page) for page in twice), *(_look(one.answer) for one in held if not one.earlier)])
        return held

    # Of pages that read otherwise than before

    def compare(self, first: Answer, second: Answer) -> None:
        """Learn from two fetches of one page."""
        self._learn([_look(first), _look(second)])

    def common(self, pairs: Sequence[tuple[Answer, Answer]], read: int) -> None:
        """Learn from all changes of a visit, old page and new, what was done to the site; `read` documents came."""
        seen = [(_look(old), _look(new)) for old, new in pairs]
        self._put(template.learn_common(seen, read, self._template))

    def _learn(self, looks: Iterable[Look]) -> None:
        self._put(template.learn(looks, self._template))

    def _put(self, learnt: Template) -> None:
        if learnt == self._template:
            return
        self._template = learnt
        self.noise = _both(self._template, self._before)
        self._of.keeper.keep(self._save)

    def _save(self) -> Iterable[Event]:
        now = self._of.terms.clock()
        self._of.terms.archive.templates.keep(self._of.source.id, template.as_json(self._template), now)
        return ()

    def retire(self) -> None:
        """Note that the site was rebuilt: the next visit learns anew, and keeps what was known for older pages."""
        shelf, source = self._of.terms.archive.templates, self._of.source.id

        def job() -> Iterable[Event]:
            shelf.retire(source, self._of.terms.clock())
            return ()

        if self._wanted:
            self._of.keeper.keep(job)


def noise_of(archive: Archive, source: Source) -> Noise | None:
    """What is left out of the pages of a source by what was learnt of its site up to now."""
    return _both(*_known(archive, source))


def _known(archive: Archive, source: Source) -> tuple[Template, Noise]:
    """The template in force, and what was left out before the site was rebuilt."""
    if source.detail.body is not None:
        return Template(), Noise()
    now, before = archive.templates.current(source.id), archive.templates.retired(source.id)
    known = template.from_json(now) if now else Template()
    return known, template.from_json(before).noise if before else Noise()


def _both(now: Template, before: Noise) -> Noise | None:
    both = template.joined(now.noise, before)
    return both if both.version else None


def _look(answer: Answer) -> Look:
    return template.look(answer.body, answer.final_url, answer.headers)
