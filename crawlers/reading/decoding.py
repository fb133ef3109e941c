"""Bytes to text, for sites whose charset labels are missing, late or wrong.

Seen: UTF-8 without any label, UTF-8 labelled GBK by the server, GB18030 bytes labelled gb2312, GBK declared only in a
`<meta>` tag far down, an inner `<meta charset=gb2312>` that is false, byte order marks, files cut inside a character.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from bs4.dammit import EncodingDetector

_BINARY = (
    b"%PDF",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
          "hz-gb-2312": "gb18030", "iso-8859-1": "gb18030", "latin-1": "gb18030", "big5": "big5hkscs"}  # fmt: skip
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_STARTS = tuple(mark for mark, _ in _MARKS)
_NO_TEXT = bytes({*range(32)} - {9, 10, 12, 13, 27})
_BYTES = bytes({*range(32), 127} - {9, 10, 13})
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def decode(page: bytes, headers: Mapping[str, str]) -> str:
    """The text of a page, without control characters; empty for a file that is no text (PDF, ZIP, image).

    `headers` have lower-case names. Undecodable bytes become U+FFFD; nothing is raised.
    """
    if page.startswith(_BINARY) or _is_binary(page[:4096]):
        return ""
    text = _as_utf8(page)
    if text is not None and not _has_control(page):
        return text
    return _CONTROL.sub("", _decoded(page, headers) if text is None else text)


def _as_utf8(page: bytes) -> str | None:
    if page.startswith(_STARTS) or _is_wide(page):
        return None
    try:  # a Chinese text in another encoding is practically never valid UTF-8
        return codecs.getincrementaldecoder("utf-8")().decode(page)
    except UnicodeDecodeError:
        return None


def _has_control(page: bytes) -> bool:
    """Whether a page in UTF-8 holds what `_CONTROL` takes out."""
    return len(page.translate(None, _BYTES)) < len(page) or any(code in page for code in _NO_CHARACTERS)


def _is_wide(page: bytes) -> bool:
    """Whether a page is UTF-16 without a mark: of its first characters, tags in ASCII, one byte in two is NUL."""
    even, odd = page[:40:2], page[1:40:2]
    return len(odd) > 3 and (even.count(0) > len(even) // 2) != (odd.count(0) > len(odd) // 2)


def _is_binary(start: bytes) -> bool:
    """Whether control bytes other than white space make up one in fifty or more."""
    if start.startswith(_STARTS) or _is_wide(start):
        return False
    control = len(start) - len(start.translate(None, _NO_TEXT))
    return control * 50 > len(start)


def _decoded(page: bytes, headers: Mapping[str, str]) -> str:
    for mark, name in _MARKS:
        if page.startswith(mark):
            return page[len(mark) :].decode(name, "replace")
    if _is_wide(page):
        return page.decode("utf-16-le" if page[1:2] == b"\0" else "utf-16-be", "replace")
    return _best(page, _labels(page, headers))


def _labels(page: bytes, headers: Mapping[str, str]) -> list[str]:
    header = _HEADER.search(headers.get("content-type", ""))
    declared = EncodingDetector.find_declared_encoding(page, is_html=True, search_entire_document=False)
    names = [declared, header[1] if header else None, "utf-8", "gb18030", "big5hkscs"]
    wider = [_WIDER.get(name.lower(), name.lower()) for name in names if name]
    return list(dict.fromkeys(wider))


def _best(page: bytes, names: list[str]) -> str:
    tried: list[tuple[float, int, str]] = []
    for order, name in enumerate(names):
        try:
            text = page.decode(name, "replace")
        except LookupError:  # a charset that does not exist
            continue
        bad = text.count("\ufffd")
        if bad <= len(text) // 2000:
            return text
        tried.append((bad, order, text))
    return min(tried)[2]
