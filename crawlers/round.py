"""One crawl of one source: what is asked, what its answers mean, and what is kept of them.

Knows nothing of Scrapy but its requests; the spiders bring answers and send what is asked for. A fault never becomes a
change: it is reported as a problem, and what was archived stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from scrapy.http import Request

from config.source import Source
from crawlers import asking, events
from crawlers.answers import Answer
from crawlers.errand import errand
from crawlers.faults import Fault
from crawlers.intake import Intake
from crawlers.keeper import StorageProblem
from crawlers.known import is_full_due
from crawlers.lists import Lists
from crawlers.parcels import Parcel
from crawlers.remembering import answered
from crawlers.terms import Terms
from index import identity
from index.archive.archive import ArchiveProblem
from index.records import Row, Run
from index.zone import CHINA

MANY_DEAD = 3
"""One dead link in a list is the publisher's slip; so many, and nothing else new, are ours."""


class Round:
    """One crawl of one source, from its first request to its `Run`."""

    def __init__(self, source: Source, terms: Terms) -> None:
        self.source, self.terms = source, terms
        self.of = of = errand(source, terms)
        self.started, self.count, self.known = of.started, of.count, of.known
        self.troubles, self.keeper = of.troubles, of.keeper
        self.lists = Lists(source, self.started)
        self.documents = Intake(of)
        self._asked: set[str] = set()
        self._lists_out = 0
        self.begun = False

    @property
    def all_in(self) -> bool:
        """Whether everything that was asked for, files apart, has come or failed; true again after further requests."""
        return self.begun and self._lists_out <= 0 and self.count.done >= self.count.asked

    # Asking

    def list_requests(self) -> Iterator[Request]:
        """The list pages of this visit."""
        for request in self.lists.requests(self.known, recheck=self.terms.recheck):
            self._lists_out += 1
            yield request

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
        self._lists_out -= 1
        rows = self.lists.read(answer, page)
        if isinstance(rows, Fault):
            self.of.report(rows, answer.url)
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

    # Faults and the end

    def fail(self, fault: Fault, url: str, *, is_document: bool) -> list[Parcel]:
        """Note that an address gave no answer at all; documents that are read now. Raises StorageProblem."""
        if is_document:
            return self.documents.fail(fault, url)
        self._lists_out -= 1
        self.of.report(fault, url)
        return []

    def cannot_store(self, fault: Fault, url: str) -> None:
        """Tell that the archive cannot be written; kept as a problem only if the archive can do that much."""
        self.count.problems += 1
        problem = self.troubles.meet(fault, url, self.terms.clock())
        if problem is None:
            return
        with suppress(ArchiveProblem, OSError), self.terms.archive.transaction():
            self.terms.archive.health.open(problem)
        self.terms.emit(events.of_problem(problem))

    def cut_short(self) -> None:
        """Keep what was read so far, and judge nothing; what cannot be written will be read again."""
        with suppress(StorageProblem):
            self.keeper.flush()
        with suppress(ArchiveProblem), self.terms.archive.transaction():
            self._count_hosts(self.terms.clock())

    def finish(self) -> Run:
        """Judge the visit as a whole, write what is left, and return the run. Raises StorageProblem."""
        self.documents.settle_rest()
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
            self._count_hosts(now)
        return run

    def _count_hosts(self, now: datetime) -> None:
        hosts, self.count.hosts = self.count.hosts, {}
        self.terms.archive.health.add_asked(self.source.id, now.astimezone(CHINA).date(), hosts)

    def _addresses(self) -> frozenset[str]:
        urls = {document.url for document in self.known.documents.values()} | self.known.failing_files()
        return frozenset(urls | self.lists.urls | set(self.source.addresses(self.started)))

    def _judge(self, now: datetime) -> None:
        """Report what only the whole visit shows."""
        if self.troubles.stopped or self.troubles.met:
            return
        first = self.source.addresses(self.started)[0]
        never_found = self.documents.frames.never_found()
        if never_found:
            self.of.report(never_found, first)
        too_few = None if self.source.kind == "page" else self.lists.too_few()
        if too_few:
            self.of.report(too_few, first)
        dead = self.documents.dead
        if len(dead) >= MANY_DEAD and not self.count.new:
            text = f"none of the {len(dead)} new rows leads anywhere, such as {dead[0]}: see list.link"
            self.of.report(Fault("http", text), first)
        days, newest = self.source.expect.quiet_days, self.known.newest()
        if days and newest and not self.count.new and now - newest > timedelta(days=days):
            text = (
                f"nothing new since {newest:%Y-%m-%d}, longer than quiet_days ({days}): the list may have moved "
                f"or stopped; compare it with {first} in a browser"
            )
            self.of.report(Fault("silent", text), first)

    def run(self, now: datetime) -> Run:
        """The count of this crawl, ended now."""
        return self.count.as_run(self.source.id, self.started, now, len(self.lists.rows))
