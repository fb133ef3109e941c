"""What can be wrong with an answer, or with having none: the kind of the problem, and words that say what to do.

Pure, apart from naming Scrapy's exceptions. A fault never becomes a change of content.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed, SSLError
from twisted.web.client import ResponseFailed

from index.records import ProblemKind

NETWORK_ERRORS: tuple[type[Exception], ...] = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    OSError,
    ResponseDataLossError,
    ResponseFailed,
    SSLError,
    UnsupportedURLSchemeError,
    ValueError,  # Twisted's word for a host that is no host name
)
"""What a download may raise that is the world's doing, not ours."""

BLOCKING = frozenset({401, 403, 412, 418, 429, 521})
"""Answers of firewalls: 412 Ruishu, 521 jiasule, 429 too many."""

UNREACHABLE: frozenset[ProblemKind] = frozenset({"timeout", "dns", "http"})
"""Kinds that, several in a row, say that the site is down rather than one page."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one address. `stops`: nothing more of this source is asked in this run."""

    kind: ProblemKind
    text: str
    stops: bool = False


def of_status(status: int, url: str) -> Fault | None:
    """The fault of an HTTP status, None where the body is to be judged. 404 and 410 are not judged here."""
    if status in BLOCKING:
        return blocked(f"the site refuses us with status {status}")
    if status in {404, 410}:
        return Fault("http", f"{url} answers {status}: if the page has moved, correct the address in the declaration")
    if status >= 300 or status < 200:
        return Fault("http", f"{url} answers {status}: look whether the site is well; the next run asks again")
    return None


def blocked(reason: str) -> Fault:
    """A refusal: the source is left alone at once, and never outwitted."""
    return Fault(
        "blocked",
        f"{reason}. Nothing more is asked in this run. Look at the page in a browser; ask the publisher for access, "
        "read more slowly (delay, every), or set enabled: false with the reason in missing",
        stops=True,
    )


def of_exception(error: Exception, url: str, refused: dict[str, str]) -> Fault:
    """The fault of a download that brought no answer. `refused`: addresses the guard held back, by host."""
    host = urlsplit(url).hostname or ""
    if host in refused:
        return Fault(
            "dns",
            f"{host} leads to {refused[host]}, which is not a public address, so {url} was not asked. "
            "If it is yours, set VEDETTE_ALLOW_NETWORKS",
        )
    if isinstance(error, CannotResolveHostError):
        return Fault("dns", f"the name {host} is not known: check the address {url} and this machine's name server")
    if isinstance(error, DownloadTimeoutError):
        return Fault("timeout", f"{url} did not answer in time: the site may be slow or refuse this network")
    if isinstance(error, DownloadCancelledError):
        return Fault(
            "oversize", f"{url} is larger than a page may be and was not read: link to it by hand if it matters"
        )
    if "certificate" in f"{error} {error.__cause__}":
        return Fault("http", f"the certificate of {host} does not hold: {url} was not read")
    return Fault("http", f"no connection for {url}: {error or type(error).__name__}")
