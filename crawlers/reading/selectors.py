"""Selectors a source declares, and how they are applied to a tree.

CSS, or XPath where they start with `/`, `./` or `(`; XPath may end in `@attribute` or `text()`,
CSS in `::attr(name)` or `::text`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement
from parsel.csstranslator import HTMLTranslator

from config.source import Source
from crawlers.reading.lines import clean

_JSON_PATH = re.compile(r"^\$|\[(?:\*|\d+)\]$|\[(?:\*|\d+)\]\.|\.\*(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where things stand on the pages of one source; None: the reader finds it by itself.

    `items` to `date_format` are read in lists (relative to a row), the others on documents.
    """

    fragment: str | None = None
    items: str | None = None
    link: str | None = None
    row_title: str | None = None
    date: str | None = None
    date_format: str | None = None
    detail_url: str | None = None
    body: str | None = None
    title: str | None = None
    published: str | None = None
    written: str | None = None
    doc_number: str | None = None
    index_number: str | None = None
    issuer: str | None = None
    attachments: str | None = None
    remove: tuple[str, ...] = ()


def selectors_of(source: Source) -> Selectors:
    """The selectors that a source declares."""
    rows, detail = source.list, source.detail
    return Selectors(
        fragment=rows.fragment,
        items=rows.items,
        link=rows.link,
        row_title=rows.title,
        date=rows.date,
        date_format=rows.date_format,
        detail_url=source.detail_url,
        body=detail.body,
        title=detail.title,
        published=detail.published,
        written=detail.written,
        doc_number=detail.doc_number,
        index_number=detail.index_number,
        issuer=detail.issuer,
        attachments=detail.attachments,
        remove=source.remove,
    )


def matches(node: HtmlElement, selector: str) -> list[HtmlElement | str]:
    """What a selector finds under a node: elements, or the strings an XPath ends in. ValueError for a bad selector.

    The JSON paths of a source whose list is JSON find nothing on its HTML pages.
    """
    if _JSON_PATH.search(selector):
        return []
    found = _compiled(selector)(node)
    if isinstance(found, Sequence) and not isinstance(found, str):
        return list(found)
    return [str(found)]


def elements(node: HtmlElement, selector: str) -> list[HtmlElement]:
    """The elements a selector finds under a node."""
    return [m for m in matches(node, selector) if isinstance(m, HtmlElement)]


def text(node: HtmlElement, selector: str | None) -> str | None:
    """The text of the first match that has any, on one line; None without selector or match."""
    if selector is None:
        return None
    for match in matches(node, selector):
        found = clean(match.text_content() if isinstance(match, HtmlElement) else str(match))
        if found:
            return found
    return None


@lru_cache(maxsize=2000)
def _compiled(selector: str) -> etree.XPath:
    try:
        if selector.startswith(("/", "./", "(", ".//")):
            return etree.XPath(selector)
        return etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (etree.XPathSyntaxError, SyntaxError) as error:  # cssselect's SelectorError is a SyntaxError
        raise ValueError(f"selector {selector!r} is neither CSS nor XPath: {error}") from error
