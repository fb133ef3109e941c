"""The values in a clause that can be compared as values: amounts, percentages, dates, 文号, numbers with their unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.identity import doc_number
from index.numerals import fold
from index.records import FieldChange
from index.spans import Edit

Kind = Literal["date", "doc_number", "percent", "amount", "number"]

_D = r"[\d０-９]"
_HAN = "[零〇一二三四五六七八九十百千万亿两]"
_ARABIC = rf"{_D}{{1,20}}(?:[,，]{_D}{{3}}){{0,6}}(?:[.．]{_D}{{1,9}})?(?:\s*[十百千]?[万亿]{{1,2}})?"
_SPELLED = rf"{_HAN}{{1,20}}(?:点{_HAN}{{1,9}})?"
_NUM = rf"(?:{_ARABIC}(?:\s*(?:million|billion|thousand)\b)?|{_SPELLED})"
_PER = (
    r"(?:\s*(?:/|每|per\s)\s*(?:[\d.]{1,6}\s*)?(?:百万|千|万)?\s*"
    r"(?:[A-Za-z]{1,12}|[\u4e00-\u9fff]{1,3}(?:[·/][\u4e00-\u9fff]{1,3})?))?"
)
_MONEY = r"(?:人民币|美元|欧元|港元|日元|元|角|厘|(?:yuan|RMB|CNY|USD|EUR|HKD|dollars?|cents?)\b)"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_UNIT = (
    r"(?:个?工作日|个?自然日|个?小时|个月|日|天|年|周|月|分钟|秒|倍|折|人次|人|家|户|名|项|个|次|种|类|处|所|座|辆|份|期|批|分|级|台|套|条|张|卡时|卡|积分|点"
    r"|万?千瓦时|[万亿]?千瓦|兆瓦|平方米|吨|公里|词元|字符"
    r"|(?:[EPTG]FLOPS|[EPTGMK]i?B(?:ps)?|[kMG]Wh?|tokens?|days?|months?|years?|hours?|minutes?|requests?|users?|credits?"
    r"|points?|RPM|TPM|QPS|times)\b)"
)
_PATTERNS: dict[Kind, str] = {
    "date": rf"[12]{_D}{{3}}\s*年(?:\s*{_D}{{1,2}}\s*月(?:\s*{_D}{{1,2}}\s*日)?)?|{_D}{{1,2}}\s*月\s*{_D}{{1,2}}\s*日"
    r"|(?<!\d)[12]\d{3}([-./])\d{1,2}\2\d{1,2}(?!\d)"
    r"|[一二][〇零○一二三四五六七八九]{3}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?)?"
    rf"|\d{{1,2}}\s{_MONTH}\s[12]\d{{3}}|{_MONTH}\s\d{{1,2}},?\s[12]\d{{3}}",
    "doc_number": rf"[\u4e00-\u9fff]{{1,10}}[〔\[［（(]\s*[12]{_D}{{3}}\s*[〕\]］）)]\s*第?\s*{_D}{{1,4}}\s*号",
    "percent": rf"(?:百|千)分之\s*{_SPELLED}|{_NUM}\s*(?:[%％‰]|个百分点|percent\b)",
    "amount": rf"{_NUM}\s*{_MONEY}{_PER}|[¥￥$€]\s*{_NUM}{_PER}|\b(?:USD|CNY|RMB|EUR|HKD)\s?{_NUM}{_PER}",
    "number": rf"(?<!第){_NUM}\s*{_UNIT}{_PER}|(?<![\d第A-Za-z-]){_ARABIC}",
}
_VALUE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))

_BREAK = re.compile(r"[，。；：、,;:\n（()）|！？!?“”\"《》]|\.\s|[的了占](?=[^，。]{3})")
_VERB = re.compile(
    r"(?:应当|应|须|不得|可以?|将|原则上|一般|最高|最低|按照?|由|从|自|在|于|截至|至|到|约|共|为|是|达到?|提高|降低|调整|下调|上调|增加|减少"
    r"|给予|收取|发放|补贴|不?(?:超过|低于|高于|少于|多于|大于|小于)|满|以|内|的|和|及|或|\s"
    r"|\b(?:is|are|of|to|at|by|for|from|be|the|a|an|than|up|with|in|on|more|less|not|shall|will)\b)+$"
)
_EACH = re.compile(r"(?:每(?:户|人|家|个|台|卡|月|年|日|天|次|周|季度?|小时|单位)?)+$")
_ARTICLE = re.compile(r"^(?:(?:and|or|the|a|an|your|our)\s+)+", re.IGNORECASE)
_CELL = 40  # characters; a longer cell is prose
_ROLES = (
    (re.compile(r"\s*起\s*(?:正式)?(?:施行|实施|执行|生效)"), "施行日期"),
    (re.compile(r"\s*(?:起)?\s*(?:废止|失效|停止执行)"), "失效日期"),
    (re.compile(r"\s*(?:之?前|止|截止|以前)"), "截止日期"),
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value at `text[start:end]`; `label` says of what, in the clause's own words, or its kind."""

    kind: Kind
    text: str
    start: int
    end: int
    label: str


def values(text: str) -> tuple[Value, ...]:
    """Find the values of a clause in order."""
    found, last = [], 0
    for match in _VALUE.finditer(text):
        kind = next(k for k in _PATTERNS if match[k])
        words = (doc_number(match[0]) if kind == "doc_number" else None) or match[0].strip()
        found.append(Value(kind, words, match.start(), match.end(), _label(text, match, kind, last)))
        last = match.end()
    return tuple(found)


def _label(text: str, match: re.Match[str], kind: Kind, last: int) -> str:
    if kind == "date":
        role = next((name for pattern, name in _ROLES if pattern.match(text, match.end())), None)
        if role:
            return role
    before = text[max(last, match.start() - 40) : match.start()]
    phrase = _VERB.sub("", _BREAK.split(before)[-1] or "")
    phrase = _ARTICLE.sub("", (_VERB.sub("", _EACH.sub("", phrase)) or phrase).strip())
    phrase = re.sub(r"^\W+|第$", "", phrase)
    if not re.search(r"[A-Za-z\u4e00-\u9fff]{2}", phrase):
        return kind
    words = phrase.split()
    if phrase.isascii() and len(words) > 4:
        phrase = " ".join(words[-4:])
    return phrase[-24:] if phrase.isascii() else phrase[-12:]


def field_changes(place: str, before: str, after: str, changes: tuple[Edit, ...]) -> tuple[FieldChange, ...]:
    """Pair the values that the edits of a reworded clause touch; `field` is `<place> <what the value is of>`."""
    old = [v for v in values(before) if any(_touches(v, e.b0, e.b1) for e in changes)]
    new = [v for v in values(after) if any(_touches(v, e.a0, e.a1) for e in changes)]
    return tuple(
        FieldChange(f"{place} {b.label or b.kind}".strip(), a.text, b.text)
        for a, b in _paired(old, new)
        if fold(a.text) != fold(b.text)
    )


def cell_changes(place: str, before: str, after: str, header: str) -> tuple[FieldChange, ...]:
    """Compare two states of a table row cell by cell; `field` is `<place> <first cell> <column header>`.

    Cells that hold a passage rather than a value are left out.
    """
    old, new, names = _cells(before), _cells(after), _cells(header)
    if len(old) != len(new):
        return ()
    named = names if len(names) == len(new) else [""] * len(new)
    return tuple(
        FieldChange(" ".join(filter(None, (place, new[0] if n else "", name))), was or None, now or None)
        for n, (was, now, name) in enumerate(zip(old, new, named, strict=True))
        if fold(was) != fold(now) and max(len(was), len(now)) <= _CELL
    )


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"\t|\|", row.strip().strip("|"))]


def _touches(value: Value, start: int, end: int) -> bool:
    return value.start < end and start < value.end


def _same_name(one: Value, other: Value) -> bool:
    return one.kind == other.kind and one.label == other.label


def _same_kind(one: Value, other: Value) -> bool:
    return one.kind == other.kind


def _paired(old: list[Value], new: list[Value]) -> list[tuple[Value, Value]]:
    """Pair values one to one: of the same kind and label first, then of the same kind in order."""
    pairs: list[tuple[Value, Value]] = []
    left = list(old)
    for same in (_same_name, _same_kind):
        for value in [v for v in new if all(v is not b for _, b in pairs)]:
            partner = next((a for a in left if same(a, value)), None)
            if partner:
                left.remove(partner)
                pairs.append((partner, value))
    return sorted(pairs, key=lambda pair: pair[1].start)
