"""Attached files as part of a document: their text below its own, their sha256 beside their address. Pure.

A file stands as one line `附件：NAME` and its text, so that it is diffed, tagged and searched with the document. One
that gives no text (a scan, a password) or could not be fetched is the line alone, in words that do not vary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from crawlers.files import FileText
from crawlers.files.answer import Flag
from index.records import Attachment, Reading

HEADING = "附件"
_SAID: Mapping[Flag, str] = {
    "scan": "扫描件，无文字",
    "encrypted": "已加密，无法读取",
    "too_large": "过大，未读取",
    "broken": "文件损坏，无法读取",
    "unsupported": "格式不支持，未读取",
    "bomb": "压缩异常，未读取",
    "timeout": "读取超时",
}
_MISSING = "未取得"
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
_PAGE = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|script|meta)\b", re.I | re.S
)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that was fetched: its bytes by name, and what it says."""

    sha256: str
    text: FileText


def starts_as_file(body: bytes) -> bool:
    """Whether bytes begin as a document file does: PDF, zip and office files, RTF."""
    return body.lstrip()[:8].startswith(_MAGIC)


def starts_as_page(body: bytes) -> bool:
    """Whether bytes begin as a web page: what a site sends that has no such file, or does not give it."""
    return bool(_PAGE.match(body[:1000]))


def is_file_itself(reading: Reading) -> bool:
    """Whether the document has no page: its address leads straight to a file."""
    return not reading.text and [a.url for a in reading.attachments] == [reading.url]


def joined(page: Reading, files: Mapping[str, Enclosed]) -> Reading:
    """A page's reading completed by its files, given by address; those that are not given were not fetched."""
    if not page.attachments:
        return page
    if is_file_itself(page):
        file = files.get(page.url)
        text = file.text.text if file and not file.text.flag else _section(page.attachments[0], file)
    else:
        text = "\n".join(
            [*([page.text] if page.text else ()), *(_section(a, files.get(a.url)) for a in page.attachments)]
        )
    return replace(page, text=text, attachments=tuple(_hashed(a, files.get(a.url)) for a in page.attachments))


def page_part(text: str, page: str) -> bool:
    """Whether a joined text is that of this page with its files below."""
    return text == page or text.startswith(f"{page}\n{HEADING}")


def _hashed(attachment: Attachment, file: Enclosed | None) -> Attachment:
    return replace(attachment, sha256=file.sha256) if file else attachment


def _section(attachment: Attachment, file: Enclosed | None) -> str:
    name = " ".join(attachment.name.split()) or attachment.url.rpartition("/")[2]
    heading = name if name.startswith(HEADING) else f"{HEADING}：{name}"
    if file is None:
        return f"{heading}（{_MISSING}）"
    if file.text.flag:
        return f"{heading}（{_SAID[file.text.flag]}）"
    return f"{heading}\n{file.text.text}" if file.text.text.strip() else heading
