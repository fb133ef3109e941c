"""The list pages of one visit: how they are asked for, which rows they show, and whether these can be believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from scrapy.http import Request

from config.source import Source
from crawlers import answers, asking
from crawlers.answers import Answer
from crawlers.faults import Fault
from crawlers.known import Known, is_full_due
from crawlers.reading import selectors_of
from crawlers.reading.dates import in_url
from index import identity
from index.records import FetchState, Row


class Lists:
    """What the list pages of one visit have shown so far. Rows that repeat over pages count once."""

    def __init__(self, source: Source, started: datetime) -> None:
        self._source, self._started = source, started
        self._selectors = replace(selectors_of(source), body=None, title=None)
        self.rows: set[str] = set()
        self.urls: set[str] = set()
        self.unchanged = False
        self.states: list[FetchState] = []

    def requests(self, known: Known, *, recheck: bool) -> Iterator[Request]:
        """The list pages of this visit; conditional where the last visit read all they showed."""
        for request in asking.list_requests(self._source, self._started):
            self.urls.add(request.url)
            state = known.state(identity.document_id(request.url))
            if state and request.method == "GET" and not recheck and not is_full_due(state, self._started):
                request.headers.update(asking.conditions(state))
            yield request

    def read(self, answer: Answer, page: int) -> tuple[Row, ...] | Fault:
        """The rows of a list page, dated by their addresses where nothing else says when.

        None where it is unchanged or stands beyond the end of the list.
        """
        if answer.status == 304:
            self.unchanged = True
            return ()
        if page > 1 and answer.status in {404, 410}:
            return ()
        rows = answers.rows_in(answer, self._selectors, self._source)
        if isinstance(rows, Fault):
            return rows
        rows = tuple(row if row.date else replace(row, date=in_url(row.url)) for row in rows)
        self.rows |= {identity.canonical_url(row.url) for row in rows}
        return self._strange(rows, answer.url, page) or rows

    def _strange(self, rows: tuple[Row, ...], url: str, page: int) -> Fault | None:
        low, high = self._source.expect.items
        if not rows and low and page == 1:
            text = (
                f"{url} shows no rows where list.items looks for them: the page was rebuilt, or the selector is wrong"
            )
            return Fault("redesigned", text)
        if len(self.rows) > high:
            text = (
                f"{url} brings the rows of this visit to {len(self.rows)}, more than expect.items allows ({high}): "
                "none of them was followed. Mend list.items, or raise expect.items"
            )
            return Fault("redesigned", text)
        if rows and not any(self.is_own(row) for row in rows):
            text = f"all {len(rows)} rows of {url} lead to other hosts, such as {rows[0].url}: see allowed_hosts"
            return Fault("redesigned", text)
        return None

    def is_own(self, row: Row) -> bool:
        """Whether a row leads to a host that the source may ask."""
        return answers.is_own(asking.host_of(row.url), self._source)

    def too_few(self) -> Fault | None:
        """The fault of a whole visit that showed fewer rows than a healthy one does."""
        low = self._source.expect.items[0]
        if self.unchanged or len(self.rows) >= low:
            return None
        text = f"only {len(self.rows)} rows, fewer than expect.items ({low}): the list may have been rebuilt"
        return Fault("redesigned", text)
