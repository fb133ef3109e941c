"""Between Scrapy and the network: pace per host, the mirror, size and count of answers, redirects and quiet retries."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Request, Response
from scrapy.logformatter import LogFormatter
from twisted.internet.ssl import optionsForClientTLS
from twisted.web.client import BrowserLikePolicyForHTTPS

from crawlers import pace
from crawlers.mirror import Mirror, mirror_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.interfaces import IOpenSSLClientConnectionCreator

    from crawlers.terms import Count


class Counting(Protocol):
    """A spider that counts what is asked and what comes."""

    count: Count


LEGACY_SERVER_CONNECT = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT of OpenSSL 3


class LegacyTls(BrowserLikePolicyForHTTPS):
    """TLS for hosts that only know the old renegotiation (RFC 5746 unsupported). Certificates are still verified."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> IOpenSSLClientConnectionCreator:
        """Options for one host."""
        creator: Any = optionsForClientTLS(hostname.decode("ascii"))
        context: SSL.Context = getattr(creator, "_ctx", None) or creator._createConnection.__self__.getContext()
        context.set_options(LEGACY_SERVER_CONNECT)
        return cast("IOpenSSLClientConnectionCreator", creator)


class Download(HTTP11DownloadHandler):
    """The HTTP client of one source: waits for the host's turn, goes to the mirror where there is one, counts."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._mirror = mirror_of(crawler.settings.get("VEDETTE_MIRROR"))
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._connections = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._pace = pace.of_running_loop()
        if crawler.settings.getbool("VEDETTE_LEGACY_TLS"):
            self._contextFactory = LegacyTls()  # type: ignore[no-untyped-call, assignment]  # Twisted has no hints here

    async def download_request(self, request: Request) -> Response:
        """The answer to a request, under its original address."""
        count = cast("Counting", self._crawler.spider).count
        host = urlsplit(request.url).netloc
        async with self._pace.turn(host, self._delay, self._connections):
            count.ask(host)
            if self._mirror is None:
                response = await super().download_request(request)
            else:
                response = await self._from_mirror(self._mirror, request)
        count.receive(host, len(response.body))
        return response

    async def _from_mirror(self, mirror: Mirror, request: Request) -> Response:
        copied = request.replace(url=mirror.address(request.url))
        response = await super().download_request(copied)
        location = response.headers.get(b"Location")
        if location:
            meant = mirror.original(location.decode("latin-1"), request.url)
            response.headers[b"Location"] = meant.encode("latin-1", "replace")
        request.meta["download_latency"] = copied.meta.get("download_latency", 0.0)
        return response.replace(url=request.url)


class Redirects(RedirectMiddleware):
    """Redirects without a Referer header; only http and https are followed, five at most."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send none."""

    def _engine_started(self) -> None:
        """The middleware of Scrapy looks for its own Referer component here, which is switched off."""


class Retries(RetryMiddleware):
    """Asks again after a pause that doubles; the pause of the first is `VEDETTE_BACKOFF` seconds."""

    async def process_response(  # type: ignore[override]  # Scrapy awaits what is async
        self, request: Request, response: Response
    ) -> Request | Response:
        """Retry answers that a busy server gives."""
        return await self._after_a_pause(super().process_response(request, response))

    async def process_exception(  # type: ignore[override]  # as above
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Retry lost connections and timeouts."""
        again = super().process_exception(request, exception)
        return None if again is None else await self._after_a_pause(again)

    async def _after_a_pause(self, outcome: Request | Response) -> Request | Response:
        if isinstance(outcome, Request):
            first = self.crawler.settings.getfloat("VEDETTE_BACKOFF")
            await asyncio.sleep(first * 2 ** (outcome.meta.get("retry_times", 1) - 1))
        return outcome


class Silence(LogFormatter):
    """No log line per page: the ledger of runs tells what was asked, and formatting costs time."""

    def crawled(self, *_: object) -> None:  # type: ignore[override]  # Scrapy takes None for: no line
        """Say nothing."""
