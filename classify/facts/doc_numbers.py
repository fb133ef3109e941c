"""Document numbers (文号) of Chinese official documents, normalised: brackets 〔〕, ASCII digits, no spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.records import Fact

_HAN = r"\u4e00-\u9fff"
_BRACKETED = re.compile(
    rf"(?P<prefix>[{_HAN}][{_HAN}a-z]*(?:\([{_HAN}]\))?)?\s?[〔\[(【〈﹝「『]\s?(?P<year>(?:19|20)\d\d|1\d\d)\s?[〕\])】〉﹞」』]\s?第?\s?(?P<number>\d{{1,5}})\s?号"
)
_ORDER = re.compile(
    rf"(?P<issuer>[{_HAN}][{_HAN}、\s]{{0,60}}?)?(?P<form>令|公告|通告|主席令)\s{{0,3}}(?:[〔\[(]?(?P<year>(?:19|20)\d\d)[〕\])]?\s?年?\s?)?第\s?(?P<number>\d{{1,5}}|[一二三四五六七八九十百〇零]{{1,6}})\s?号(?!文件?夹)"
)
_YEAR_ORDER = re.compile(
    rf"(?P<issuer>[{_HAN}][{_HAN}\s]{{0,30}}?)?(?P<year>(?:19|20)\d\d)\s?年\s?第\s?(?P<number>\d{{1,5}})\s?号\s?(?P<form>令|公告|通告)?"
)
_STRIP = re.compile(
    r"^.*(?:发文字号|发布文号|公文文号|文件编号|文号|字号|编号|来源|依据|根据|按照|依照|参照|遵照|贯彻|落实|执行|转发|以下简称|通知|意见|办法|规定|方案|决定|文件|有关|及其|同时|有效|是否|经|和(?!国)|与|及|见|的|由|以|为|按|原)(?=.)"
)
_AGENCY = re.compile(r"^.*(?:办公室|委员会|人民政府|管理局|办公厅)(?=.{3})")
_STRIP_ISSUER = re.compile(r"^.*(?:文号|字号|编号|来源|依据|根据|按照|依照|以下简称|有关|以及|同时|现行|等|的|由)(?=.)")


def doc_numbers(text: str, plain: str) -> Iterator[Fact]:
    """Facts of kind doc_number, left to right, none overlapping."""
    taken = 0
    seen: set[str] = set()
    found = [*_spans(_BRACKETED, text, plain), *_spans(_ORDER, text, plain), *_spans(_YEAR_ORDER, text, plain)]
    for start, end, value in sorted(found, key=lambda f: (f[0], -f[1])):
        if start >= taken and value not in seen:
            taken = end
            seen.add(value)
            yield Fact("doc_number", {"value": value}, start, end)


def _spans(pattern: re.Pattern[str], text: str, plain: str) -> Iterator[tuple[int, int, str]]:
    for match in pattern.finditer(plain):
        group = "prefix" if pattern is _BRACKETED else "issuer"
        start = _start(plain, match, group)
        if start is not None:
            yield start, match.end(), _normal(text[start : match.end()])


def _start(plain: str, match: re.Match[str], group: str) -> int | None:
    """Where the number begins: its agency code or issuer, without the words that lead to it (文号, 根据 …)."""
    lead = match[group]
    if group == "prefix":
        if not lead:
            return None
        lead = lead[-14:]
        cut = _STRIP.match(lead[:-1]) or _AGENCY.match(lead)
        kept = lead[cut.end() :] if cut else lead
        return match.end("prefix") - len(kept.lstrip())
    if not lead:
        return match.start() if match["form"] and (match["form"] != "公告" or match["year"]) else None
    line = lead.rstrip()
    line = re.split(r"\s{2,}|\n|(?<=[日号])\s", line)[-1]
    cut = _STRIP_ISSUER.match(line)
    kept = line[cut.end() :] if cut else line
    start = match.start(group) + lead.rindex(kept) if kept else match.end(group)
    if not match["form"]:
        return None
    return start


def _normal(literal: str) -> str:
    digits = "".join(chr(ord(c) - 0xFEE0) if "０" <= c <= "９" else c for c in literal)
    tight = re.sub(r"\s", "", digits)
    return re.sub(r"[\[〔(（【〈﹝［「『](\d{3,4})[\]〕)）】〉﹞］」』]第?", r"〔\1〕", tight)
