"""One page read: which part is the document, which are rows of a list, and what the page says about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawlers.reading import selectors as query
from crawlers.reading.article import Head, head_of, related_boxes, unglued
from crawlers.reading.attachments import attached, linked, unique
from crawlers.reading.body import find_body, heading_end, is_container, running_text, trimmed
from crawlers.reading.dates import in_url, printed
from crawlers.reading.decoding import decode
from crawlers.reading.embedded import Embedded, gkmlpt_detail
from crawlers.reading.jsonfeed import read_json
from crawlers.reading.lines import MARK, Line, Written, clean
from crawlers.reading.metadata import Metadata, labelled, meta_tags
from crawlers.reading.noise import Noise, quiet, without
from crawlers.reading.numbers import at_head, in_title, stated
from crawlers.reading.rows import declared_rows, found_rows
from crawlers.reading.selectors import Selectors
from crawlers.reading.standing import standing
from crawlers.reading.terms import terms_of
from crawlers.reading.titles import browser_title, title_of
from crawlers.reading.tree import drop_hidden, remove, tree
from index.records import Attachment, Reading, Row

_NO_HEADERS: Mapping[str, str] = {}
_NO_SELECTORS = Selectors()
_INFO_LINES, _INFO_CHARS = 12, 90
_OTHER_DATE = re.compile(r"成文|生成|施行|实施|失效|废止|今天|星期")
_HAN, _LATIN = re.compile("[\u4e00-\u9fff]+"), re.compile("[A-Za-z]+")
_TRADITIONAL = re.compile("[國務廣關於實與個時發電資訊網數據產業]")
_SIMPLIFIED = re.compile("[国务广关于实与个时发电资讯网数据产业]")
_LARGEST = 24_000_000


def read(
    page: bytes,
    url: str,
    *,
    headers: Mapping[str, str] = _NO_HEADERS,
    selectors: Selectors | None = None,
    noise: Noise | None = None,
) -> Reading:
    """Read one page: the document on it, or the rows of a list; empty for a page that holds neither.

    HTML; JSON too, by its first character, where selectors say how to read it (see `read_json`).
    `url` is where the page came from (links are completed with it), `headers` the response headers with lower-case
    names, `noise` what the site is known to print on every page or anew on every fetch (`crawlers.template`). Pure: no
    clock, no network. Any bytes are taken; only a selector that is neither CSS nor XPath raises (ValueError).
    """
    source = decode(page[:_LARGEST], headers)
    if selectors and source.lstrip()[:1] in {"{", "["}:
        return read_json(page, url, selectors=selectors, headers=headers)
    root = tree(source)
    if root is None:
        return Reading(url=url)
    return _read_html(root, url, source, selectors or _NO_SELECTORS, noise)


def _read_html(root: HtmlElement, url: str, source: str, wanted: Selectors, noise: Noise | None) -> Reading:
    for selector in wanted.remove:
        for element in query.elements(root, selector):
            remove(element)
    drop_hidden(root)
    strange = quiet(root, noise, url) if noise else frozenset()
    base = _base(root, url)
    written = Written(root)
    head = head_of(root, written)
    aside = related_boxes(root, head) if head else []
    for box in aside:
        remove(box)
    sheet = _Sheet.of(root, Written(root) if aside else written, wanted, head)
    if strange:
        sheet = sheet.without(strange)
    items = _rows(root, base, sheet, wanted)
    if items and (sheet.is_list(items) or (wanted.items and not sheet.declared)):
        return Reading(
            url=url,
            title=title_of(root, sheet.metadata, None),
            lang=language(root, "".join(i.title for i in items)),
            items=items,
        )
    return _document(root, url, base, sheet, wanted, source)


def _rows(root: HtmlElement, base: str, sheet: _Sheet, wanted: Selectors) -> tuple[Row, ...]:
    """Declared rows; without a declaration, found ones where the page is not declared or tagged as a document."""
    if wanted.items:
        return declared_rows(root, base, wanted)
    return () if sheet.declared or sheet.is_article else found_rows(root, base)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page taken apart: the element of the body, its lines, and the metadata around it.

    `declared`: a selector found the body; `located`: it holds nothing but the text, as against a guess. `dated`: the
    page has the head of an article, with a line of date or source.
    """

    body: HtmlElement | None
    declared: bool
    located: bool
    lines: list[Line]
    above: list[Line]
    below: list[Line]
    metadata: Metadata
    dated: bool

    @classmethod
    def of(cls, root: HtmlElement, written: Written, wanted: Selectors, head: Head | None) -> _Sheet:
        tags = meta_tags(root)
        matches = query.elements(root, wanted.body) if wanted.body else []
        declared = [e for e in matches if clean(e.text_content())]
        found = None if declared else find_body(root, written, head.box if head else None)
        body = declared[0] if declared else (found.element if found else None)
        located = is_container(declared[0]) if declared else bool(found and found.known)
        around = written.around(body)
        lines = written.within(body) if body is not None else []
        start = 0 if located else heading_end(lines, browser_title(root), declared=bool(declared))
        cut = next((n for n, line in enumerate(around) if line.text == MARK), 0)
        above = [*around[:cut], *lines[:start]]
        return cls(
            body,
            bool(declared),
            located,
            lines[start:],
            above,
            around[cut + 1 :] if body is not None else [],
            Metadata(labelled([*above, *around[cut:]]), tags),
            bool(head and head.dated),
        )

    def without(self, strange: frozenset[tuple[HtmlElement, str]]) -> _Sheet:
        """The sheet with only those lines of the body that are the document's own."""
        if self.body is None:
            return self
        own = {line.text for line in without(self.body, strange)}
        return replace(self, lines=[line for line in self.lines if line.text in own])

    @property
    def is_article(self) -> bool:
        """Whether the page's own meta tags call it a document."""
        tags = self.metadata.tags
        title = tags.get("articletitle")
        return bool(tags.get("firstpublishedtime") or (title and title != tags.get("columnname")))

    def is_list(self, items: tuple[Row, ...]) -> bool:
        """Whether the rows are the page, rather than a box of related documents beside a text."""
        if self.lines and (self.dated or (len(items) == 1 and self.located)):
            return False
        text = sum(running_text(line.text) for line in self.lines if line.linked < len(line.text) // 2)
        return text < 40 * len(items) or (not self.located and text < 120 * len(items))


def _document(root: HtmlElement, url: str, base: str, sheet: _Sheet, wanted: Selectors, source: str) -> Reading:
    title = query.text(root, wanted.title) or title_of(root, sheet.metadata, sheet.body, located=sheet.located)
    lines = trimmed(sheet.lines)
    detail = gkmlpt_detail(source)
    labels = {**detail.labels, **sheet.metadata.labels} if detail else sheet.metadata.labels
    text = [line.text for line in lines]
    if not text and detail:
        text = [line.text for line in detail.lines]
    ended = _ended(sheet, labels, detail) if text else None
    published = (
        printed(query.text(root, wanted.published) or "")
        or sheet.metadata.published
        or _published(labels, sheet.above, url)
    )
    terms = terms_of(text, labels, published)
    return Reading(
        url=url,
        title=title,
        text="\n".join([ended, *text] if ended and ended not in text else text),
        lang=language(root, title + "".join(text[:40])),
        published=published,
        written=printed(query.text(root, wanted.written) or "") or terms.written,
        effective=terms.effective,
        expires=terms.expires,
        comments_close=terms.comments_close,
        issuer=query.text(root, wanted.issuer) or sheet.metadata.issuer,
        doc_number=_number(root, wanted, labels, title, text),
        index_number=_index_number(root, wanted, labels),
        attachments=_attachments(root, wanted, sheet, base),
    )


def _ended(sheet: _Sheet, labels: Mapping[str, str], detail: Embedded | None) -> str | None:
    stated = (labels.get("status"), detail.labels.get("status") if detail else None)
    return standing(stated, sheet.above, sheet.below)


def _published(labels: Mapping[str, str], above: list[Line], url: str) -> date | None:
    """From the embedded document, the nearest short line with a date above the text, or the address."""
    labelled_date = printed(labels.get("published", ""))
    near = (unglued(line.text) for line in reversed(above[-_INFO_LINES:]) if len(line.text) < _INFO_CHARS)
    unlabelled = (printed(t) for t in near if not _OTHER_DATE.search(t))
    return labelled_date or next((d for d in unlabelled if d), None) or in_url(url)


def _number(root: HtmlElement, wanted: Selectors, labels: Mapping[str, str], title: str, text: list[str]) -> str | None:
    declared = stated(query.text(root, wanted.doc_number))
    return declared or stated(labels.get("doc_number")) or at_head(text, title) or in_title(title)


def _index_number(root: HtmlElement, wanted: Selectors, labels: Mapping[str, str]) -> str | None:
    value = clean(query.text(root, wanted.index_number) or labels.get("index_number")).replace(" ", "")
    return value if re.search(r"\d", value) and len(value) < 60 else None


def _attachments(root: HtmlElement, wanted: Selectors, sheet: _Sheet, base: str) -> tuple[Attachment, ...]:
    """Declared files and those linked in the body; without a declaration also those in boxes for attachments."""
    if not wanted.attachments:
        return attached(root, sheet.body, base)
    declared = linked(query.elements(root, wanted.attachments), base)
    return unique([*declared, *(attached(sheet.body, sheet.body, base) if sheet.body is not None else ())])


def _base(root: HtmlElement, url: str) -> str:
    element = next(root.iter("base"), None)
    href = (element.get("href") or "").strip() if element is not None else ""
    try:
        return urljoin(url, href) if href else url
    except ValueError:
        return url


def language(root: HtmlElement | None, text: str) -> str:
    """zh, zh-Hant or en, from the characters of the text; from the page's own label where there are too few."""
    han, latin = (sum(map(len, run.findall(text))) for run in (_HAN, _LATIN))
    if han + latin < 20 and root is not None:
        label = (root.get("lang") or "").lower()
        return "en" if label.startswith("en") else "zh-Hant" if label in {"zh-tw", "zh-hk", "zh-hant"} else "zh"
    if latin > 6 * han:
        return "en"
    return "zh-Hant" if len(_TRADITIONAL.findall(text)) > len(_SIMPLIFIED.findall(text)) else "zh"
