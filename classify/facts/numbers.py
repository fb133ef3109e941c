"""Numbers as written in Chinese and English: digits with multipliers (1500万, 15 million, 600k), Chinese numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MULTIPLIERS = {
    "万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "十亿": 10**9, "千万": 10**7, "百万": 10**6, "十万": 10**5,
    "万": 10**4, "亿": 10**8, "千": 10**3, "百": 100, "trillion": 10**12, "billion": 10**9, "million": 10**6,
    "thousand": 10**3, "bn": 10**9, "mn": 10**6, "tn": 10**12, "crore": 10**7, "lakh": 10**5,
    "k": 10**3, "m": 10**6, "b": 10**9, "w": 10**4,
}  # fmt: skip
# 千 opens 千瓦 (kW); a letter multiplies only where no longer word or unit starts with it (5M tokens, not 5 MB).
_MULTIPLIER = (
    r"(?:\s?(?P<han>万亿|千亿|百亿|十亿|千万|百万|十万|万(?!兆)|亿(?!亿次)|千(?![瓦卡克米伏兆字乏])|百(?!分|度))"
    r"|[\s-]?(?P<word>trillion|billion|million|thousand|crore|lakh|bn|mn|tn)(?![a-z])|(?P<letter>[kmb])(?![a-z0-9/]"
    r"|\s?bps)|(?P<myriad>w)(?=\+?(?:字|人|次|元|个|\s?tokens?)))?"
)
_ARABIC = re.compile(rf"(?<![\d.])(?P<digits>{_DIGITS}){_MULTIPLIER}")
# A Chinese numeral is a number of ours only before a unit that is counted in them.
_HAN = re.compile(
    r"(?<![第〇零一二两三四五六七八九十百千万亿点\d.])(?<![\d]\s)(?P<han>[〇零一二两三四五六七八九十百千万亿点]{1,14})(?=\s?(?:元|块钱|角钱|角[/每]|分钱|美元|港元|港币|欧元|折(?![合算旧叠线磨现腾])|个?token|个?词元|积分|卡时|核时|千瓦时|度电|次/|兆瓦))"
)
_PERCENT = re.compile(r"百分之(?P<han>[〇零一二两三四五六七八九十百点]{1,8})")
_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LONGEST = 18
_WORD = re.compile(r"[a-z]$")  # ext4, gpt5: part of a name
_CODE = re.compile(r"(?:usd|cny|rmb|hkd|twd|eur|gbp|sgd|jpy|inr|krw|rs|qos)$")
_COUNTING = re.compile("[一二两三四五六七八九十零〇]")  # 百元, 万元 alone count nothing


@dataclass(frozen=True, slots=True)
class Number:
    """`text[start:end]` means `value`; `percent` where it was written 百分之…; `han` where in Chinese numerals."""

    start: int
    end: int
    value: Decimal
    percent: bool = False
    han: bool = False


def numbers(plain: str) -> list[Number]:
    """All numbers of a plain text (see `plain.plain`), in order. Runs of more than 18 digits (ids) are left out."""
    found = [n for m in _ARABIC.finditer(plain) if (n := _arabic(m))]
    found += [n for m in _HAN.finditer(plain) if (n := _chinese(m, percent=False))]
    found += [n for m in _PERCENT.finditer(plain) if (n := _chinese(m, percent=True))]
    return sorted(found, key=lambda n: n.start)


def amount(value: Decimal) -> str:
    """A plain decimal in ASCII, without exponent or trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def han_value(numeral: str) -> Decimal | None:
    """The value of a Chinese numeral (三千五百万, 二点五, 二〇二六), or None where it is none."""
    whole, _, fraction = numeral.partition("点")
    if "点" in fraction or any(c not in _DIGIT for c in fraction) or numeral.endswith("点") or not whole:
        return None
    value = Decimal(_digit_run(whole) if all(c in _DIGIT for c in whole) else _grouped(whole))
    return value + Decimal("0." + str(_digit_run(fraction)).zfill(len(fraction))) if fraction else value


def _arabic(match: re.Match[str]) -> Number | None:
    digits = match["digits"].replace(",", "")
    before = match.string[max(0, match.start() - 4) : match.start()]
    if len(digits) > _LONGEST or before.endswith(("第", "第 ")) or (_WORD.search(before) and not _CODE.search(before)):
        return None
    multiplier = match["han"] or match["word"] or match["letter"] or match["myriad"]
    return Number(match.start(), match.end(), Decimal(digits) * _MULTIPLIERS.get(multiplier or "", 1))


def _chinese(match: re.Match[str], *, percent: bool) -> Number | None:
    if not _COUNTING.search(match["han"]) or match.string[match.start() - 1 : match.start()] in ("/", "每"):
        return None
    value = han_value(match["han"])
    return None if value is None else Number(match.start(), match.end(), value, percent=percent, han=True)


def _digit_run(run: str) -> int:
    return int("".join(str(_DIGIT[c]) for c in run))


def _grouped(numeral: str) -> int:
    """三千五百万: groups of up to four places, each closed by 万 or 亿."""
    total = group = digit = 0
    for c in numeral:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif c in _SMALL:
            group, digit = group + (digit or 1) * _SMALL[c], 0
        else:
            scale = 10**4 if c == "万" else 10**8
            total, group, digit = (total + group + digit or 1) * scale, 0, 0
    return total + group + digit
