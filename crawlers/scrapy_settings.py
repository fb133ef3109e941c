"""The settings of Scrapy for one source. Its own defaults are unsafe or slow in many places; each is named here."""

from __future__ import annotations

from typing import Any

from config.settings import Settings
from config.source import Source
from crawlers.mirror import mirror_of

LARGEST_BYTES = 32 * 1024 * 1024
TIMEOUT_SECONDS = 30
RETRIES = 2
MIRROR_CONNECTIONS = 8

_DEFENCES: dict[str, Any] = {
    "REMOTE_CONTROL_ENABLED": False,  # an HTTP server that runs Python, on by default since 2.17
    "TELNETCONSOLE_ENABLED": False,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_MAXSIZE": LARGEST_BYTES,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_TIMEOUT": TIMEOUT_SECONDS,
    "REDIRECT_MAX_TIMES": 5,
    "DOWNLOAD_HANDLERS": {
        "http": "crawlers.transport.Download",
        "https": "crawlers.transport.Download",
        **dict.fromkeys(("file", "ftp", "s3", "data")),
    },
    "HTTPPROXY_ENABLED": False,  # a proxy resolves names by itself, past the guard
    "COOKIES_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "RETRY_TIMES": RETRIES,
    "RETRY_HTTP_CODES": [408, 500, 502, 503, 504, 522, 524],  # not 429: that is a refusal
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
}
_LEAN: dict[str, Any] = {
    "LOG_ENABLED": False,
    "LOG_FORMATTER": "crawlers.transport.Silence",
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # the spiders know what they have asked
    "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.ScrapyPriorityQueue",
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    "CONCURRENT_ITEMS": 1,  # Scrapy starts this many tasks for every answer
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    "SPIDER_MIDDLEWARES_BASE": {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25},
    "EXTENSIONS_BASE": {"scrapy.extensions.throttle.AutoThrottle": 0},
    "DOWNLOADER_MIDDLEWARES_BASE": {
        "crawlers.robots.RobotsMiddleware": 100,
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
        "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
        "crawlers.transport.Retries": 550,
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
        "crawlers.transport.Redirects": 600,
    },
}


def scrapy_settings(source: Source, settings: Settings) -> dict[str, Any]:
    """Settings for a crawl of one source.

    A mirror on this machine is nobody's site: it is read without delay and with `MIRROR_CONNECTIONS` at once.
    """
    mirror = mirror_of(settings.mirror)
    ours = mirror is not None and mirror.is_ours
    delay = 0.0 if ours else source.delay
    connections = max(source.connections, MIRROR_CONNECTIONS) if ours else source.connections
    return {
        **_DEFENCES,
        **_LEAN,
        "DOWNLOADER_MIDDLEWARES": {} if source.robots == "obey" else {"crawlers.robots.RobotsMiddleware": None},
        "USER_AGENT": settings.user_agent,
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "CONCURRENT_REQUESTS": max(16, connections),
        "CONCURRENT_REQUESTS_PER_DOMAIN": connections,
        "AUTOTHROTTLE_ENABLED": delay > 0,
        "AUTOTHROTTLE_START_DELAY": delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(connections),
        "VEDETTE_MIRROR": settings.mirror,
        "VEDETTE_OWN_MIRROR": ours,
        "VEDETTE_LEGACY_TLS": source.legacy_tls,
        "VEDETTE_BACKOFF": 0.05 if delay == 0 else max(2.0, delay),
    }
