"""robots.txt by RFC 9309, with 401, 403, 429 and 5xx read as a refusal.

Scrapy reads the body of robots.txt whatever its status, so the error page of a site that refuses everybody would
allow everything (github.com/scrapy/scrapy, RobotsTxtMiddleware). No answer at all is no permission either (section
2.3.1.4), and is told as what it is: a timeout or an unknown name.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from crawlers import pace
from crawlers.faults import NETWORK_ERRORS

_REFUSING = frozenset({401, 403, 429})
_PRODUCT = re.compile(r"[A-Za-z_-]+")  # RFC 9309, section 2.2.1
_LARGEST = 512_000  # bytes; RFC 9309, section 2.5


class RobotsRefused(IgnoreRequest):
    """The site's robots.txt forbids this address; `reason` says how. `everything`: it forbids all addresses."""

    def __init__(self, reason: str, *, everything: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.everything = reason, everything


class RobotsUnknown(IgnoreRequest):
    """robots.txt could not be asked; `cause` is the failure of the download."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


Rules = Protego | RobotsRefused | RobotsUnknown


class RobotsMiddleware:
    """Asks each host for its rules once in a run, and holds back what they forbid."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        name = _PRODUCT.match(crawler.settings["USER_AGENT"])
        self._agent = name[0] if name else "*"
        self._rules: dict[str, asyncio.Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """As Scrapy makes it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass. Raises RobotsRefused or RobotsUnknown."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self._of(request.url)
        if isinstance(rules, Exception):
            raise rules
        if not rules.can_fetch(request.url, self._agent):
            raise RobotsRefused(f"robots.txt of {urlsplit(request.url).netloc} disallows {request.url}")

    async def _of(self, url: str) -> Rules:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.get_running_loop().create_future()
            self._rules[site].set_result(await self._ask(site, parts.netloc))
        return await self._rules[site]

    async def _ask(self, site: str, host: str) -> Rules:
        request = Request(
            f"{site}/robots.txt",
            priority=1000,
            callback=NO_CALLBACK,
            meta={"dont_obey_robotstxt": True},
            dont_filter=True,
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except NETWORK_ERRORS as error:
            return RobotsUnknown(error)
        return self._read(response, host)

    def _read(self, response: Response, host: str) -> Rules:
        if response.status in _REFUSING or response.status >= 500:
            text = f"robots.txt of {host} answers {response.status}, which means: ask nothing"
            return RobotsRefused(text, everything=True)
        body = response.body[:_LARGEST].decode("utf-8", "replace") if response.status < 300 else ""
        rules = Protego.parse(body)
        wish = rules.crawl_delay(self._agent)
        if wish and not self._crawler.settings.getbool("VEDETTE_OWN_MIRROR"):
            pace.of_running_loop().slow(host, float(wish))
        return rules
