"""What an answer holds: a document, rows of a list, nothing any more, or a fault. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from urllib.parse import urlsplit

from config.source import Source
from crawlers import syndication
from crawlers.blocks import looks_blocked
from crawlers.enclosed import starts_as_file
from crawlers.faults import Fault, blocked, of_status
from crawlers.reading import Selectors, read, read_json
from crawlers.reading.decoding import decode
from crawlers.reading.noise import Noise
from crawlers.reading.selectors import elements
from crawlers.reading.tree import tree
from index.records import Attachment, Reading, Row

LARGEST_PAGE = 10_000_000
"""Bytes. The longest page of text in the sources at hand has 0.3 MB; a longer one is a fault of the site."""

_HOME = re.compile(r"^/?(index|home|default|main)?(\.\w{3,5})?/?$", re.I)
_ERROR_PAGE = re.compile(r"(^|/)(404|error|notfound)\b", re.I)
_LOGIN = re.compile(r"(^|[/._-])(login|signin|passport|sso|cas|oauth2?)([/._?-]|$)", re.I)
_END = re.compile(rb"</(?:html|body)\s*>", re.I)
_TAG = re.compile(rb"</?[a-z][^<>]*$|<$", re.I)
_TAIL = 3000  # bytes; scripts and comments may follow the end
_SHORT = 600  # characters; no block page at hand shows more
_PADDING = re.compile(r"^\s*[\w.$]+\s*\(")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `url` is the address asked for, `final_url` where redirects ended; header names in lower case.

    `for_good`: all redirects on the way were permanent (301, 308).
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    for_good: bool = False

    @property
    def sha256(self) -> str:
        """Hex digest of the body."""
        return sha256(self.body).hexdigest()


class Gone:
    """The site says, by status or by a page that says so, that there is no such document (any more)."""


def document_in(
    answer: Answer, selectors: Selectors, source: Source, noise: Noise | None = None
) -> Reading | Gone | Fault:
    """The document in an answer, `Gone`, or what is wrong with it. `noise`: what the site is known to print itself."""
    fault = sent_away(answer, source)
    if fault:
        return fault
    if answer.status in {404, 410} or _is_sent_home(answer):
        return Gone()
    fault = of_status(answer.status, answer.url)
    if fault:
        return fault
    if starts_as_file(answer.body):
        name = urlsplit(answer.url).path.rpartition("/")[2]
        return Reading(url=answer.url, attachments=(Attachment(answer.url, name, answer.sha256),))
    if len(answer.body) > LARGEST_PAGE:
        return _too_long(answer)
    reader = read_json if is_json(answer) else partial(read, noise=noise)
    return _sound(answer, reader(answer.body, answer.final_url, headers=answer.headers, selectors=selectors))


def is_json(answer: Answer) -> bool:
    """Whether the answer is JSON by its label or its first character."""
    return "json" in answer.headers.get("content-type", "") or answer.body.lstrip()[:1] in {b"{", b"["}


def _sound(answer: Answer, reading: Reading) -> Reading | Gone | Fault:
    """The reading, if it can be believed."""
    text = reading.text
    if len(text) < _SHORT:
        sign = looks_blocked(answer.body, answer.status)
        if sign:
            return Gone() if sign == "soft 404" else _block_page(answer, sign)
    if _ends_inside_tag(answer.body):
        return cut_off(answer)
    if text.count("\ufffd") > max(3, len(text) // 100):
        return Fault("encoding", f"{answer.url} cannot be decoded: its bytes belong to no charset that it names")
    if text.strip() or reading.attachments:
        return reading
    return Fault("empty", f"{answer.url} holds no text: lost by the site, or built by script. Nothing is changed")


def cut_off(answer: Answer) -> Fault:
    """The fault of a page that did not come whole."""
    return Fault("http", f"{answer.url} breaks off before its end: it did not come whole. Nothing is changed")


def has_end(page: bytes) -> bool:
    """Whether a page closes its `body` or `html` where it ends."""
    return _END.search(page, max(0, len(page) - _TAIL)) is not None


def _ends_inside_tag(page: bytes) -> bool:
    last = page.rfind(b"<", len(page) - _TAIL if len(page) > _TAIL else 0)
    return last > page.rfind(b">") and _TAG.match(page, last) is not None and not has_end(page)


def _block_page(answer: Answer, sign: str) -> Fault:
    fault = blocked(f"{answer.url} shows a block page ({sign}) in place of its content")
    # A stub that sends the browser elsewhere may concern this page alone.
    return Fault(fault.kind, fault.text, stops=sign != "redirect")


def _is_sent_home(answer: Answer) -> bool:
    """Whether a redirect led from a document to the front page or to an error page."""
    asked, came = urlsplit(answer.url), urlsplit(answer.final_url)
    if asked.path == came.path:
        return False
    return bool(_HOME.match(came.path) and not _HOME.match(asked.path)) or bool(_ERROR_PAGE.search(came.path))


def sent_away(answer: Answer, source: Source) -> Fault | None:
    """The fault of a redirect that led to a login or to somebody else's host."""
    if answer.final_url == answer.url:
        return None
    came = urlsplit(answer.final_url)
    if _LOGIN.search(f"{came.netloc}{came.path}") and not _LOGIN.search(answer.url):
        return blocked(f"{answer.url} leads to a login page, {answer.final_url}")
    if not is_own(came.hostname or "", source):
        text = f"{answer.url} leads to {answer.final_url}: if that is right, add its host to allowed_hosts"
        return Fault("http", text)
    return None


def _too_long(answer: Answer) -> Fault:
    size = len(answer.body) / 1_000_000
    return Fault("oversize", f"{answer.url} has {size:.0f} MB, too long for a page of text, and was not read")


def is_own(host: str, source: Source) -> bool:
    """Whether a host is one the source may ask; `www.` makes no difference."""
    bare = host.lower().removeprefix("www.")
    return any(
        bare == name.removeprefix("www.") or (name.startswith("*.") and bare.endswith(name[1:]))
        for name in source.hosts
    )


def rows_in(answer: Answer, selectors: Selectors, source: Source) -> tuple[Row, ...] | Fault:
    """The rows of a list page or feed as they stand, or what is wrong with it.

    An empty tuple: a sound page on which nothing is found where rows should be.
    """
    fault = sent_away(answer, source) or of_status(answer.status, answer.url)
    if fault:
        return fault
    if len(answer.body) > LARGEST_PAGE:
        return _too_long(answer)
    rows = _rows(answer, selectors, source)
    return rows or _why_none(answer) or ()


def _rows(answer: Answer, selectors: Selectors, source: Source) -> tuple[Row, ...]:
    if syndication.is_feed(answer.body):
        return syndication.rows(answer.body, answer.final_url)
    is_markup = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    padded = source.kind in {"feed", "api"} and not is_markup  # JSONP, or JSON after a byte order mark
    reader = read_json if is_json(answer) or padded else read
    return reader(answer.body, answer.final_url, headers=answer.headers, selectors=selectors).items


def _why_none(answer: Answer) -> Fault | None:
    """Why a list page shows no rows, where the page itself tells."""
    if not answer.body.strip():
        return Fault("empty", f"{answer.url} is an empty page: the site may be in trouble. Nothing is changed")
    sign = looks_blocked(answer.body, answer.status)
    if sign:
        return _block_page(answer, sign)
    if is_json(answer) and not _parses(answer):
        return Fault("redesigned", f"{answer.url} is no valid JSON: look at the answer and mend the declaration")
    return None


def _parses(answer: Answer) -> bool:
    try:
        json.loads(_PADDING.sub("", decode(answer.body, answer.headers)).rstrip(" \r\n;)"))
    except (ValueError, RecursionError):
        return False
    return True


def has_body(page: bytes, headers: Mapping[str, str], selector: str) -> bool:
    """Whether a declared body selector finds anything on a page."""
    root = tree(decode(page, headers))
    return root is not None and bool(elements(root, selector))
