"""RSS and Atom: the rows of a feed in XML."""

from __future__ import annotations

import re
from datetime import date, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from lxml import etree

from crawlers.reading.dates import printed
from index.records import Row

_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF)\b", re.I)
_CHINA = timezone(timedelta(hours=8))


def is_feed(page: bytes) -> bool:
    """Whether the bytes begin like RSS or Atom."""
    return bool(_FEED.search(page[:2000]))


def rows(page: bytes, url: str) -> tuple[Row, ...]:
    """The entries of a feed, in its order; none where it is no XML at all. `url` completes links."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(page, parser)
    if root is None:
        return ()
    found = (_row(entry, url) for entry in root.iter("{*}item", "{*}entry"))
    return tuple(row for row in found if row)


def _row(entry: etree._Element, url: str) -> Row | None:
    title = " ".join("".join(entry.xpath("./*[local-name()='title']//text()")).split())
    links = entry.xpath("./*[local-name()='link'][not(@rel) or @rel='alternate']/@href")
    link = links[0] if links else "".join(entry.xpath("./*[local-name()='link']/text()")[:1])
    return Row(url=urljoin(url, link.strip()), title=title, date=_date(entry)) if link.strip() and title else None


def _date(entry: etree._Element) -> date | None:
    names = "local-name()='pubDate' or local-name()='published' or local-name()='updated' or local-name()='date'"
    for text in entry.xpath(f"./*[{names}]/text()"):
        try:
            return parsedate_to_datetime(text).astimezone(_CHINA).date()
        except ValueError:
            found = printed(text)
            if found:
                return found
    return None
