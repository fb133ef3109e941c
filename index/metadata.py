"""Changes of what a document says about itself: title, dates, issuer, 文号, and whether it is still in force."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.identity import doc_number
from index.numerals import fold, squeeze
from index.records import FieldChange, Reading

_DATES = ("published", "written", "effective", "expires", "comments_close")
_WORDS = "现行有效|尚未生效|部分失效|已被修改|已修改|已废止|废止|已失效|失效|有效"
_LABELLED = re.compile(rf"(?:有效性|时效性|效力状态|效力|时效|状态|文件状态)[:|]({_WORDS})")
_BRACKETED = re.compile(rf"[\[(【〔〖](?:本文件|此件|全文)?({_WORDS})[\])】〕〗]")
_SUBJECT = (
    r"(?:本|该|此)(?:政策|行政)?(?:规范性)?(?:文件|件|文|办法|规定|规章|法规|通知|公告|通告|意见|决定|细则|条例|方案)"
)
_DECLARED = re.compile(
    rf"[\[(【〔〖]?(?:注:|说明:|提示:)?{_SUBJECT}"
    r"(?:(?:自.{1,20}?起)?(?:已|予以|现予|现已)?|,?(?:已|现|被)(?:(?!将|拟|期满|届满|有效期).){1,60}?)"
    r"(?:予以|宣布|正式|自动|全文)?(废止|失效|停止执行)[。!]?[\])】〕〗]?"
)
_SHORT = re.compile(r"^.{0,80}(?:有效|失效|废止|修改|停止执行).{0,20}$", re.MULTILINE)
_END_WORD = re.compile("[废失停]")
_PLAIN = {"有效": "现行有效", "废止": "已废止", "停止执行": "已废止", "失效": "已失效", "已被修改": "已修改"}


def metadata_changes(before: Reading, after: Reading) -> tuple[FieldChange, ...]:
    """Compare the fields of two readings: dates as ISO 8601, 文号 normalised, `status` as 现行有效, 已废止, 已失效 …"""
    return tuple(FieldChange(name, was, now) for name, was, now in _fields(before, after) if was != now)


def _fields(before: Reading, after: Reading) -> Iterator[tuple[str, str | None, str | None]]:
    if fold(before.title) != fold(after.title):
        yield "title", before.title or None, after.title or None
    for name in _DATES:
        was, now = getattr(before, name), getattr(after, name)
        yield name, was and was.isoformat(), now and now.isoformat()
    yield "doc_number", _number(before), _number(after)
    if fold(before.issuer or "") != fold(after.issuer or ""):
        yield "issuer", before.issuer, after.issuer
    yield "status", status(before), status(after)


def _number(reading: Reading) -> str | None:
    return (doc_number(reading.doc_number) or reading.doc_number) if reading.doc_number else None


def status(reading: Reading) -> str | None:
    """Read what a page says of the document's force, None where it says nothing.

    Only a bracket in the title, a labelled line (时效性：已废止) or a sentence of its own counts: a text that repeals
    others is not itself repealed.
    """
    if found := _BRACKETED.search(squeeze(reading.title)):
        return _PLAIN.get(found[1], found[1])
    for line in (m[0] for m in _SHORT.finditer(reading.text)):
        if found := _LABELLED.search(squeeze(line)) or _alone(line):
            return _PLAIN.get(found[1], found[1])
    return None


def declared_end(line: str) -> str | None:
    """已废止 or 已失效, where a line of its own says so of the document it stands with; else None."""
    found = _alone(line) if _END_WORD.search(line) else None
    ended = _PLAIN.get(found[1], found[1]) if found else None
    return ended if ended in {"已废止", "已失效"} else None


def _alone(line: str) -> re.Match[str] | None:
    flat = squeeze(line)
    return _BRACKETED.fullmatch(flat) or _DECLARED.fullmatch(flat)
