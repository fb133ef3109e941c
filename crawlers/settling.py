"""Documents that wait for the files they link, and are kept when all have come or failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from scrapy.http import Request

from crawlers.answers import Answer
from crawlers.enclosed import Enclosed, joined
from crawlers.errand import Errand
from crawlers.faults import Fault
from crawlers.keeper import StorageProblem, advice
from crawlers.lessons import Lessons
from crawlers.parcels import Parcel, Parcels
from crawlers.writing import Writing
from index.identity import document_id
from index.records import Attachment, Reading, Version

_PARTLY = " without files"
"""Added to the extractor of a version some of whose files could not be had."""


class Settling:
    """The documents of one visit that have files."""

    def __init__(self, of: Errand, lessons: Lessons, writing: Writing) -> None:
        self._of, self._lessons, self._writing = of, lessons, writing
        self._parcels = Parcels(of.source, of.terms, of.known, of.started)
        self._open: dict[str, Parcel] = {}

    def parcel(self, answer: Answer, reading: Reading | None, before: Version | None, document: str) -> Parcel:
        """A document on its way; `reading` None where its page is what it was."""
        had = (*before.reading.attachments, *self._lost(document, before)) if before else ()
        parcel = Parcel(document, answer, reading, before, reading.attachments if reading else had)
        self._open[document] = parcel
        return parcel

    def _lost(self, document: str, before: Version) -> Iterator[Attachment]:
        """The files that a document has lost and that its page still links: they may come back."""
        has = {document_id(attachment.url) for attachment in before.reading.attachments}
        for state in self._of.known.files.get(document, ()):
            if state.missing_since and document_id(state.url) not in has:
                yield Attachment(state.url)

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
            self._writing.same(parcel.answer, self._of.known.state(parcel.document), parcel.document)
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
        page, answer, before = parcel.reading, parcel.answer, parcel.before
        if before and page is None:
            page, stored = self._writing.reread(before), self._writing.stored(before)
            answer = stored or answer
        if page is None:  # its bytes are lost; the next full read brings them again
            return
        page = replace(page, attachments=tuple(a for a in page.attachments if a.url not in parcel.gone))
        files = await self._parcels.read(self._parcels.known_as(parcel), parcel.bodies)
        if _is_slow(before, files):
            return
        has_all = files.keys() >= {a.url for a in page.attachments}
        extractor = self._lessons.extractor if has_all else f"{self._lessons.extractor}{_PARTLY}"
        then = await self._as_then(before, files) if before and before.extractor != extractor else None
        keep = self._writing.keep(joined(page, files), answer, before, extractor, lambda _: then, tuple(parcel.pages))
        self._of.keeper.keep(keep, sum(map(len, parcel.bodies.values())))
        state = self._of.known.state(parcel.document) if parcel.answer.status == 304 else None
        moved = before is not None and self._writing.moves(before, answer)
        self._writing.remember(parcel.answer, state, parcel.document, moved=moved)

    async def _as_then(self, before: Version, files: Mapping[str, Enclosed]) -> Reading | None:
        """What the present extractor reads in an older version with the files it had.

        A file that comes late and has no text is counted as one it had: it tells nothing new.
        """
        page = self._writing.reread(before)
        if page is None:
            return None
        had = {a.url: a.sha256 for a in before.reading.attachments if a.sha256}
        late = {url: file for url, file in files.items() if url not in had and file.text.flag}
        return joined(page, late | await self._parcels.read(had, {}))

    def settle_rest(self) -> None:
        """Keep the new documents whose files were cut off, without these; known ones stay as they were."""
        for parcel in self._open.values():
            if parcel.before is None and parcel.reading is not None:
                extractor = f"{self._lessons.extractor}{_PARTLY}"
                keep = self._writing.keep(joined(parcel.reading, {}), parcel.answer, None, extractor)
                self._of.keeper.keep(keep, len(parcel.answer.body))
        self._open.clear()


def _is_slow(before: Version | None, files: Mapping[str, Enclosed]) -> bool:
    """Whether a file that was read before took too long this time: that is this machine's doing."""
    had = {a.url: a.sha256 for a in before.reading.attachments} if before else {}
    return any(file.text.flag == "timeout" and had.get(url) == file.sha256 for url, file in files.items())
