"""The template of a site whose declaration names no `detail.body`, learnt from its own pages. Pure.

Two observations teach it. Two fetches of one page within one visit: what differs is noise, for nobody edits a document
in that second. Several documents side by side: what stands at one place on nearly all of them, where nothing else
stands, is the site's. A paragraph that documents share stays: other paragraphs stand at its place. A change found at a
later visit teaches nothing by itself, since it may be real: the page is fetched once more, and what differs between
these two fetches is learnt before old and new page are compared (`same_text`).

How a spider uses it: `learn` from `look`s at the first documents, each fetched twice (`LOOKED_AT_TWICE`), and at some
siblings fetched once; `as_json` into the archive, one blob a source; `read(..., noise=template.noise)`, with
`template.noise.version` as part of the extractor's version, so that what a better template leaves out is `tooling`.
Where a known document reads otherwise than before, `same_text` decides; where it says no, fetch the page again, `learn`
from the two fetches and ask `same_text` once more, `FURTHER_LOOKS` times at most.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from crawlers.reading import read
from crawlers.reading.decoding import decode
from crawlers.reading.noise import LONGEST_SLOT, Block, Noise, blocks_of, mask_key, shared_key, slot_key, text_key
from crawlers.reading.tree import drop_hidden, tree
from index.identity import content_digest, document_id

LOOKED_AT_TWICE = 4
"""So many first documents of a source are fetched twice, so that a template is there before anything can change."""
LOOKED_AT = 12
"""From so many documents of a source it is learnt what all of them print."""
FURTHER_LOOKS = 2
"""Fetches more of a page that reads otherwise than before, while it does: two draws from few texts may be alike."""
_PAIRS, _FLIPPED, _OFTEN = 2, 0.5, 0.8
_SIBLINGS, _NEARLY_ALL, _ALONE = 5, 0.9, 0.8
_COMMON, _LOST = 0.3, 200
_MOST_KEYS = 5000


class Look(NamedTuple):
    """One fetch of a document (its address) in one visit."""

    document: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Template:
    """What was learnt of one source. Counts are kept, so that more can be learnt; `noise` is what follows from them.

    `pages`: documents seen. `totals`: lines seen by place. `common`: documents that print a line, by `shared_key`.
    `pairs`: by place, how many second fetches saw it, in how many of them whole lines differed, how many lines did, of
    how many. `masks`, `texts`, `slots`: keys of single lines that differed, and where. `documents`: ids of those seen,
    so that one that is read again and again is no further sibling; `twice`: second fetches that taught something.
    `late`: lines that came or went on all documents at once.
    """

    pages: int = 0
    totals: Mapping[str, int] = field(default_factory=dict)
    common: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[str, tuple[int, int, int, int]] = field(default_factory=dict)
    masks: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    slots: Mapping[str, int] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    twice: int = 0
    late: frozenset[str] = frozenset()

    @cached_property
    def noise(self) -> Noise:
        """What readings leave out."""
        return Noise(self._loud(), self.masks, self.texts, self._shared() | self.late, self.slots)

    def _loud(self) -> frozenset[str]:
        return frozenset(
            path
            for path, (seen, flips, lines, of) in self.pairs.items()
            if seen >= _PAIRS and flips >= _OFTEN * seen and lines >= _FLIPPED * of
        )

    def _shared(self) -> frozenset[str]:
        if self.pages < _SIBLINGS:
            return frozenset()
        on_all = {key: n for key, n in self.common.items() if n >= _NEARLY_ALL * self.pages}
        held: Counter[str] = Counter()
        for key, n in on_all.items():
            held[_place(key)] += n
        return frozenset(key for key in on_all if held[_place(key)] >= _ALONE * self.totals.get(_place(key), 0))


def look(page: bytes, url: str, headers: Mapping[str, str]) -> Look:
    """What a page shows, to learn from."""
    root = tree(decode(page, headers))
    if root is None:
        return Look(url, ())
    drop_hidden(root)
    return Look(url, tuple(blocks_of(root)))


def learn(looks: Iterable[Look], known: Template | None = None) -> Template:
    """The template after some more looks, all of one visit: several at one document are repeated fetches of it.

    Looks at anything but sound documents (block pages, half answers) must not be among them; as a second guard, two
    looks that have little in common teach nothing, nor does a place that lost a long text and got none.
    """
    template = known or Template()
    first: dict[str, Look] = {}
    for one in looks:
        before = first.get(one.document)
        template = _beside(template, one) if before is None else _compared(template, before, one)
        first[one.document] = one
    return template


def learn_common(pairs: Sequence[tuple[Look, Look]], read: int, template: Template) -> Template:
    """The template after a visit that found documents changed: old and new look of each, of `read` documents in all.

    What came or went on nearly all of them, at places where nothing else stands, was done to the site, not to them: a
    banner, another line in the footer.
    """
    if len(pairs) < _SIBLINGS or len(pairs) < _NEARLY_ALL * read:
        return template
    turned: Counter[str] = Counter()
    stands: Counter[str] = Counter()
    for pair in pairs:
        old, new = (Counter(shared_key(block) for block in one.blocks) for one in pair)
        turned.update((old - new).keys() | (new - old).keys())
        stands.update(old + new)
    on_all = {key for key, n in turned.items() if n >= _NEARLY_ALL * read}
    own, total = Counter[str](), Counter[str]()
    for key, n in stands.items():
        total[_place(key)] += n
        own[_place(key)] += n if key in on_all or key in template.noise.shared else 0
    late = {key for key in on_all if own[_place(key)] >= _ALONE * total[_place(key)]}
    return replace(template, late=template.late | late)


def _beside(template: Template, one: Look) -> Template:
    """The template after a further document; that after LOOKED_AT of them, or one of these again, is as it was."""
    name = document_id(one.document)
    if name in template.documents or template.pages >= LOOKED_AT:
        return template
    totals = Counter(template.totals)
    totals.update(block.path for block in one.blocks)
    common = Counter(template.common)
    common.update({shared_key(block) for block in one.blocks})
    pages = template.pages + 1
    if pages >= _SIBLINGS:
        common = Counter({key: n for key, n in common.items() if n >= _NEARLY_ALL * pages - 1})
    seen = template.documents | {name}
    return replace(template, pages=pages, totals=dict(totals), common=dict(common), documents=seen)


def _compared(template: Template, first: Look, second: Look) -> Template:
    """The template after a second fetch of a document."""
    old, new = _by_place(first.blocks), _by_place(second.blocks)
    if not _alike(first, second):
        return template
    pairs, masks, texts = dict(template.pairs), set(template.masks), set(template.texts)
    for path in old.keys() | new.keys():
        gone, came = (list(c.elements()) for c in _apart(old.get(path, Counter()), new.get(path, Counter())))
        figures, lines = _figures(gone, came, first.document)
        if _size(lines) > _LOST and (not gone or not came):
            continue
        masks |= figures
        seen, flips, flipped, of = pairs.get(path, (0, 0, 0, 0))
        total = sum(old.get(path, Counter()).values()) + sum(new.get(path, Counter()).values())
        pairs[path] = (seen + 1, flips + bool(lines), flipped + len(lines), of + total)
        texts |= {text_key(block) for block in lines}
    learnt = replace(template, pairs=pairs, masks=_few(masks), twice=template.twice + 1)
    loud = learnt.noise.paths
    learnt = replace(learnt, texts=_few({key for key in texts if _place(key) not in loud}))
    return replace(learnt, slots=dict(template.slots) | dict(_slots(learnt.noise, first, second)))


def _slots(noise: Noise, first: Look, second: Look) -> Iterator[tuple[str, int]]:
    """Where single lines come and go between lines that stay."""
    simple = replace(noise, texts=frozenset(), slots={})
    for one in (first, second):
        left = [one.blocks[n] for n in simple.own(one.blocks, one.document)]
        stays = [n for n, block in enumerate(left) if text_key(block) not in noise.texts]
        for above, below in pairwise(stays):
            if 1 < below - above <= LONGEST_SLOT + 1:
                yield slot_key(left[above], left[below], one.document), below - above - 1


def _alike(first: Look, second: Look) -> bool:
    """Whether two looks can be at one page: figures aside, a third of the longer one stands in both."""
    old, new = (Counter(mask_key(block, "") for block in one.blocks) for one in (first, second))
    both = sum(len(key) * n for key, n in (old & new).items())
    return both >= _COMMON * max(sum(len(key) * n for key, n in side.items()) for side in (old, new))


def _size(blocks: Iterable[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _by_place(blocks: Iterable[Block]) -> dict[str, Counter[Block]]:
    found: dict[str, Counter[Block]] = {}
    for block in blocks:
        found.setdefault(block.path, Counter())[block] += 1
    return found


def _apart(old: Counter[Block], new: Counter[Block]) -> tuple[Counter[Block], Counter[Block]]:
    return old - new, new - old


def _figures(gone: list[Block], came: list[Block], document: str) -> tuple[set[str], list[Block]]:
    """The masks of lines of which only figures differ, and the lines that differ in more."""
    left, right = ({mask_key(block, document) for block in side} for side in (gone, came))
    same = left & right
    return same, [block for block in (*gone, *came) if mask_key(block, document) not in same]


def _few(keys: set[str]) -> frozenset[str]:
    """At most so many keys as a blob of the archive should hold."""
    return frozenset(sorted(keys)[:_MOST_KEYS])


def _place(key: str) -> str:
    return key.split("|", 1)[0]


def as_json(template: Template) -> str:
    """The template as the archive keeps it, one blob a source."""
    values = {
        "pages": template.pages,
        "totals": template.totals,
        "common": template.common,
        "pairs": {path: list(counts) for path, counts in template.pairs.items()},
        "masks": sorted(template.masks),
        "texts": sorted(template.texts),
        "slots": template.slots,
        "documents": sorted(template.documents),
        "twice": template.twice,
        "late": sorted(template.late),
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def from_json(blob: str) -> Template:
    """The template that `as_json` wrote."""
    values = json.loads(blob)
    return Template(
        pages=values["pages"],
        totals=values["totals"],
        common=values["common"],
        pairs={path: tuple(counts) for path, counts in values["pairs"].items()},
        masks=frozenset(values["masks"]),
        texts=frozenset(values["texts"]),
        slots=values["slots"],
        documents=frozenset(values["documents"]),
        twice=values["twice"],
        late=frozenset(values["late"]),
    )


def same_text(before: bytes, after: bytes, url: str, headers: Mapping[str, str], noise: Noise) -> bool:
    """Whether two fetches of a document, on different days, show the same document once noise is left out."""
    old, new = (read(page, url, headers=headers, noise=noise) for page in (before, after))
    return content_digest(old) == content_digest(new)


def clean(one: Look, noise: Noise) -> list[Block]:
    """The blocks of a page that are the document's own."""
    return [one.blocks[n] for n in noise.own(one.blocks, one.document)]


def joined(now: Noise, before: Noise) -> Noise:
    """What is left out of pages some of which are older than the last rebuilding of their site."""
    return Noise(
        now.paths | before.paths,
        now.masks | before.masks,
        now.texts | before.texts,
        now.shared | before.shared,
        {**before.slots, **now.slots},
    )
