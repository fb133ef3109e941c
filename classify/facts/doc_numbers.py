"""Document numbers (文号) of Chinese official documents, normalised: brackets 〔〕, ASCII digits, no spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.records import Fact

_HAN = r"\u4e00-\u9fff"
# 国办发〔2026〕12号: the part from the bracket on; the agency code is looked for before it.
_BRACKETED = re.compile(r"\s?[〔\[(【〈﹝「『]\s?(?:(?:19|20)\d\d|1\d\d)\s?[〕\])】〉﹞」』]\s?第?\s?\d{1,5}\s?号")
# 令第5号, 公告2026年第5号; the issuer is looked for before it.
_ORDER = re.compile(
    r"(?P<form>令|公告|通告)\s{0,3}(?P<year>[〔\[(]?(?:19|20)\d\d[〕\])]?\s?年?\s?)?第\s?(?:\d{1,5}"
    r"|[一二三四五六七八九十百〇零]{1,6})\s?号(?!文)"
)
_YEAR_ORDER = re.compile(r"(?<!\d)(?:19|20)\d\d\s?年\s?第\s?\d{1,5}\s?号\s?(?:令|公告|通告)")
_CODE = re.compile(rf"[{_HAN}][{_HAN}a-z]*(?:\([{_HAN}]\))?$")
_ISSUER = re.compile(rf"[{_HAN}][{_HAN}、 \t]*\s{{0,3}}$")
# Words that lead to a number and are no part of it.
_LEAD = re.compile(
    r"^.*(?:发文字号|发布文号|公文文号|文件编号|文号|字号|编号|来源|依据|根据|按照|依照|参照|遵照|贯彻|落实|执行|转发"
    r"|以下简称|通知|意见|办法|规定|方案|决定|文件|有关|及其|同时|有效|是否|经|和(?!国)|与|及|见|的|由|以|为|按"
    r"|原)(?=.)"
)
_AGENCY = re.compile(r"^.*(?:办公室|委员会|人民政府|管理局|办公厅)(?=.{3})")
_ISSUER_LEAD = re.compile(
    r"^.*(?:文号|字号|编号|来源|依据|根据|按照|依照|以下简称|有关|以及|同时|现行|等|的|由|[日号](?=\s)|\s\s)(?=.)"
)
_CODE_REACH, _ISSUER_REACH = 14, 60


def doc_numbers(text: str, plain: str) -> Iterator[Fact]:
    """Facts of kind doc_number, left to right, none overlapping, each number once."""
    taken = 0
    seen: set[str] = set()
    for start, end in sorted(_spans(plain), key=lambda span: (span[0], -span[1])):
        value = _normal(text[start:end])
        if start >= taken and value not in seen:
            taken = end
            seen.add(value)
            yield Fact("doc_number", {"value": value}, start, end)


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    for match in _BRACKETED.finditer(plain):
        if (start := _code_start(plain, match.start())) is not None:
            yield start, match.end()
    for match in _ORDER.finditer(plain):
        start = _issuer_start(plain, match.start())
        # a bare 公告第5号 or 令第5号 without issuer names nothing
        if start < match.start() or match["year"]:
            yield start, match.end()
    for match in _YEAR_ORDER.finditer(plain):
        yield _issuer_start(plain, match.start()), match.end()


def _code_start(plain: str, at: int) -> int | None:
    """Where the agency code before a bracket begins, or None where there is none."""
    found = _CODE.search(plain, max(0, at - _CODE_REACH), at)
    if found is None:
        return None
    code = found.group()
    cut = _LEAD.match(code[:-1]) or _AGENCY.match(code)
    return found.start() + (cut.end() if cut else 0)


def _issuer_start(plain: str, at: int) -> int:
    """Where the issuer before 令 or a year begins; `at` itself where none stands there."""
    found = _ISSUER.search(plain, max(0, at - _ISSUER_REACH), at)
    if found is None:
        return at
    cut = _ISSUER_LEAD.match(found.group())
    start = found.start() + (cut.end() if cut else 0)
    return start + len(plain[start:at]) - len(plain[start:at].lstrip())


def _normal(literal: str) -> str:
    digits = "".join(chr(ord(c) - 0xFEE0) if "０" <= c <= "９" else c for c in literal)
    tight = re.sub(r"\s", "", digits)
    return re.sub(r"[\[〔(（【〈﹝［「『](\d{3,4})[\]〕)）】〉﹞］」』]第?", r"〔\1〕", tight)
