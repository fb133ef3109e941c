"""Files that a document links. Names are not unique (two `10872346.xls` on one page are two files): the address is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from crawlers.reading.lines import clean
from index.records import Attachment

_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|xlsm|pptx?|wps|et|dps|ofd|ceb|cebx|zip|rar|7z|csv|rtf|odt|ods)$", re.IGNORECASE
)
_BOX = re.compile(
    r"attach|fujian|append|enclosure|file-?list|downlo|xgfj|(?:^|[\s_-])(?:fj|files?)(?:[\s_-]|$)", re.IGNORECASE
)
_FILE_LIKE = re.compile(
    r"\.(?:pdf|doc|xls|ppt|wps|et|dps|ofd|ceb|zip|rar|7z|csv|rtf|od[ts])|viewer\.html|[\r\n\t]", re.IGNORECASE
)
_BREAKS = re.compile(r"[\r\n\t]+")
_OWN_PATH = re.compile(r"\.|/(?!/)|(?:https?:)?//\w|\w[^:]*$")
_FOLDER = re.compile(r"https?://[^/?#]+(?:/[^?#]*)?/(?=[^/?#]*(?:[?#]|$))")
_ASIDE = re.compile(r"foot|header|nav|menu|sidebar|banner|links?$|friend", re.IGNORECASE)
_SOURCES = {"a": "href", "iframe": "src", "embed": "src", "object": "data"}


def absolute(base: str, href: str | None) -> str | None:
    """The full address of a link without fragment, or None where it leads to no page (script, mail, nothing)."""
    link = _BREAKS.sub("", href or "").strip().replace("\\", "/")
    if not link or link.startswith(("#", "javascript:", "mailto:", "tel:", "data:", "JavaScript:")):
        return None
    return _joined(_folder(base) if _OWN_PATH.match(link) else base, link)


@lru_cache(maxsize=64)
def _folder(base: str) -> str:
    """An address without its last part, which a link with a path of its own replaces."""
    found = _FOLDER.match(base)
    return found[0] if found else base


@lru_cache(maxsize=8192)
def _joined(base: str, link: str) -> str | None:
    """Links of menus come back on every page of a folder, and joining is slow."""
    try:
        url = urldefrag(urljoin(base, link)).url
        url.encode()
        parts = urlsplit(url)
    except ValueError:  # such as http://[bad, or half of a surrogate pair
        return None
    return url.replace(" ", "%20") if parts.scheme in {"http", "https"} and parts.netloc else None


def attached(root: HtmlElement, body: HtmlElement | None, base: str) -> tuple[Attachment, ...]:
    """Files linked in the body, in a box for attachments, or below the body outside footer and menus."""
    inside = set(body.iter(*_SOURCES)) if body is not None else set()
    below = body is None
    odd = bool(_FILE_LIKE.search(base))
    found = []
    for element in root.iter(*_SOURCES):
        here = element in inside
        below = below or here
        if not (here or odd or _FILE_LIKE.search(element.get(_SOURCES[element.tag]) or "")):
            continue  # no file by any reading of its address
        url = _file(element, base, inside=here)
        if url and (here or _belongs(element, below)):
            found.append(Attachment(url=url, name=_name(element, url)))
    return unique(found)


def linked(elements: Iterable[HtmlElement], base: str) -> tuple[Attachment, ...]:
    """The files of the links that a selector found, or of the links inside what it found."""
    links = (a for e in elements for a in ([e] if e.tag == "a" else e.iter("a")))
    urls = ((a, absolute(base, a.get("href"))) for a in links)
    return unique(Attachment(url=url, name=_name(a, url)) for a, url in urls if url)


def unique(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Each address once, in order."""
    first: dict[str, Attachment] = {}
    for attachment in attachments:
        first.setdefault(attachment.url, attachment)
    return tuple(first.values())


def is_file(url: str) -> bool:
    """Whether an address names a document file."""
    parts = urlsplit(url)
    return bool(_FILE.search(parts.path) or _FILE.search(parts.query))


def _file(element: HtmlElement, base: str, *, inside: bool) -> str | None:
    url = absolute(base, element.get(_SOURCES[element.tag]))
    if url is None:
        return None
    viewer = re.search(r"viewer\.html\?(?:.*&)?file=([^&]+)", url)
    if viewer:
        return absolute(base, viewer[1].replace("%2F", "/").replace("%3A", ":"))
    marked = (
        inside
        and element.tag == "a"
        and (element.get("appendix") == "true" or _FILE.search(element.get("download") or ""))
    )
    named = inside and element.tag == "a" and _FILE.search(clean("".join(element.itertext()))) and "?" in url
    return url if is_file(url) or marked or named else None


def _belongs(element: HtmlElement, below: bool) -> bool:
    """Whether a file link outside the body is the document's: in a box for attachments, or below and in no menu."""
    marks = list(_marks(element))
    if any(_ASIDE.search(m) for m in marks):
        return False
    return below or any(_BOX.search(m) for m in marks[:5])


def _marks(element: HtmlElement) -> Iterator[str]:
    for node in element.iterancestors(etree.Element):
        if node.tag in {"body", "html"}:
            return
        yield f"{node.get('class') or ''} {node.get('id') or ''}".strip()


def _name(element: HtmlElement, url: str) -> str:
    shown = clean("".join(element.itertext()))
    return shown or clean(element.get("title") or element.get("download")) or urlsplit(url).path.rsplit("/", 1)[-1]
