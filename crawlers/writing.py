"""What one visit writes of documents: their readings, and that they stood as before, are gone, moved or failed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from crawlers.answers import Answer
from crawlers.errand import Errand
from crawlers.faults import Fault
from crawlers.keeper import Job
from crawlers.known import CONFIRM_AFTER, MOVED
from crawlers.lessons import Lessons
from crawlers.reading import Selectors
from crawlers.recording import Recording
from crawlers.remembering import answered, unanswered
from index import identity
from index.ingest import Reread, stood_at
from index.records import FetchState, Page, Reading, Version


class Writing:
    """The writing end of one visit for documents. All methods may raise StorageProblem."""

    def __init__(self, of: Errand, lessons: Lessons, selectors: Selectors) -> None:
        self._of, self._lessons = of, lessons
        self._recording = Recording(of.source, of.terms, of.count, of.first, selectors)

    def page(self, answer: Answer) -> Page:
        """An answer as the archive keeps it."""
        now, source = self._of.terms.clock(), self._of.source.id
        return Page(answer.url, source, now, answer.status, answer.headers, answer.body, answer.final_url)

    def stored(self, version: Version) -> Answer | None:
        """As `Recording.stored`."""
        return self._recording.stored(version)

    def reread(self, version: Version) -> Reading | None:
        """What is read now on the page of an older version, less what is known by now to be the site's own."""
        return self._recording.reread(version, self._lessons.noise)

    def keep(
        self,
        reading: Reading,
        answer: Answer,
        before: Version | None,
        extractor: str,
        as_before: Reread | None = None,
        files: tuple[Page, ...] = (),
    ) -> Job:
        """The job that keeps a reading: under the address it moved to, where it did."""
        moves = before is not None and self.moves(before, answer)
        record = self._recording.follow if moves else self._recording.record
        return partial(record, self.page(answer), reading, extractor, as_before, files)

    def moves(self, before: Version, answer: Answer) -> bool:
        """Whether a document that stood at its own address is now to be found at another for good."""
        return answer.for_good and self.led_away(before, answer)

    def led_away(self, before: Version, answer: Answer) -> bool:
        """Whether the address of a document leads to another, and did not when it was last read."""
        elsewhere = identity.document_id(answer.final_url) != identity.document_id(answer.url)
        return elsewhere and stood_at(self._of.terms.archive, before, answer.url)

    def remember(self, answer: Answer, before: FetchState | None, document: str, *, moved: bool = False) -> None:
        """Remember an address that answered well; one that leads elsewhere for good, with the address it leads to."""
        now, source = self._of.terms.clock(), self._of.source.id
        if moved:
            there = replace(answer, url=answer.final_url)
            self._of.keeper.remember(answered(there, source, identity.document_id(there.url), now))
            answer = replace(answer, status=MOVED)
        self._of.keeper.remember(answered(answer, source, document, now, before))

    def same(self, answer: Answer, state: FetchState | None, document: str) -> None:
        """Note that a document stands as it stood."""
        self._of.count.unchanged += 1
        if self._of.known.is_ending(document):
            self._of.keeper.keep(partial(self._recording.seen_again, document, self._of.terms.clock()))
        self.remember(answer, state, document)

    def same_in_other_frame(self, answer: Answer, before: Version) -> None:
        """Keep the page of a document whose site was rebuilt around the same text, to compare the next ones with."""
        self._of.keeper.keep(partial(self._recording.keep_frame, before, self.page(answer)), len(answer.body))

    def gone(self, answer: Answer, document: str) -> None:
        """Note a look at a missing document: the first is remembered, the second, later, withdraws it."""
        of = self._of
        now, state = of.terms.clock(), of.known.state(document)
        since = state.missing_since if state else None
        if since and (now - since >= CONFIRM_AFTER or of.terms.recheck):
            of.keeper.keep(partial(self._recording.withdraw, document, now))
        missing = unanswered(answer.url, of.source.id, state, now)
        of.keeper.remember(replace(missing, status=404, missing_since=since or now))

    def failed(self, fault: Fault, url: str, status: int = 0) -> None:
        """Note what is wrong with a document's address, and the status of its answer if there was one."""
        self._of.report(fault, url)
        state = self._of.known.state(identity.document_id(url))
        failed = unanswered(url, self._of.source.id, state, self._of.terms.clock())
        self._of.keeper.remember(replace(failed, status=0 if status in {200, 304} else status))
