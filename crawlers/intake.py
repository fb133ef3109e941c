"""What the answers to requests for documents mean, and what is kept of them.

A fault never becomes a change: it is reported as a problem, and what was archived stays as it was. Documents that link
files wait for these as parcels, and are kept when all have come or failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from scrapy.http import Request

from crawlers import answers
from crawlers.answers import Answer, Gone
from crawlers.enclosed import Enclosed, is_file_itself, joined
from crawlers.errand import Errand
from crawlers.faults import Fault
from crawlers.frames import Frames
from crawlers.keeper import StorageProblem, advice
from crawlers.known import CONFIRM_AFTER
from crawlers.parcels import Parcel, Parcels
from crawlers.reading import EXTRACTOR, selectors_of
from crawlers.recording import Recording
from crawlers.remembering import answered, unanswered
from index import identity
from index.ingest import with_row
from index.records import FetchState, Page, Reading, Row, Version

_PARTLY = " without files"
"""Added to the extractor of a version some of whose files could not be had."""


class Intake:
    """The documents of one visit. `dead`: addresses of new rows that lead nowhere."""

    def __init__(self, of: Errand) -> None:
        self._of = of
        self.dead: list[str] = []
        self.frames = Frames(of.terms.archive, of.source)
        self._selectors = replace(selectors_of(of.source), items=None, fragment=None)
        self._recording = Recording(of.source, of.terms, of.count, of.first, self._selectors)
        self._parcels = Parcels(of.source, of.terms, of.known, of.started)
        self._open: dict[str, Parcel] = {}

    def take(self, answer: Answer, row: Row | None) -> Parcel | None:
        """Read a document and keep what is new about it; a parcel where it has files. Raises StorageProblem."""
        self._of.done()
        document = identity.document_id(answer.url)
        known = self._of.known.documents.get(document)
        state = self._of.known.state(document)
        same = state and known and state.sha256 == answer.sha256 and not known.withdrawn
        if answer.status == 304 or same:
            return self._unchanged(answer, state, document)
        found = answers.document_in(answer, self._selectors, self._of.source)
        if isinstance(found, Gone):
            self._gone(answer, state, document)
        elif isinstance(found, Fault):
            self._failed(found, answer, state)
        else:
            return self._read(replace(found, url=answer.url), answer, row, document)
        return None

    def _unchanged(self, answer: Answer, state: FetchState | None, document: str) -> Parcel | None:
        self._of.troubles.well(answer.url)
        if document in self._of.known.files:
            before = self._of.terms.archive.documents.latest(document)
            if before and before.reading.attachments:
                return self._parcel(answer, None, before, document)
        self._same(answer, state, document)
        return None

    def _same(self, answer: Answer, state: FetchState | None, document: str) -> None:
        self._of.count.unchanged += 1
        if self._of.known.is_ending(document):
            self._of.keeper.keep(partial(self._recording.seen_again, document, answer.url, self._of.terms.clock()))
        self._remember(answer, state, document)

    def _remember(self, answer: Answer, before: FetchState | None, document: str) -> None:
        now = self._of.terms.clock()
        self._of.keeper.remember(answered(answer, self._of.source.id, document, now, before))

    def _gone(self, answer: Answer, state: FetchState | None, document: str) -> None:
        """A look at a missing document: the first is remembered, the second, later, withdraws it."""
        of = self._of
        of.troubles.well(answer.url)
        if document not in of.known.documents:
            self.dead.append(answer.url)  # asked again while it is listed
            return
        now = of.terms.clock()
        since = state.missing_since if state else None
        if since and (now - since >= CONFIRM_AFTER or of.terms.recheck):
            of.keeper.keep(partial(self._recording.withdraw, document, answer.url, now))
        missing = unanswered(answer.url, of.source.id, state, now)
        of.keeper.remember(replace(missing, status=404, missing_since=since or now))

    def _failed(self, fault: Fault, answer: Answer, state: FetchState | None) -> None:
        self._of.report(fault, answer.url)
        status = 0 if answer.status in {200, 304} else answer.status
        failed = unanswered(answer.url, self._of.source.id, state, self._of.terms.clock())
        self._of.keeper.remember(replace(failed, status=status))

    def fail(self, fault: Fault, url: str) -> None:
        """Note that a document's address gave no answer at all. Raises StorageProblem."""
        self._of.report(fault, url)
        self._of.done()
        state = self._of.known.state(identity.document_id(url))
        self._of.keeper.remember(unanswered(url, self._of.source.id, state, self._of.terms.clock()))

    def _read(self, reading: Reading, answer: Answer, row: Row | None, document: str) -> Parcel | None:
        of = self._of
        before = of.terms.archive.documents.latest(document) if document in of.known.documents else None
        reading = with_row(reading, row.title, row.date) if row else reading
        reading = with_row(reading, before.reading.title, before.reading.published) if before else reading
        fault = None if is_file_itself(reading) else self.frames.fault(before, reading, answer)
        if fault:
            self._failed(fault, answer, of.known.state(document))
            return None
        of.troubles.well(answer.url)
        if reading.attachments or (before and before.reading.attachments):
            return self._parcel(answer, reading, before, document)
        record = partial(self._recording.record, self._page(answer), reading, EXTRACTOR)
        of.keeper.keep(record, len(answer.body))
        self._remember(answer, None, document)
        return None

    def _page(self, answer: Answer) -> Page:
        now, source = self._of.terms.clock(), self._of.source.id
        return Page(answer.url, source, now, answer.status, answer.headers, answer.body, answer.final_url)

    # Files

    def _parcel(self, answer: Answer, reading: Reading | None, before: Version | None, document: str) -> Parcel:
        files = reading.attachments if reading else before.reading.attachments if before else ()
        parcel = Parcel(document, answer, reading, before, files)
        self._open[document] = parcel
        return parcel

    def file_requests(self, parcel: Parcel) -> Iterator[Request]:
        """The requests for the files of a document; `parcel.waiting` are their addresses."""
        return self._parcels.requests(parcel)

    def take_file(self, parcel: Parcel, answer: Answer) -> None:
        """Note the answer for a file. Raises StorageProblem."""
        fault = self._parcels.take(parcel, answer)
        if fault:
            self._of.report(fault, answer.url, alone=True)
        else:
            self._of.troubles.well(answer.url)

    def miss_file(self, parcel: Parcel, url: str, fault: Fault | None) -> None:
        """Note that a file gave no answer; without a fault that is the site's wish. Raises StorageProblem."""
        self._parcels.miss(parcel, url)
        if fault:
            self._of.report(fault, url, alone=True)
        else:
            self._of.troubles.well(url)

    async def settle(self, parcel: Parcel) -> None:
        """Keep a document whose files have all come or failed. Raises StorageProblem."""
        del self._open[parcel.document]
        self._drop_unlinked(parcel)
        if parcel.is_news:
            try:
                await self._settle(parcel)
            except OSError as error:
                raise StorageProblem(advice(error, self._of.terms.archive)) from error
        else:
            self._same(parcel.answer, self._of.known.state(parcel.document), parcel.document)
        for state in parcel.states:
            self._of.keeper.remember(state)

    def _drop_unlinked(self, parcel: Parcel) -> None:
        """Forget the troubles of files that the document links no more."""
        linked = {attachment.url for attachment in parcel.attachments}
        for state in self._of.known.files.get(parcel.document, ()):
            if state.url not in linked:
                self._of.troubles.well(state.url)
                self._of.keeper.remember(replace(state, document=None))

    async def _settle(self, parcel: Parcel) -> None:
        page, answer = parcel.reading, parcel.answer
        if parcel.before and page is None:
            page, stored = self._recording.reread(parcel.before), self._recording.stored(parcel.before)
            answer = stored or answer
        if page is None:  # its bytes are lost; the next full read brings them again
            return
        shas = self._parcels.known_as(parcel)
        files = await self._parcels.read(shas, parcel.bodies)
        if _is_slow(parcel.before, files):
            return
        extractor = EXTRACTOR if files.keys() >= {a.url for a in page.attachments} else f"{EXTRACTOR}{_PARTLY}"
        then = None
        if parcel.before and parcel.before.extractor != extractor:
            then = await self._as_then(parcel.before, files)
        record = partial(self._recording.record, self._page(answer), joined(page, files), extractor)
        self._of.keeper.keep(partial(record, lambda _: then, parcel.pages), sum(map(len, parcel.bodies.values())))
        state = self._of.known.state(parcel.document)
        self._remember(parcel.answer, state if parcel.answer.status == 304 else None, parcel.document)

    async def _as_then(self, before: Version, files: Mapping[str, Enclosed]) -> Reading | None:
        """What the present extractor reads in an older version with the files it had.

        A file that comes late and has no text is counted as one it had: it tells nothing new.
        """
        page = self._recording.reread(before)
        if page is None:
            return None
        had = {a.url: a.sha256 for a in before.reading.attachments if a.sha256}
        late = {url: file for url, file in files.items() if url not in had and file.text.flag}
        return joined(page, late | await self._parcels.read(had, {}))

    def settle_rest(self) -> None:
        """Keep the new documents whose files were cut off, without these; known ones stay as they were."""
        for parcel in self._open.values():
            if parcel.before is None and parcel.reading is not None:
                page = joined(parcel.reading, {})
                record = partial(self._recording.record, self._page(parcel.answer), page, f"{EXTRACTOR}{_PARTLY}")
                self._of.keeper.keep(record, len(parcel.answer.body))
        self._open.clear()


def _is_slow(before: Version | None, files: Mapping[str, Enclosed]) -> bool:
    """Whether a file that was read before took too long this time: that is this machine's doing."""
    had = {a.url: a.sha256 for a in before.reading.attachments} if before else {}
    return any(file.text.flag == "timeout" and had.get(url) == file.sha256 for url, file in files.items())
