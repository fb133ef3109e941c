"""Answers of JSON feeds and APIs: rows by a path, dates as epochs, links by a template, HTML inside JSON.

A path is dotted (`cData.list`, `$.data[*].x`); `$` is the whole answer, a step through an array applies to each of its
members, `*` steps through every value of an object, `[0]` takes one member. Keys with a dot are not supported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import quote

from lxml.html import HtmlElement

from crawlers.reading.attachments import absolute, attached, is_file, unique
from crawlers.reading.dates import instant, printed
from crawlers.reading.decoding import decode
from crawlers.reading.lines import clean, lines_of
from crawlers.reading.metadata import Metadata
from crawlers.reading.numbers import at_head, in_title, stated
from crawlers.reading.rows import declared_rows, found_rows
from crawlers.reading.rows import unique as unique_rows
from crawlers.reading.selectors import Selectors
from crawlers.reading.terms import terms_of
from crawlers.reading.titles import without_markup
from crawlers.reading.tree import fragment
from index.records import Attachment, Reading, Row

_STEP = re.compile(r"([^.\[\]]+)|\[(\*|\d+)\]")
_FIELD = re.compile(r"\{([\w.]+)\}")
_PADDING_CHARS = 300
_LINKS = (
    "url",
    "URL",
    "infourl",
    "publishUrl",
    "link",
    "href",
    "detail_href",
    "docpuburl",
    "post_url",
    "linkUrl",
    "htmlUrl",
)
_TITLES = ("title", "TITLE", "topic", "showTitle", "contentTitle", "noticeTitle", "name", "docTitle", "title_text")
_DATES = (
    "pubtime",
    "publishTime",
    "DOCRELPUBTIME",
    "publishedTimeStr",
    "ptime",
    "pubDate",
    "date",
    "jsearch_date",
    "addTime",
    "contentTime",
    "publish_time",
    "display_publish_time",
    "publishDate",
    "time",
    "liveStartTime",
    "published",
    "date_published",
    "noticeTime",
    "createTime",
)
_NO_HEADERS: Mapping[str, str] = {}


def read_json(page: bytes, url: str, *, selectors: Selectors, headers: Mapping[str, str] = _NO_HEADERS) -> Reading:
    """Read a JSON answer: a document where the path of `body` leads to text, else the rows.

    JSONP is read like JSON. `url` completes links; `detail_url` makes them from row fields (`{announceId}`). An answer
    that is no JSON, or has another shape than the paths expect, gives an empty Reading.
    """
    answer = _loaded(decode(page, headers))
    if answer is None:
        return Reading(url=url)
    if selectors.body and _text(answer, selectors.body, ()):
        return _document(answer, url, selectors)
    items = (_fragment_rows if selectors.fragment else _rows)(answer, url, selectors)
    if not items and selectors.title:
        return _document(answer, url, selectors)
    return Reading(url=url, items=items)


def at_path(value: object, path: str | None) -> Iterator[object]:
    """The values a path leads to; arrays at the end are given member by member."""
    values: list[object] = [value]
    for name, index in _STEP.findall(path or ""):
        if name != "$":
            values = [inner for v in values for inner in _stepped(v, name, index)]
    for found in values:
        yield from found if isinstance(found, list) else [found]


def _stepped(value: object, name: str, index: str) -> list[object]:
    if index.isdecimal():
        return [value[int(index)]] if isinstance(value, list) and int(index) < len(value) else []
    if isinstance(value, list):
        return value if index == "*" else [inner for v in value for inner in _stepped(v, name, "")]
    if not isinstance(value, dict):
        return []
    return list(value.values()) if "*" in (name, index) else [value[name]] if name in value else []


def _loaded(text: str) -> object:
    body = text.lstrip()
    start = re.search(r"[{\[]", body[:_PADDING_CHARS])
    try:
        return json.JSONDecoder().raw_decode(body, start.start())[0] if start else None
    except (ValueError, RecursionError):  # no JSON, or nested to hurt
        return None


def _rows(answer: object, url: str, wanted: Selectors) -> tuple[Row, ...]:
    rows = []
    for row in at_path(answer, wanted.items):
        if not isinstance(row, dict):
            continue
        link = _link(row, url, wanted)
        title = without_markup(_text(row, wanted.row_title, _TITLES))
        if link and title:
            rows.append(Row(url=link, title=title, date=_date(row, wanted)))
    return unique_rows(rows)


def _link(row: Mapping[str, object], url: str, wanted: Selectors) -> str | None:
    if wanted.detail_url:
        fields = {**row, "link": _text(row, wanted.link, _LINKS)}
        names = _FIELD.findall(wanted.detail_url)
        values = {n: next((str(v) for v in at_path(fields, n) if v not in (None, "")), "") for n in names}
        filled = _FIELD.sub(lambda m: quote(values[m[1]], safe="/:?=&%", errors="replace"), wanted.detail_url)
        return absolute(url, filled) if all(values.values()) else None
    return absolute(url, clean(_text(row, wanted.link, _LINKS)))


def _text(row: object, path: str | None, usual: Sequence[str]) -> str:
    for name in (path,) if path else usual:
        for value in at_path(row, name):
            if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
                return str(value)
    return ""


def _date(row: Mapping[str, object], wanted: Selectors) -> date | None:
    shown = _text(row, wanted.date, _DATES)
    if wanted.date_format in {"epoch_s", "epoch_ms"} and re.fullmatch(r"\d+(?:\.\d+)?", shown):
        return instant(float(shown) / (1000 if wanted.date_format == "epoch_ms" else 1))
    return printed(shown)


def _fragment_rows(answer: object, url: str, wanted: Selectors) -> tuple[Row, ...]:
    """Rows of the HTML that a JPAAS site sends as `data.html`."""
    rows: list[Row] = []
    for markup in at_path(answer, wanted.fragment):
        root = fragment(markup) if isinstance(markup, str) else None
        if root is not None:
            rows += declared_rows(root, url, wanted) if wanted.items else found_rows(root, url)
    return unique_rows(rows)


def _document(answer: object, url: str, wanted: Selectors) -> Reading:
    markup = "\n".join(v for v in at_path(answer, wanted.body) if isinstance(v, str)) if wanted.body else ""
    root = fragment(markup)
    text = [line.text for line in lines_of(root)] if root is not None else []
    title = without_markup(_text(answer, wanted.title, ()))
    values = {"written": _text(answer, wanted.written, ()), "issuer": _text(answer, wanted.issuer, ())}
    published = printed(_text(answer, wanted.published, ()))
    terms = terms_of(text, values, published)
    number = _text(answer, wanted.doc_number, ())
    return Reading(
        url=url,
        title=title,
        text="\n".join(text),
        published=published,
        written=terms.written,
        effective=terms.effective,
        expires=terms.expires,
        comments_close=terms.comments_close,
        issuer=Metadata(values, {}).issuer,
        doc_number=stated(number) or at_head(text, title) or in_title(title),
        index_number=clean(_text(answer, wanted.index_number, ())) or None,
        attachments=_attachments(answer, root, url, wanted),
    )


def _attachments(answer: object, root: HtmlElement | None, url: str, wanted: Selectors) -> tuple[Attachment, ...]:
    named = (
        [absolute(url, v) for v in at_path(answer, wanted.attachments) if isinstance(v, str)]
        if wanted.attachments
        else []
    )
    declared = [Attachment(url=u, name=u.rsplit("/", 1)[-1]) for u in named if u and is_file(u)]
    return unique([*declared, *(attached(root, root, url) if root is not None else ())])
