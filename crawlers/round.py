"""One crawl of one source: what is asked, what its answers mean, and what is kept of them.

Knows nothing of Scrapy but its requests; the spiders bring answers and send what is asked for. A fault never becomes a
change: it is reported as a problem, and what was archived stays as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from scrapy.http import Request

from config.source import Source
from crawlers import answers, asking, events
from crawlers.answers import Answer, Gone
from crawlers.faults import Fault
from crawlers.frames import Frames
from crawlers.keeper import Event, Keeper, StorageProblem
from crawlers.known import CONFIRM_AFTER, Known, is_first_crawl, is_full_due
from crawlers.lists import Lists
from crawlers.reading import EXTRACTOR, selectors_of
from crawlers.remembering import answered, unanswered
from crawlers.terms import Count, Terms
from crawlers.troubles import Troubles
from index import identity
from index.archive.archive import ArchiveProblem
from index.blobs import CorruptBlob
from index.ingest import Visit, record, with_row, withdraw
from index.records import FetchState, Page, Reading, Row, Run, Version

MANY_DEAD = 3
"""One dead link in a list is the publisher's slip; so many, and nothing else new, are ours."""


class Round:
    """One crawl of one source, from its first request to its `Run`."""

    def __init__(self, source: Source, terms: Terms) -> None:
        self.source, self.terms = source, terms
        self.started = terms.clock()
        self.count = Count()
        self.known = Known(terms.archive, source)
        self.troubles = Troubles(terms.archive, source.id)
        self.keeper = Keeper(terms.archive, terms.emit)
        self._first = is_first_crawl(terms.archive, source, self.started)
        self.lists = Lists(source, self.started)
        self._detail = replace(selectors_of(source), items=None, fragment=None)
        self._asked: set[str] = set()
        self._dead: list[str] = []
        self._frames = Frames(terms.archive, source)

    # Asking

    def list_requests(self) -> Iterator[Request]:
        """The list pages of this visit."""
        return self.lists.requests(self.known, recheck=self.terms.recheck)

    def due_requests(self) -> Iterator[Request]:
        """The known documents that are to be read again."""
        for document in self.known.due(self.started, self.troubles.places, everything=self.terms.recheck):
            yield from self._ask(document.url, asking.KNOWN_PRIORITY)

    def page_requests(self) -> Iterator[Request]:
        """The addresses of the declaration themselves, for the kind `page`."""
        for url in self.source.addresses(self.started):
            yield from self._ask(url, asking.NEW_PRIORITY)

    def _ask(self, url: str, priority: int, row: Row | None = None) -> Iterator[Request]:
        document = identity.document_id(url)
        if document in self._asked:
            return
        self._asked.add(document)
        self.count.asked += 1
        state, known = self.known.state(document), self.known.documents.get(document)
        full = is_full_due(state, self.started) or known is None or known.withdrawn
        request = asking.document_request(self.source, url, state, full=full, priority=priority)
        request.meta["row"] = row
        yield request

    # Lists

    def take_list(self, answer: Answer, page: int) -> Iterator[Request]:
        """Read a list page: the requests for the documents on it that were never read. Raises StorageProblem."""
        rows = self.lists.read(answer, page)
        if isinstance(rows, Fault):
            self.report(rows, answer.url)
            return
        self.troubles.well(answer.url)
        if answer.status == 200:
            self.lists.states.append(answered(answer, self.source.id, None, self.terms.clock()))
        for row in rows:
            yield from self._follow(row)

    def _follow(self, row: Row) -> Iterator[Request]:
        if not asking.is_wanted(row, self.source):
            return
        if not self.lists.is_own(row):
            self.count.foreign += 1
            return
        document = identity.document_id(row.url)
        if document not in self.known.documents and not self.known.elsewhere(document):
            yield from self._ask(row.url, asking.NEW_PRIORITY, row)

    # Documents

    def take_document(self, answer: Answer, row: Row | None) -> None:
        """Read a document and keep what is new about it. Raises StorageProblem."""
        self._done()
        document = identity.document_id(answer.url)
        state = self.known.state(document)
        if answer.status == 304 or (state and state.sha256 == answer.sha256 and not self._is_withdrawn(document)):
            self._unchanged(answer, state, document)
            return
        found = answers.document_in(answer, self._detail, self.source)
        if isinstance(found, Gone):
            self._gone(answer, state, document)
        elif isinstance(found, Fault):
            self._failed(found, answer, state)
        else:
            self._read(replace(found, url=answer.url), answer, row, document)

    def _is_withdrawn(self, document: str) -> bool:
        known = self.known.documents.get(document)
        return known is not None and known.withdrawn

    def _unchanged(self, answer: Answer, state: FetchState | None, document: str) -> None:
        self.troubles.well(answer.url)
        self.count.unchanged += 1
        self._remember(answer, state, document)

    def _remember(self, answer: Answer, before: FetchState | None, document: str) -> None:
        self.keeper.remember(answered(answer, self.source.id, document, self.terms.clock(), before))

    def _gone(self, answer: Answer, state: FetchState | None, document: str) -> None:
        """A look at a missing document: the first is remembered, the second, later, withdraws it."""
        self.troubles.well(answer.url)
        if document not in self.known.documents:
            self._dead.append(answer.url)  # asked again while it is listed
            return
        now = self.terms.clock()
        since = state.missing_since if state else None
        if since and (now - since >= CONFIRM_AFTER or self.terms.recheck):
            self.keeper.keep(partial(self._withdraw, document, answer.url, now))
        missing = unanswered(answer.url, self.source.id, state, now)
        self.keeper.remember(replace(missing, status=404, missing_since=since or now))

    def _withdraw(self, document: str, url: str, at: datetime) -> list[Event]:
        archive = self.terms.archive
        change = withdraw(archive, document, at, self.source.id)
        latest = archive.documents.latest(document)
        return [events.of_change(change, url, latest.reading.title)] if change and latest else []

    def _failed(self, fault: Fault, answer: Answer, state: FetchState | None) -> None:
        self.report(fault, answer.url)
        status = 0 if answer.status in {200, 304} else answer.status
        failed = unanswered(answer.url, self.source.id, state, self.terms.clock())
        self.keeper.remember(replace(failed, status=status))

    def _read(self, reading: Reading, answer: Answer, row: Row | None, document: str) -> None:
        before = self.terms.archive.documents.latest(document) if document in self.known.documents else None
        reading = with_row(reading, row.title, row.date) if row else reading
        reading = with_row(reading, before.reading.title, before.reading.published) if before else reading
        fault = self._frames.fault(before, reading, answer)
        if fault:
            self._failed(fault, answer, self.known.state(document))
            return
        self.troubles.well(answer.url)
        page = Page(
            answer.url, self.source.id, self.terms.clock(), answer.status, answer.headers, answer.body, answer.final_url
        )
        self.keeper.keep(partial(self._record, page, reading), len(answer.body))
        self._remember(answer, None, document)

    def _record(self, page: Page, reading: Reading) -> list[Event]:
        visit = Visit(
            source=self.source.id,
            extractor=EXTRACTOR,
            first_crawl=self._first,
            backfill=timedelta(days=self.terms.settings.alert_backfill_days),
            reread=self._reread,
        )
        change = record(self.terms.archive, page, reading, visit)
        if change is None or change.cause == "tooling":
            self.count.unchanged += 1
            return []
        if change.kind == "new":
            self.count.new += 1
        else:
            self.count.amended += 1
        return [events.of_change(change, page.url, reading.title)]

    def _reread(self, version: Version) -> Reading | None:
        """What the present extractor reads on the page of an older version; None where that cannot be read any more."""
        pages = self.terms.archive.pages
        try:
            body = pages.body(version.page_sha256)
        except CorruptBlob:
            return None
        first = pages.received(version.page_sha256)[0]
        url = version.reading.url
        answer = Answer(url, first["final_url"], first["status"], json.loads(first["headers"]), body)
        found = answers.document_in(answer, self._detail, self.source)
        if not isinstance(found, Reading):
            return None
        return with_row(replace(found, url=url), version.reading.title, version.reading.published)

    # Faults and the end

    def report(self, fault: Fault, url: str) -> None:
        """Note a fault; a problem is opened where its kind was not open. Raises StorageProblem."""
        self.count.problems += 1
        problem = self.troubles.meet(fault, url, self.terms.clock())
        if problem:
            self.keeper.keep(partial(self.troubles.open_problem, problem))

    def fail(self, fault: Fault, url: str, *, is_document: bool) -> None:
        """Note that an address gave no answer at all. Raises StorageProblem."""
        self.report(fault, url)
        if is_document:
            self._done()
            state = self.known.state(identity.document_id(url))
            self.keeper.remember(unanswered(url, self.source.id, state, self.terms.clock()))

    def cannot_store(self, fault: Fault, url: str) -> None:
        """Tell that the archive cannot be written; kept as a problem only if the archive can do that much."""
        self.count.problems += 1
        problem = self.troubles.meet(fault, url, self.terms.clock())
        if problem is None:
            return
        with suppress(ArchiveProblem, OSError), self.terms.archive.transaction():
            self.terms.archive.health.open(problem)
        self.terms.emit(events.of_problem(problem))

    def _done(self) -> None:
        self.count.done += 1
        self.terms.progress(self.source.id, self.count.done, self.count.asked)

    def cut_short(self) -> None:
        """Keep what was read so far, and judge nothing; what cannot be written will be read again."""
        with suppress(StorageProblem):
            self.keeper.flush()

    def finish(self) -> Run:
        """Judge the visit as a whole, write what is left, and return the run. Raises StorageProblem."""
        self.keeper.flush()
        now = self.terms.clock()
        self._judge(now)
        for problem in self.troubles.recovered(self._addresses()):
            self.keeper.keep(partial(self.troubles.close_problem, problem, now))
        if not self.troubles.met:
            for state in self.lists.states:
                self.keeper.remember(state)
        self.keeper.flush()
        run = self.run(now)
        with self.terms.archive.transaction():
            self.terms.archive.health.add_run(run)
        return run

    def _addresses(self) -> frozenset[str]:
        urls = {document.url for document in self.known.documents.values()}
        return frozenset(urls | self.lists.urls | set(self.source.addresses(self.started)))

    def _judge(self, now: datetime) -> None:
        """Report what only the whole visit shows."""
        if self.troubles.stopped or self.troubles.met:
            return
        first = self.source.addresses(self.started)[0]
        never_found = self._frames.never_found()
        if never_found:
            self.report(never_found, first)
        too_few = None if self.source.kind == "page" else self.lists.too_few()
        if too_few:
            self.report(too_few, first)
        if len(self._dead) >= MANY_DEAD and not self.count.new:
            text = f"none of the {len(self._dead)} new rows leads anywhere, such as {self._dead[0]}: see list.link"
            self.report(Fault("http", text), first)
        days, newest = self.source.expect.quiet_days, self.known.newest()
        if days and newest and not self.count.new and now - newest > timedelta(days=days):
            text = (
                f"nothing new since {newest:%Y-%m-%d}, longer than quiet_days ({days}): the list may have moved "
                f"or stopped; compare it with {first} in a browser"
            )
            self.report(Fault("silent", text), first)

    def run(self, now: datetime) -> Run:
        """The count of this crawl, ended now."""
        return self.count.as_run(self.source.id, self.started, now, len(self.lists.rows))
