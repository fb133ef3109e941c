"""The title of a document: the site's own statement, else the heading that the browser title repeats."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from lxml import etree
from lxml.html import HtmlElement

from crawlers.reading.lines import clean
from crawlers.reading.metadata import Metadata

_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,100}>")
_JOIN = re.compile(r"\s*(?:_+|\s[-|–—·]+\s|--+|\|)\s*")
_SITE = re.compile(
    r"(?:网站?|门户|政府|委员会|办公室|厅|局|部|署|平台|Government|gov\.cn|官网|首页|中心)$", re.IGNORECASE
)
_CUT = re.compile(r"(?:\.{2,}|…+)\s*$")
_HEADINGS = ("h1", "h2", "h3", "h4", "ucaptitle")
_MARKED = re.compile(
    r"(?:^|[\s_-])(?:share-|con_|art\w*[-_]?|content_|wrapper_deatil_|xl-|news|detail[-_]?|main[-_]?|page[-_]?)?(?:ti|tit|title|bt|biaoti|headline)(?:_con|_h1)?(?=[\s_-]|$)",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 4, 300


def title_of(root: HtmlElement, metadata: Metadata, body: HtmlElement | None, *, located: bool = True) -> str:
    """The title in full on one line; empty where the page has none.

    In order: meta ArticleTitle, a metadata table's 标题, a heading that the browser title repeats, `h1`, the browser
    title without the site's name. Headings inside the body count only where its place was guessed (not `located`).
    """
    browser = browser_title(root)
    headings = _headings(root, body if located else None)
    for stated in (metadata.tags.get("articletitle"), metadata.labels.get("title")):
        title = without_markup(stated or "")
        if len(title) >= 2 and title != metadata.tags.get("sitename"):
            return _full(title, [*headings, browser])
    repeated = [h for h in headings if len(h) >= _SHORTEST and _flat(h) in _flat(browser)]
    if repeated:
        return max(repeated, key=len)
    names = {clean(metadata.tags.get(n)) for n in ("sitename", "columnname")}
    first = next((h for h in headings if len(h) >= _SHORTEST and h not in names and not _SITE.search(h)), "")
    stem = _without_site(browser, names)
    cut = _CUT.sub("", stem)
    return (
        first
        if first and (not stem or body is not None)
        else next((h for h in headings if h.startswith(cut) and cut), stem)
    )


def without_markup(text: str) -> str:
    """A title from JSON or a meta tag, where `<br/>`, `<em>` and entities may stand in it."""
    plain = re.sub(r"</?em[^<>]*>", "", unescape(text), flags=re.IGNORECASE)
    return clean(_TAGS.sub(" ", plain) if "<" in text or "&" in text else text)


def browser_title(root: HtmlElement) -> str:
    """What the page calls itself in its `title` element."""
    return clean("".join(next((t.itertext() for t in root.iter("title")), iter(()))))


def _headings(root: HtmlElement, body: HtmlElement | None) -> list[str]:
    found = []
    inside = set(body.iter()) if body is not None else set()
    for element in root.iter(etree.Element):
        if element in inside or not (element.tag in _HEADINGS or _is_marked(element)):
            continue
        if element.tag not in {"title", "body", "html", "ul", "table"} and len(element) < 12:
            text = clean("".join(element.itertext()))
            if text and len(text) <= _LONGEST:
                found.append((0 if element.tag in {"h1", "ucaptitle"} else 1, text))
    return [text for _, text in sorted(found, key=lambda f: f[0])]


def _is_marked(element: HtmlElement) -> bool:
    return bool(element.keys()) and _is_mark(f"{element.get('class') or ''} {element.get('id') or ''}")


@lru_cache(maxsize=8192)
def _is_mark(names: str) -> bool:
    return _MARKED.search(names) is not None


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _full(title: str, others: list[str]) -> str:
    """The title, or where it is cut the whole of it as another place gives it."""
    stem = _flat(_CUT.sub("", title))
    if stem == _flat(title):
        return title
    return next((o for o in others if _flat(o).startswith(stem) and not _CUT.search(o)), title)


def _without_site(browser: str, names: set[str]) -> str:
    parts = [p for p in _JOIN.split(browser) if p]
    kept = [p for p in parts if p not in names and not _SITE.search(p)]
    if len(parts) > 1:
        return kept[0] if kept else parts[0]
    rest, joint, last = browser.rpartition("-")
    if joint and (last.strip() in names or _SITE.search(last)):
        return rest.strip()
    first, joint, rest = browser.partition("-")
    return rest.strip() if joint and _SITE.search(first) else browser
