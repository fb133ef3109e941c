"""Numbers as Chinese documents write them, brought to one form so that 第十条 and 第10条 compare equal.

`fold` is for comparing only: it is not reversible and its result is never shown. What it treats as equal: white space
and zero-width characters, full-width and compatibility forms (NFKC), curly and straight quotes, dashes, Arabic and
Chinese numerals (一百零五 = 105, 二〇二六 = 2026, 1,000 = 1000, 10万 = 100000) and percentages (百分之九十二 = 92%).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

# Cf holds zero-width space, joiners, BOM, soft hyphen; the C0 range beyond white space shows nothing either.
INVISIBLE = re.compile(
    r"[\s\x00-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)

TYPOGRAPHY = str.maketrans("“”„‘’–—―−‐‑○﹝﹞〔〕", '"""\'\'------〇[][]')
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"两": 2, "兩": 2, "幺": 1}
_PLAIN_HAN = str.maketrans("〇壹贰叁肆伍陆柒捌玖拾佰仟萬億兩", "零一二三四五六七八九十百千万亿两")
_SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CHINESE = "".join([*_DIGITS, *_SMALL, *_LARGE])
_SCALES = "".join([*_SMALL, *_LARGE])

NUMBER = re.compile(
    rf"(?P<of>[百千万]分之)?(?:(?P<arabic>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)(?P<scale>[{_SCALES}]*)"
    rf"|(?P<chinese>[{_CHINESE}]+)(?:点(?P<decimals>[零〇一二三四五六七八九]+))?)(?P<percent>[%‰])?"
)
_DENOMINATORS = {"百分之": "%", "千分之": "‰", "万分之": "‱"}


_LONGEST = 40


@lru_cache(maxsize=4096)
def chinese_number(numeral: str) -> int | None:
    """Value of a Chinese numeral (一百零五, 二〇二六, 三亿五千万), or None where it is not well formed (万一, 三五).

    None too for more than 40 characters: no publisher writes such a number, and Python reads no 4,300 digits.
    """
    if len(numeral) > _LONGEST:
        return None
    if all(c in _DIGITS for c in numeral):
        positional = len(numeral) == 1 or len(numeral) > 2 or "〇" in numeral or "零" in numeral
        return int("".join(str(_DIGITS[c]) for c in numeral)) if positional else None
    return _additive(numeral.translate(_PLAIN_HAN))


def _additive(numeral: str) -> int | None:
    """Read 三亿五千零二十万零一 or 一万二千亿: what stands before 亿 and 万 counts them, the rest is added."""
    for char, unit in (("亿", 10**8), ("万", 10**4)):
        high, found, low = numeral.partition(char)
        if found and (char in low or (low and not high)):
            return None
        if found:
            many, rest = _additive(high) if high else 1, _additive(low) if low else 0
            return None if many is None or rest is None else many * unit + rest
    return _section(numeral)


def _section(numeral: str) -> int | None:
    """Read a numeral below ten thousand."""
    found = _BELOW_TEN_THOUSAND.fullmatch(numeral)
    if found is None:
        return None
    parts = ((found[name], unit) for name, unit in (("k", 1000), ("h", 100), ("t", 10), ("u", 1)))
    return sum((_DIGITS[digit] if digit else 1) * unit for digit, unit in parts if digit is not None)


_BELOW_TEN_THOUSAND = re.compile(
    "(?:零?(?P<k>[D]?)千)?(?:零?(?P<h>[D]?)百)?(?:零?(?P<t>[D]?)十)?(?:零?(?P<u>[D]))?".replace(
        "D", "一二三四五六七八九两"
    )
)


def number_text(match: re.Match[str]) -> str | None:
    """Give the plain decimal form of one match of `NUMBER` (`92%`, `15000`, `0.05‰`), None where it is no number."""
    value = _arabic(match) if match["arabic"] else _spelled(match["chinese"], match["decimals"])
    if value is None:
        return None
    sign = match["percent"] or _DENOMINATORS.get(match["of"] or "", "")
    return f"{_plain(value)}{sign}"


def _arabic(match: re.Match[str]) -> Decimal | None:
    value = Decimal(match["arabic"].replace(",", ""))
    for char in match["scale"]:
        value *= _SMALL.get(char) or _LARGE[char]
    return value


def _spelled(numeral: str, decimals: str | None) -> Decimal | None:
    whole = chinese_number(numeral)
    if whole is None or not decimals:
        return None if whole is None else Decimal(whole)
    return Decimal(f"{whole}.{''.join(str(_DIGITS[c]) for c in decimals)}")


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _folded(match: re.Match[str]) -> str:
    number = number_text(match)
    # the marks keep 三五 (three to five) apart from 35, and 3、5 from 35
    return match[0] if number is None else f"\x02{number}\x03"


def squeeze(text: str) -> str:
    """NFKC without white space and zero-width characters. For comparing only: NFKC also alters （）：，."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def fold(text: str) -> str:
    """Give the comparison key of a text: two texts with the same key say the same."""
    flat = squeeze(text).translate(TYPOGRAPHY) if _COMBINING.search(text) else _OTHER.sub(_plain_run, text)
    marked = _MAYBE_NUMBER.sub(_folded_run, flat)
    return _YEAR.sub(r"[\1]\2", marked) if "号" in marked else marked


# Most of a text needs no normalising; looking only at the rest is four times as fast as NFKC over all of it.
_COMBINING = re.compile(r"[\u0300-\u036f\u3099\u309a]")
_OTHER = re.compile(r"[^\u4e00-\u9fff!-~]+")
_MAYBE_NUMBER = re.compile(rf"[0-9{_CHINESE}][0-9{_CHINESE},.分之点%‰]*")


# 国办发(2026)12号 and 国办发【2026】12号 are spellings of 国办发〔2026〕12号
_YEAR = re.compile("[(【](\x02(?:19|20)\\d\\d\x03)[)】](第?\x02\\d+\x03号)")


def _folded_run(run: re.Match[str]) -> str:
    return _folded_numbers(run[0])


@lru_cache(maxsize=8192)
def _folded_numbers(run: str) -> str:
    return NUMBER.sub(_folded, run)


def _plain_run(run: re.Match[str]) -> str:
    return _plain_characters(run[0])


@lru_cache(maxsize=4096)
def _plain_characters(run: str) -> str:
    return squeeze(run).translate(TYPOGRAPHY)
