"""What the answers to requests for documents mean, and what is kept of them.

A fault never becomes a change: it is reported as a problem, and what was archived stays as it was. A document without
declared body that reads otherwise than before is fetched again before the change is believed (`crawlers.template`).
"""

from __future__ import annotations

from dataclasses import replace

from scrapy.http import Request

from crawlers import answers, asking
from crawlers.answers import Answer, Gone
from crawlers.enclosed import is_file_itself
from crawlers.errand import Errand
from crawlers.faults import Fault
from crawlers.frames import Frames, is_reframed
from crawlers.lessons import MOST_HELD, Held, Lessons
from crawlers.parcels import Parcel
from crawlers.reading import selectors_of
from crawlers.settling import Settling
from crawlers.template import FURTHER_LOOKS
from crawlers.writing import Writing
from index import identity
from index.ingest import is_kin, reads_the_same, with_row
from index.records import FetchState, Reading, Row, Version

_LOOKS_AT_ALL = (5, 10, 20, 50, 100)
"""When so many documents of a visit have changed, it is looked whether the site changed around them."""


class Intake:
    """The documents of one visit. `dead`: addresses of new rows that lead nowhere. `files`: those that link files."""

    def __init__(self, of: Errand) -> None:
        self._of = of
        self.dead: list[str] = []
        self.frames = Frames(of.terms.archive, of.source)
        self._selectors = replace(selectors_of(of.source), items=None, fragment=None)
        self.lessons = Lessons(of)
        self._writing = Writing(of, self.lessons, self._selectors)
        self.files = Settling(of, self.lessons, self._writing)
        self._doubts: dict[str, Held] = {}
        self._again: list[Request] = []
        self._sure: set[str] = set()
        self._changed: list[Held] = []
        self._as_before = 0

    def take(self, answer: Answer, row: Row | None) -> list[Parcel]:
        """Read a document and keep what is new about it; those read now that have files. Raises StorageProblem."""
        self._of.done()
        document = identity.document_id(answer.url)
        state, known = self._of.known.state(document), self._of.known.documents.get(document)
        held = self.lessons.awaited(document) or self._doubts.pop(document, None)
        moving = known is not None and not known.withdrawn and self._moves(answer, document)
        if answer.status == 304 and moving and document not in self._sure:
            self._sure.add(document)  # where it leads says that nothing changed there: its text is needed all the same
            self._ask(Held(answer, row, document))
            return []
        same = answer.status == 304 or (state and known and state.sha256 == answer.sha256 and not known.withdrawn)
        if held is None and same and not moving and not answers.sent_away(answer, self._of.source):
            return _some(self._unchanged(answer, state, document))
        found = self._found(answer)
        if held:
            return self._further(held, found, answer)
        if not isinstance(found, Reading):
            self._missed(found, answer, document)
            return []
        held = Held(answer, row, document)
        if not self.lessons.hold(held):
            return _some(self._read(found, held))
        if held.further:
            self._ask(held)
        return self.end_lessons() if self.lessons.enough else []

    def _found(self, answer: Answer) -> Reading | Gone | Fault:
        noise = self.lessons.noise if self.lessons.apply(answer) else None
        return answers.document_in(answer, self._selectors, self._of.source, noise)

    def _moves(self, answer: Answer, document: str) -> bool:
        """Whether a document that stood at its own address is found at another now, for good."""
        before = self._of.terms.archive.documents.latest(document) if answer.for_good else None
        return before is not None and self._writing.moves(before, answer)

    def _unchanged(self, answer: Answer, state: FetchState | None, document: str) -> Parcel | None:
        self._of.troubles.well(answer.url)
        self._as_before += 1
        if document in self._of.known.files:
            before = self._of.terms.archive.documents.latest(document)
            if before:
                return self.files.parcel(answer, None, before, document)
        self._writing.same(answer, state, document)
        return None

    def _missed(self, found: Gone | Fault, answer: Answer, document: str) -> None:
        if isinstance(found, Fault):
            self._writing.failed(found, answer.url, answer.status)
            return
        self._of.troubles.well(answer.url)
        if document in self._of.known.documents:
            self._writing.gone(answer, document)
        else:
            self.dead.append(answer.url)  # asked again while it is listed

    def fail(self, fault: Fault, url: str) -> list[Parcel]:
        """Note that a document's address gave no answer at all; documents read now. Raises StorageProblem."""
        self._of.done()
        document = identity.document_id(url)
        self._doubts.pop(document, None)
        if self.lessons.awaited(document):
            self._of.report(fault, url)
            self.lessons.came(document)
            return self.end_lessons() if self.lessons.enough else []
        self._writing.failed(fault, url)
        return []

    # Pages that are fetched again

    def further_requests(self) -> list[Request]:
        """The pages to fetch once more, since asked last: to learn from, or because they read otherwise than before."""
        asked, self._again = self._again, []
        return asked

    def _ask(self, held: Held) -> None:
        self._of.count.asked += 1
        url, source = held.answer.url, self._of.source
        request = asking.document_request(source, url, None, full=True, priority=asking.FILE_PRIORITY)
        request.meta["row"] = held.row
        self._again.append(request)

    def _further(self, held: Held, found: Reading | Gone | Fault, answer: Answer) -> list[Parcel]:
        """Take the further fetch of a page; one that fails teaches nothing, and decides nothing about a change."""
        learning = self.lessons.awaited(held.document) is held
        self.lessons.came(held.document)
        if not isinstance(found, Reading):
            self._missed(found, answer, held.document)
        elif learning:
            held.look(answer)
        else:
            self.lessons.compare(held.answer, answer)
            held.look(answer)
            return _some(self._reread(held))
        return self.end_lessons() if self.lessons.enough else []

    def _doubt(self, held: Held) -> bool:
        """Ask for a changed page again; one that was asked for often enough waits for the others of this visit."""
        if held.further < FURTHER_LOOKS:
            held.further += 1
            self._doubts[held.document] = held
            self._ask(held)
            return True
        if held.judged or len(self._changed) >= MOST_HELD:
            return False
        self._changed.append(held)
        if len(self._changed) in _LOOKS_AT_ALL:
            self._learn_common()
        return True

    def _learn_common(self) -> None:
        latest = self._of.terms.archive.documents.latest
        pairs = ((latest(held.document), held.answer) for held in self._changed)
        stored = ((self._writing.stored(before), new) for before, new in pairs if before)
        self.lessons.common([(old, new) for old, new in stored if old], len(self._changed) + self._as_before)

    def end(self) -> list[Parcel]:
        """Read what was held back, now that everything has come; those that have files. Raises StorageProblem."""
        read = self.end_lessons()
        if self._doubts or self._again:
            return read
        self._learn_common()
        changed, self._changed = self._changed, []
        for held in changed:
            held.judged = True
        return read + [parcel for held in changed if (parcel := self._reread(held))]

    def end_lessons(self) -> list[Parcel]:
        """Read the pages that were held back to learn from; those that have files. Raises StorageProblem."""
        return [parcel for held in self.lessons.close() if (parcel := self._reread(held))]

    def _reread(self, held: Held) -> Parcel | None:
        found = self._found(held.answer)
        if isinstance(found, Reading):
            return self._read(found, held)
        self._missed(found, held.answer, held.document)
        return None

    def settle_rest(self) -> None:
        """Keep the new documents that were cut off, without the files they wait for; known ones stay as they were."""
        for held in self.lessons.close():
            if held.document not in self._of.known.documents:
                self._reread(held)
        self.files.settle_rest()

    # Readings

    def _read(self, reading: Reading, held: Held) -> Parcel | None:
        of, answer, document = self._of, held.answer, held.document
        before = of.terms.archive.documents.latest(document) if document in of.known.documents else None
        reading = with_row(reading, held.row.title, held.row.date) if held.row else reading
        reading = with_row(reading, before.reading.title, before.reading.published) if before else reading
        basis = self._basis(before, answer, document) if before else None
        if before and basis and reads_the_same(basis, reading):
            if self._writing.moves(before, answer):
                return self._believed(replace(before.reading, url=answer.url), answer, before, basis, document)
            self._look_at_frame(before, answer)
            return self._unchanged(answer, of.known.state(document), document)
        fault = self._fault(reading, answer, before)
        if fault:
            if fault.kind == "redesigned" and not of.troubles.is_open("redesigned"):
                self.lessons.retire()
            self._writing.failed(fault, answer.url, answer.status)
            return None
        if basis and self._doubt(held):
            return None
        return self._believed(replace(reading, url=answer.url), answer, before, basis, document)

    def _fault(self, reading: Reading, answer: Answer, before: Version | None) -> Fault | None:
        if before and self._writing.led_away(before, answer) and not is_kin(before.reading, reading):
            text = (
                f"{answer.url} leads to {answer.final_url}, where another text stands; nothing is changed. If the "
                "document was taken down or the site was rebuilt, look for it there and mend the declaration"
            )
            return Fault("http", text)
        return None if is_file_itself(reading) else self.frames.fault(before, reading, answer)

    def _believed(
        self, reading: Reading, answer: Answer, before: Version | None, basis: Reading | None, document: str
    ) -> Parcel | None:
        self._of.troubles.well(answer.url)
        if reading.attachments or (before and before.reading.attachments):
            return self.files.parcel(answer, reading, before, document)
        as_before = (lambda _: basis) if basis else None
        keep = self._writing.keep(reading, answer, before, self.lessons.extractor, as_before)
        self._of.keeper.keep(keep, len(answer.body))
        moved = before is not None and self._writing.moves(before, answer)
        self._writing.remember(answer, None, document, moved=moved)
        return None

    def _basis(self, before: Version, answer: Answer, document: str) -> Reading | None:
        """What a document without declared body is compared with: its old page, less what is known to be noise by now.

        None where that cannot be had, or where a change needs no doubt.
        """
        if not self.lessons.apply(answer) or self._of.known.documents[document].withdrawn:
            return None
        if before.extractor == self.lessons.extractor and not before.reading.attachments:
            return before.reading
        return self._writing.reread(before)

    def _look_at_frame(self, before: Version, answer: Answer) -> None:
        stored = self._writing.stored(before)
        if stored and is_reframed(stored.body, answer.body, answer.headers):
            self._writing.same_in_other_frame(answer, before)


def _some(parcel: Parcel | None) -> list[Parcel]:
    return [parcel] if parcel else []
