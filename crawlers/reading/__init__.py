"""Reading pages: bytes to title, text, dates, numbers, attachments and list rows. Pure; no network, no clock.

`read` takes HTML, `read_json` the answers of feeds and APIs. Both give an `index.records.Reading`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from crawlers.reading.document import read
from crawlers.reading.jsonfeed import read_json
from crawlers.reading.selectors import Selectors, selectors_of
from index.records import Reading

EXTRACTOR = "reading-3"
"""Version of these rules; a change of text that comes with another version is ours, not the site's."""

__all__ = ["EXTRACTOR", "Selectors", "as_json", "read", "read_json", "selectors_of"]


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading as `vedette extract` prints it (design, section 4). Dates are ISO days."""
    return {
        "url": reading.url,
        "title": reading.title,
        "published": _iso(reading.published),
        "written": _iso(reading.written),
        "issuer": reading.issuer,
        "doc_number": reading.doc_number,
        "index_number": reading.index_number,
        "lang": reading.lang,
        "text": reading.text,
        "attachments": [a.url for a in reading.attachments],
        "items": [{"url": i.url, "title": i.title, "date": _iso(i.date)} for i in reading.items],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
