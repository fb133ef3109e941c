"""Rows of RSS and Atom feeds."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime

from lxml import etree

from crawlers.reading.attachments import absolute
from crawlers.reading.dates import CHINA, printed
from crawlers.reading.rows import unique
from crawlers.reading.titles import without_markup
from index.records import Row

_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_DATES = ("pubDate", "published", "date", "updated", "modified")


def is_feed(source: str) -> bool:
    """Whether a text is an RSS or Atom feed, judged by its first 1,000 characters."""
    return bool(_FEED.search(source[:1000])) and "<html" not in source[:1000].lower()


def feed_rows(source: str, base: str) -> tuple[Row, ...]:
    """Title, link and day (in China) of each item or entry. No entity is expanded and nothing is loaded."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source).encode(), parser=parser)
    except etree.XMLSyntaxError:
        return ()
    if root is None:
        return ()
    rows = []
    for item in root.iter("{*}item", "{*}entry"):
        url, title = absolute(base, _link(item)), without_markup(_text(item, "title"))
        if url and title:
            shown = next((t for t in (_text(item, name) for name in _DATES) if t), "")
            rows.append(Row(url=url, title=title, date=_day(shown)))
    return unique(rows)


def _text(item: etree._Element, name: str) -> str:
    found = item.find(f"{{*}}{name}")
    return "".join(str(t) for t in found.itertext()).strip() if found is not None else ""


def _link(item: etree._Element) -> str:
    for link in item.iterfind("{*}link"):
        if link.get("rel", "alternate") == "alternate":
            return link.get("href") or (link.text or "").strip()
    return _text(item, "guid")


def _day(shown: str) -> date | None:
    try:
        return parsedate_to_datetime(shown).astimezone(CHINA).date()
    except ValueError:  # not the form of mail headers, so the form of Atom
        return printed(shown)
