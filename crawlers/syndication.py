"""RSS and Atom: the rows of a feed in XML."""

from __future__ import annotations

import re
from datetime import date, timedelta, timezone
from email.utils import parsedate_to_datetime

from lxml import etree

from crawlers.reading.attachments import absolute
from crawlers.reading.dates import printed
from index.records import Row

_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF)\b", re.I)
_CHINA = timezone(timedelta(hours=8))
_DATES = ("pubDate", "published", "date", "updated")


def is_feed(page: bytes) -> bool:
    """Whether the bytes begin like RSS or Atom."""
    return bool(_FEED.search(page[:2000]))


def rows(page: bytes, url: str) -> tuple[Row, ...]:
    """The entries of a feed, in its order; none where it is no XML at all. `url` completes links."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(page, parser)
    except etree.XMLSyntaxError:  # what recovering cannot save, such as null bytes at the beginning
        return ()
    if root is None:
        return ()
    found = (_row(entry, url) for entry in root.iter("{*}item", "{*}entry"))
    return tuple(row for row in found if row)


def _row(entry: etree._Element, url: str) -> Row | None:
    title = " ".join(_text(entry.find("{*}title")).split())
    links = [element for element in entry.findall("{*}link") if element.get("rel", "alternate") == "alternate"]
    link = (links[0].get("href") or _text(links[0])).strip() if links else ""
    address = absolute(url, link)
    return Row(url=address, title=title, date=_date(entry)) if address and title else None


def _text(element: etree._Element | None) -> str:
    return "" if element is None else "".join(str(piece) for piece in element.itertext())


def _date(entry: etree._Element) -> date | None:
    for name in _DATES:
        text = _text(entry.find(f"{{*}}{name}")).strip()
        try:
            return parsedate_to_datetime(text).astimezone(_CHINA).date()
        except (ValueError, OverflowError):  # a year beyond 9999 in China's zone
            found = printed(text)
            if found:
                return found
    return None
