"""Automatic numbers of paragraphs (第一条, 一、, （一）, 1.) as Word counts and spells them, for docx and doc alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_ROMAN = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Level:
    """One depth of a list: first number, name of the format (ECMA-376 part 1, 17.18.59), a text with %1 to %9."""

    start: int
    format: str
    pattern: str


class Lists:
    """Counts the numbered paragraphs of one document.

    `levels`: for each list its depths; `sequences`: for each list the sequence it counts in, which lists may share.
    """

    def __init__(self, levels: Mapping[str, Mapping[int, Level]], sequences: Mapping[str, str]) -> None:
        self._levels = levels
        self._sequences = sequences
        self._counts: dict[str, dict[int, int]] = {}

    def label(self, number: str, depth: int) -> str:
        """The number of the next paragraph of a list, with a space where letters follow; empty where it shows none.

        Ask once for each numbered paragraph, in order.
        """
        levels = self._levels.get(number, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(self._sequences.get(number, number), {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        return _shown(level, levels, counts)


def spelled(count: int, form: str) -> str:
    """A number in one of Word's formats; formats that are not known are shown as digits."""
    return _FORMS.get(form, str)(count)


def _shown(level: Level, levels: Mapping[int, Level], counts: Mapping[int, int]) -> str:
    if level.format in {"bullet", "none"}:
        return ""

    def value(match: re.Match[str]) -> str:
        depth = int(match.group(1)) - 1
        at = levels.get(depth)
        return spelled(counts.get(depth, at.start), at.format) if at else ""

    text = re.sub(r"%([1-9])", value, level.pattern)
    return text + " " if text and text[-1].isascii() else text


def _chinese(count: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一, 105 → 一百零五; above 9,999 digits."""
    if not 0 < count < 10_000:
        return str(count) if count else "〇"
    places = zip(f"{count:04d}", ("千", "百", "十", ""), strict=True)
    text = "".join(_DIGITS[int(digit)] + unit if digit != "0" else "零" for digit, unit in places)
    text = re.sub("零+", "零", text).strip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def _roman(count: int) -> str:
    signs = zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), _ROMAN, strict=True)
    text, left = "", min(count, 9_999)
    for value, sign in signs:
        text += sign * (left // value)
        left %= value
    return text


def _letters(count: int) -> str:
    return chr(ord("A") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9) if count > 0 else ""


def _circled(count: int) -> str:
    return chr(0x2460 + count - 1) if 0 < count <= 20 else str(count)


_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": lambda n: "".join(_DIGITS[int(d)] for d in str(n)),
    "decimalZero": lambda n: f"{n:02d}",
    "decimalFullWidth": lambda n: str(n).translate({ord("0") + d: ord("０") + d for d in range(10)}),
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda n: _letters(n).lower(),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
}
