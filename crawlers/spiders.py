"""The spiders, one for each kind of source. They carry requests and answers; `Round` decides what these mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import cast

from scrapy import Spider
from scrapy.exceptions import CloseSpider, DownloadCancelledError
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawlers import faults
from crawlers.answers import Answer
from crawlers.faults import Fault
from crawlers.guards import GuardedResolver
from crawlers.keeper import StorageProblem
from crawlers.parcels import Parcel
from crawlers.robots import RobotsRefused, RobotsUnknown
from crawlers.round import Round

Settling = Coroutine[None, None, None] | None
"""The keeping of documents that are complete, which Scrapy awaits."""


class SourceSpider(Spider):
    """What all kinds share: known documents are read again, faults are reported, a stopped source asks nothing more."""

    name = "vedette"

    def __init__(self, of: Round, guard: GuardedResolver) -> None:
        super().__init__(name=of.source.id)
        self.round = of
        self.count = of.count
        self._guard = guard

    async def start(self) -> AsyncIterator[Request]:
        """The requests a visit begins with."""
        for request in self.first_requests():
            yield request
        for request in self.round.due_requests():
            yield self._document(request)
        self.round.begun = True
        settling = self._go_on([])
        if settling:
            await settling

    def first_requests(self) -> Iterator[Request]:
        """Where this kind of source begins."""
        raise NotImplementedError

    def _document(self, request: Request) -> Request:
        request.callback, request.errback = self.on_document, self.on_failure
        return request

    def _list(self, request: Request) -> Request:
        request.callback, request.errback = self.on_list, self.on_failure
        return request

    def on_list(self, response: Response) -> Settling:
        """Follow the rows of a list page."""
        if self.round.troubles.stopped:
            return None
        try:
            for request in self.round.take_list(_answer(response), response.meta["page"]):
                self.crawler.engine.crawl(self._document(request))
        except StorageProblem as error:
            self._cannot_store(error, response.url)
        return self._go_on([])

    def on_document(self, response: Response) -> Settling:
        """Keep what a document's page holds, or ask for the files it links, or for the page once more."""
        if self.round.troubles.stopped:
            return None
        read: list[Parcel] = []
        try:
            read = self.round.documents.take(_answer(response), response.meta["row"])
        except StorageProblem as error:
            self._cannot_store(error, response.url)
        return self._go_on(read)

    def _go_on(self, read: list[Parcel]) -> Settling:
        """Ask for what documents need that were read now; end the lessons when nothing more is to come."""
        documents, settling = self.round.documents, []
        try:
            if self.round.all_in and not self.round.troubles.stopped:
                read = [*read, *documents.end()]
            settling = [work for parcel in read if (work := self._send_for_files(parcel))]
        except StorageProblem as error:
            self._cannot_store(error, self.round.source.urls[0])
        for request in documents.further_requests():
            self.crawler.engine.crawl(self._document(request))
        self._stop_if_told()
        return _one_by_one(settling) if settling else None

    def _send_for_files(self, parcel: Parcel) -> Settling:
        for request in list(self.round.documents.files.file_requests(parcel)):
            request.callback, request.errback = self.on_file, self.on_file_failure
            request.meta["parcel"] = parcel
            self.crawler.engine.crawl(request)
        return self._settle_if_complete(parcel)

    def on_file(self, response: Response) -> Settling:
        """Note a file; with the last one the document is kept."""
        parcel = response.meta["parcel"]
        try:
            self.round.documents.files.take_file(parcel, _answer(response))
        except StorageProblem as error:
            self._cannot_store(error, response.url)
            self._stop_if_told()
        return self._settle_if_complete(parcel)

    def on_file_failure(self, failure: Failure) -> Settling:
        """Note that a file gave no answer."""
        error, request = failure.value, cast("Request", vars(failure)["request"])
        if not isinstance(error, faults.NETWORK_ERRORS):
            failure.raiseException()
        parcel, url = request.meta["parcel"], request.meta["document"]
        wished = isinstance(error, RobotsRefused | DownloadCancelledError)
        try:
            self.round.documents.files.miss_file(parcel, url, None if wished else self._fault(error, request))
        except StorageProblem as problem:
            self._cannot_store(problem, url)
            self._stop_if_told()
        return self._settle_if_complete(parcel)

    def _settle_if_complete(self, parcel: Parcel) -> Settling:
        return None if parcel.waiting else self._settle(parcel)

    async def _settle(self, parcel: Parcel) -> None:
        try:
            await self.round.documents.files.settle(parcel)
        except StorageProblem as error:
            self._cannot_store(error, parcel.answer.url)
        self._stop_if_told()

    def on_failure(self, failure: Failure) -> Settling:
        """Report that an address gave no answer."""
        error, request = failure.value, cast("Request", vars(failure)["request"])  # Scrapy puts it there
        if self.round.troubles.stopped:
            return None
        if not isinstance(error, faults.NETWORK_ERRORS):
            failure.raiseException()
        url = request.meta.get("document") or request.url
        read: list[Parcel] = []
        try:
            read = self.round.fail(self._fault(error, request), url, is_document="document" in request.meta)
        except StorageProblem as problem:
            self._cannot_store(problem, url)
        return self._go_on(read)

    def _fault(self, error: Exception, request: Request) -> Fault:
        if isinstance(error, RobotsRefused):
            stops = error.everything or "page" in request.meta
            return Fault("robots", f"{error.reason}. Ask the publisher for leave, or take the address out", stops)
        cause = error.cause if isinstance(error, RobotsUnknown) else error
        return faults.of_exception(cause, request.url, self._guard.refused)

    def _cannot_store(self, error: StorageProblem, url: str) -> None:
        self.round.cannot_store(Fault("storage", str(error), stops=True), url)

    def _stop_if_told(self) -> None:
        if self.round.troubles.stopped:
            raise CloseSpider("stopped")


class ListingSpider(SourceSpider):
    """HTML list pages and the documents they name."""

    def first_requests(self) -> Iterator[Request]:
        """The pages of the list."""
        for request in self.round.list_requests():
            yield self._list(request)


class FeedSpider(ListingSpider):
    """One JSON array, RSS or Atom feed, and the documents it names."""


class ApiSpider(ListingSpider):
    """Pages of a JSON answer, asked for by number, and the documents they name."""


class PageSpider(SourceSpider):
    """The pages of the declaration themselves."""

    def first_requests(self) -> Iterator[Request]:
        """The pages; each is a document."""
        for request in self.round.page_requests():
            yield self._document(request)


_PERMANENT = frozenset({301, 308})
KINDS: dict[str, type[SourceSpider]] = {
    "feed": FeedSpider,
    "listing": ListingSpider,
    "api": ApiSpider,
    "page": PageSpider,
}
"""The spider of each `kind` a source may declare."""


async def _one_by_one(settling: list[Coroutine[None, None, None]]) -> None:
    for work in settling:
        await work


def _answer(response: Response) -> Answer:
    """An answer under the address that was asked for, before redirects and, for posts, with its query."""
    first = response.meta.get("redirect_urls", [response.url])[0]
    by = response.meta.get("redirect_reasons", [])
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    asked = response.meta.get("document") or first
    final = asked if response.url == first else response.url
    for_good = bool(by) and all(status in _PERMANENT for status in by)
    return Answer(asked, final, response.status, headers, response.body, for_good)
