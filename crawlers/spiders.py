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

    def first_requests(self) -> Iterator[Request]:
        """Where this kind of source begins."""
        raise NotImplementedError

    def _document(self, request: Request) -> Request:
        request.callback, request.errback = self.on_document, self.on_failure
        return request

    def _list(self, request: Request) -> Request:
        request.callback, request.errback = self.on_list, self.on_failure
        return request

    def on_list(self, response: Response) -> None:
        """Follow the rows of a list page."""
        if self.round.troubles.stopped:
            return
        try:
            for request in self.round.take_list(_answer(response), response.meta["page"]):
                self.crawler.engine.crawl(self._document(request))
        except StorageProblem as error:
            self._cannot_store(error, response.url)
        self._stop_if_told()

    def on_document(self, response: Response) -> Coroutine[None, None, None] | None:
        """Keep what a document's page holds, or ask for the files it links."""
        if self.round.troubles.stopped:
            return None
        settling = None
        try:
            parcel = self.round.documents.take(_answer(response), response.meta["row"])
            settling = self._send_for_files(parcel) if parcel else None
        except StorageProblem as error:
            self._cannot_store(error, response.url)
        self._stop_if_told()
        return settling

    def _send_for_files(self, parcel: Parcel) -> Coroutine[None, None, None] | None:
        for request in list(self.round.documents.file_requests(parcel)):
            request.callback, request.errback = self.on_file, self.on_file_failure
            request.meta["parcel"] = parcel
            self.crawler.engine.crawl(request)
        return self._settle_if_complete(parcel)

    def on_file(self, response: Response) -> Coroutine[None, None, None] | None:
        """Note a file; with the last one the document is kept."""
        parcel = response.meta["parcel"]
        try:
            self.round.documents.take_file(parcel, _answer(response))
        except StorageProblem as error:
            self._cannot_store(error, response.url)
            self._stop_if_told()
        return self._settle_if_complete(parcel)

    def on_file_failure(self, failure: Failure) -> Coroutine[None, None, None] | None:
        """Note that a file gave no answer."""
        error, request = failure.value, cast("Request", vars(failure)["request"])
        if not isinstance(error, faults.NETWORK_ERRORS):
            failure.raiseException()
        parcel, url = request.meta["parcel"], request.meta["document"]
        wished = isinstance(error, RobotsRefused | DownloadCancelledError)
        try:
            self.round.documents.miss_file(parcel, url, None if wished else self._fault(error, request))
        except StorageProblem as problem:
            self._cannot_store(problem, url)
            self._stop_if_told()
        return self._settle_if_complete(parcel)

    def _settle_if_complete(self, parcel: Parcel) -> Coroutine[None, None, None] | None:
        return None if parcel.waiting else self._settle(parcel)

    async def _settle(self, parcel: Parcel) -> None:
        try:
            await self.round.documents.settle(parcel)
        except StorageProblem as error:
            self._cannot_store(error, parcel.answer.url)
        self._stop_if_told()

    def on_failure(self, failure: Failure) -> None:
        """Report that an address gave no answer."""
        error, request = failure.value, cast("Request", vars(failure)["request"])  # Scrapy puts it there
        if self.round.troubles.stopped:
            return
        if not isinstance(error, faults.NETWORK_ERRORS):
            failure.raiseException()
        url = request.meta.get("document") or request.url
        try:
            self.round.fail(self._fault(error, request), url, is_document="document" in request.meta)
        except StorageProblem as problem:
            self._cannot_store(problem, url)
        self._stop_if_told()

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


KINDS: dict[str, type[SourceSpider]] = {
    "feed": FeedSpider,
    "listing": ListingSpider,
    "api": ApiSpider,
    "page": PageSpider,
}
"""The spider of each `kind` a source may declare."""


def _answer(response: Response) -> Answer:
    """An answer under the address that was asked for, before redirects and, for posts, with its query."""
    first = response.meta.get("redirect_urls", [response.url])[0]
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    asked = response.meta.get("document") or first
    final = asked if response.url == first else response.url
    return Answer(asked, final, response.status, headers, response.body)
