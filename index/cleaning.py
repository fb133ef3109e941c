r"""What no record may hold: halves of surrogate pairs, which UTF-8 cannot write, and control characters.

JSON can spell both (`\ud800`, `\u001b`) past every decoder, and publishers are not trusted to abstain: the first
stops a database, the second drives a terminal. Both go where readings and pages enter the archive.
"""

from __future__ import annotations

import re
from dataclasses import replace

from index.records import Page, Reading

_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DIRTY = re.compile(f"{_HALF.pattern}|{_CONTROL.pattern}")


def clean_text(text: str) -> str:
    """The text with U+FFFD for each half of a pair and without control characters but tab and line feed."""
    return _CONTROL.sub("", _HALF.sub("\ufffd", text)) if _DIRTY.search(text) else text


def clean_reading(reading: Reading) -> Reading:
    """The reading with every text of it cleaned, names of attachments and rows as well; itself where nothing was."""
    if not _DIRTY.search("\n".join(_texts(reading))):
        return reading
    return replace(
        reading,
        url=clean_text(reading.url),
        title=clean_text(reading.title),
        text=clean_text(reading.text),
        lang=clean_text(reading.lang),
        issuer=_some(reading.issuer),
        doc_number=_some(reading.doc_number),
        index_number=_some(reading.index_number),
        attachments=tuple(replace(a, url=clean_text(a.url), name=clean_text(a.name)) for a in reading.attachments),
        items=tuple(replace(i, url=clean_text(i.url), title=clean_text(i.title)) for i in reading.items),
    )


def clean_page(page: Page) -> Page:
    """The page with its addresses and headers cleaned; the bytes are as they came."""
    headers = {clean_text(name): clean_text(value) for name, value in page.headers.items()}
    return replace(page, url=clean_text(page.url), final_url=clean_text(page.final_url), headers=headers)


def _texts(reading: Reading) -> list[str]:
    fields = (reading.url, reading.title, reading.text, reading.lang, reading.issuer, reading.doc_number)
    files = (part for a in reading.attachments for part in (a.url, a.name))
    rows = (part for i in reading.items for part in (i.url, i.title))
    return [text for text in (*fields, reading.index_number, *files, *rows) if text]


def _some(text: str | None) -> str | None:
    return clean_text(text) if text else text
