"""The documents that a list page names: address, title, date of each row.

Without selectors a row is the smallest element around a printed date that also holds a link; rows come in groups of
like siblings. Where no row is dated, the largest group of links to document addresses is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from lxml import etree
from lxml.html import HtmlElement

from crawlers.reading import selectors as query
from crawlers.reading.attachments import absolute, is_file
from crawlers.reading.dates import DATE, in_url, instant, printed
from crawlers.reading.lines import clean
from crawlers.reading.selectors import Selectors
from index.records import Row

_DATED = re.compile(r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}|(?<!\d)[01]?\d[-/月][0-3]?\d(?!\d)")
_FULL = re.compile(
    r"(?:19|20)\d{2}\s*[-/.．年]\s*\d{1,2}\s*[-/.．月]\s*\d{1,2}|(?<!\d)20\d{6}(?!\d)|[二一][〇○零一二三四五六七八九]{3}年"
)
_YEAR_MONTH = re.compile(r"^\s*(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}月?\s*$")
_CUT = re.compile(r"(?:\.{2,}|…+|。。。)\s*$")
_DOCUMENT = re.compile(
    r"/t(?:19|20)\d{6}_|/content_(?:WS)?[0-9a-f]+\.|/art_|/post_\d|/c_\d{6,}|/[0-9a-f]{32}|/(?:19|20)\d{2}[-/]?\d{2}[-/]?\d{2}/"
    r"|/[0-9a-f]{8}-[0-9a-f]{4}-|/\d{6,}\.s?html?|/(?:news|notice|announce|article|detail)[/_][\w-]*\d"
    r"|[?&](?:id|docid|lawid|articleid)=\w+",
    re.IGNORECASE,
)
_NOT_ROWS = re.compile(
    r"foot|breadcrumb|crumb|position|dqwz|curmb|(?:^|[\s_-])(?:pag(?:e|ing|ination|er)s?|links?|friend\w*|yqlj)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_INNER = ("a", "span", "b", "em", "i", "font", "h4", "h3", "p", "td")
_ROW_LINKS = 60
_DATE_LABEL = 8
_TITLE_BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "dt")
_WORTHY, _LEVELS, _LONGEST_DATE, _UNDATED = 4, 5, 40, 5


def declared_rows(root: HtmlElement, base: str, wanted: Selectors) -> tuple[Row, ...]:
    """The rows that the selectors of a source find; a part that no selector names is found by itself in the row."""
    rows = []
    for element in query.elements(root, wanted.items) if wanted.items else []:
        anchor = _anchor(element)
        href = query.text(element, wanted.link) if wanted.link else None
        if wanted.link and query.elements(element, wanted.link):
            anchor = query.elements(element, wanted.link)[0]
            href = anchor.get("href")
        url = absolute(base, href or (anchor.get("href") if anchor is not None else None))
        title = query.text(element, wanted.row_title) or (_title(anchor) if anchor is not None else "")
        shown = query.text(element, wanted.date)
        when = (_declared_date(shown, wanted.date_format) if shown else None) or _row_date(element, anchor)
        if url and title:
            rows.append(Row(url=url, title=_uncut(title, anchor), date=when))
    return unique(rows)


def found_rows(root: HtmlElement, base: str) -> tuple[Row, ...]:
    """The rows of a list page, found by structure; empty where it names no documents."""
    dated = _dated_elements(root)
    groups = Counter(_kind(e) for e in dated)
    rows = []
    for element in dated:
        if groups[_kind(element)] >= 2 or (len(dated) == 1 and element.tag in {"li", "tr"}):
            anchor = _anchor(element)
            if anchor is not None:
                rows.append((anchor, _row_date(element, anchor)))
    found = _as_rows(rows, base)
    return found if found else _undated(root, base)


def unique(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Each address once, the first row of it, in order."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.url, row)
    return tuple(first.values())


def _as_rows(pairs: Iterable[tuple[HtmlElement, date | None]], base: str) -> tuple[Row, ...]:
    rows = []
    for anchor, when in pairs:
        url, title = absolute(base, anchor.get("href")), _title(anchor)
        if url and title and url.rstrip("/") != base.rstrip("/"):
            rows.append(Row(url=url, title=title, date=when))
    return unique(rows)


def _declared_date(shown: str, form: str | None) -> date | None:
    if form in {"epoch_ms", "epoch_s"} and shown.isdecimal():
        return instant(int(shown) / (1000 if form == "epoch_ms" else 1))
    return printed(shown)


def _dated_elements(root: HtmlElement) -> list[HtmlElement]:
    """The smallest elements that hold a short printed date and a link worth a title, in document order."""
    links = _link_counts(root)
    seen: dict[HtmlElement, None] = {}
    for element in root.iter(etree.Element):
        if not _has_own_date(element):
            continue
        row = _row_around(element, links)
        if row is not None and row not in seen and not _is_aside(row):
            seen[row] = None
    outer = set(seen)
    return [e for e in seen if not _is_decoy(e) and not any(a in outer for a in e.iterancestors())]


def _link_counts(root: HtmlElement) -> dict[HtmlElement, int]:
    """How many links with a title each element holds, itself included; elements without any are left out."""
    counts: dict[HtmlElement, int] = {}
    for anchor in root.iter("a"):
        if anchor.get("href") and len(_title(anchor)) >= _WORTHY:
            for node in (anchor, *anchor.iterancestors()):
                counts[node] = counts.get(node, 0) + 1
    return counts


def _has_own_date(element: HtmlElement) -> bool:
    for text in (element.text, *(c.tail for c in element)):
        if (
            text
            and len(text) < 400
            and (short := text.strip())
            and len(short) <= _LONGEST_DATE
            and _DATED.search(short)
        ):
            return bool(_FULL.search(short) or _YEAR_MONTH.match(short) or len(short) <= 12)
    return False


def _row_around(element: HtmlElement, links: Mapping[HtmlElement, int]) -> HtmlElement | None:
    node: HtmlElement | None = element
    for _ in range(_LEVELS):
        if node is None or node.tag in {"body", "html"}:
            return None
        if node in links:
            return _outermost(node, links) if links[node] <= _ROW_LINKS else None
        node = node.getparent()
    return None


def _outermost(node: HtmlElement, links: Mapping[HtmlElement, int]) -> HtmlElement:
    """The list item or table row that a dated element fills, so that rows are compared as siblings."""
    parent = node.getparent()
    while node.tag in _INNER and parent is not None and parent.tag in {"li", "tr", *_INNER}:
        if parent.tag not in {"li", "tr"} and links.get(parent, 0) > max(1, links[node]):
            break
        node, parent = parent, parent.getparent()
    return node


def _kind(row: HtmlElement) -> tuple[object, ...]:
    """What makes rows siblings: the same tag two levels below the same element."""
    parent = row.getparent()
    grand = parent.getparent() if parent is not None else None
    return (row.tag, grand if grand is not None else parent)


def _anchors(node: HtmlElement) -> list[HtmlElement]:
    return [node] if node.tag == "a" and node.get("href") else [a for a in node.iter("a") if a.get("href")]


def _anchor(row: HtmlElement) -> HtmlElement | None:
    """The link of a row: its first with a title long enough, as rows may carry a category before and readings after."""
    anchors = [a for a in _anchors(row) if absolute("http://x/", a.get("href"))]
    titled = [a for a in anchors if len(_title(a)) >= _WORTHY]
    if len(titled) > 1 and re.match(r"^[\[【(（]", _title(titled[0])) and len(_title(titled[0])) <= 10:
        return titled[1]
    return (titled or anchors or [None])[0]


def _title(anchor: HtmlElement) -> str:
    """What a link says: its text without date, or its `title` where the text is cut or none."""
    parts = [clean(t) for t in anchor.itertext()]
    heading = next((t for t in (clean("".join(h.itertext())) for h in anchor.iter(*_TITLE_BLOCKS)) if _names(t)), "")
    shown = heading or " ".join(
        p for p in parts if p and not (len(p) < _LONGEST_DATE and DATE.sub("", p).strip("[]()（） ") == "")
    )
    return _uncut(shown or clean("".join(img.get("alt") or "" for img in anchor.iter("img"))), anchor)


def _names(text: str) -> bool:
    return len(text) >= _WORTHY and bool(DATE.sub("", text).strip("[]()（） "))


def _uncut(shown: str, anchor: HtmlElement | None) -> str:
    full = clean(anchor.get("title")) if anchor is not None else ""
    if not full and anchor is not None:
        full = next((clean(e.get("title")) for e in anchor.iter(etree.Element) if e.get("title")), "")
    stem = _CUT.sub("", shown).strip()
    if full and (
        not shown
        or (stem != shown and full.startswith(stem[:8]))
        or (len(full) > len(shown) and full.startswith(shown))
    ):
        return full
    return shown


def _row_date(row: HtmlElement, anchor: HtmlElement | None) -> date | None:
    """The date that stands alone in a row, else the first one beside its link, else the first one."""
    inside = {anchor, *anchor.iter()} if anchor is not None and anchor is not row else set()
    beside = [t for e in row.iter(etree.Element) for t in ((e.text if e not in inside else ""), _tail(e, row, inside))]
    texts = [clean(t) for t in beside if t]
    every = [clean(t) for t in row.itertext()]
    alone = [t for t in texts if _beyond_date(t) <= _DATE_LABEL] + [t for t in every if _beyond_date(t) == 0]
    for text in (*alone, " ".join(texts), " ".join(every)):
        when = printed(text)
        if when:
            return when
    return _month_and_day(clean(" ".join(every)), anchor)


def _beyond_date(text: str) -> int:
    """How many characters a text has besides a date and brackets."""
    return len(DATE.sub("", text).strip("[]()（） ")) if len(text) <= _LONGEST_DATE else len(text)


def _tail(element: HtmlElement, row: HtmlElement, inside: set[HtmlElement]) -> str:
    if element is row:
        return ""
    parent = element.getparent()
    return "" if parent in inside else element.tail or ""


def _month_and_day(text: str, anchor: HtmlElement | None) -> date | None:
    """09-28 in a row whose address carries a year."""
    near = in_url(anchor.get("href") or "") if anchor is not None else None
    match = re.search(r"(?<![\d-])([01]?\d)[-/月]([0-3]?\d)(?![\d-])", text)
    return printed(f"{near.year}-{match[1]}-{match[2]}") if near and match else None


def _undated(root: HtmlElement, base: str) -> tuple[Row, ...]:
    groups: dict[HtmlElement, list[HtmlElement]] = {}
    for anchor in root.iter("a"):
        url = absolute(base, anchor.get("href"))
        if url and (_DOCUMENT.search(url) or is_file(url)) and len(_title(anchor)) >= 6 and not _is_aside(anchor):
            row = next((e for e in anchor.iterancestors("li", "tr", "dd", "p", "div")), None)
            parent = row.getparent() if row is not None else None
            if parent is not None:
                groups.setdefault(parent, []).append(anchor)
    pages = (g for g in groups.values() if not all(is_file(a.get("href") or "") for a in g))
    best = max(pages, key=len, default=[])
    return _as_rows(((a, None) for a in best), base) if len(best) >= _UNDATED else ()


def _is_aside(element: HtmlElement) -> bool:
    for node in (element, *element.iterancestors(etree.Element)):
        if node.tag in {"footer", "nav"}:
            return True
        marks = f"{node.get('class') or ''} {node.get('id') or ''}"
        if node.tag != "body" and _NOT_ROWS.search(marks):
            return True
    return False


def _is_decoy(row: HtmlElement) -> bool:
    """beijing.gov.cn mixes rows for search engines among the others: they carry an empty flag."""
    flags = [e for e in row.iter("i") if (e.get("class") or "").strip() == "flag"]
    return any(not clean("".join(f.itertext())) for f in flags)
