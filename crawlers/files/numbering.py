"""Automatic numbers of Word paragraphs (第一条, 一、, （一）, 1.), which no text run holds (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from crawlers.files.package import attribute, local, named

_ROMAN = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    pattern: str


class Numbering:
    """Counts the numbered paragraphs of one document; ask `label` for each paragraph once and in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._levels, self._lists = _lists(numbering)
        self._styles = _styles(styles)
        self._counts: dict[str, dict[int, int]] = {}

    def label(self, p: etree._Element) -> str:
        """The number that Word shows before this paragraph, with a space where letters follow; empty where none."""
        place = self._place(p)
        if place is None:
            return ""
        number, depth = place
        abstract = self._lists.get(number, "")
        levels = self._levels.get(number, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        return _shown(level, levels, counts)

    def _place(self, p: etree._Element) -> tuple[str, int] | None:
        properties = _child(p, "pPr")
        own = _numbered(properties)
        style = _value(properties, "pStyle") if properties is not None else None
        number, depth = self._inherited(style) if own[0] is None else own
        return None if number is None or number == "0" else (number, depth or 0)

    def _inherited(self, style: str | None) -> tuple[str | None, int | None]:
        seen: set[str] = set()
        while style and style not in seen and style in self._styles:
            seen.add(style)
            number, depth, style = self._styles[style]
            if number is not None:
                return number, depth
        return None, None


def spelled(count: int, form: str) -> str:
    """A number in one of Word's formats; formats that are not known are shown as digits."""
    return _FORMS.get(form, str)(count)


def _shown(level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    if level.format in {"bullet", "none"}:
        return ""

    def value(match: re.Match[str]) -> str:
        depth = int(match.group(1)) - 1
        at = levels.get(depth)
        return spelled(counts.get(depth, at.start), at.format) if at else ""

    text = re.sub(r"%([1-9])", value, level.pattern)
    return text + " " if text and text[-1].isascii() else text


def _lists(root: etree._Element | None) -> tuple[dict[str, dict[int, _Level]], dict[str, str]]:
    if root is None:
        return {}, {}
    abstract = {attribute(a, "abstractNumId") or "": _levels(a) for a in root if local(a) == "abstractNum"}
    levels, lists = {}, {}
    for num in (n for n in root if local(n) == "num"):
        key, link = attribute(num, "numId") or "", _value(num, "abstractNumId") or ""
        levels[key] = {**abstract.get(link, {}), **_overrides(num, abstract.get(link, {}))}
        restarts = any(_child(o, "startOverride") is not None for o in num if local(o) == "lvlOverride")
        lists[key] = f"{link}/{key}" if restarts else link
    return levels, lists


def _levels(parent: etree._Element) -> dict[int, _Level]:
    found = {}
    for lvl in (e for e in parent if local(e) == "lvl"):
        form = _value(lvl, "numFmt") or next((attribute(f, "val") for f in named(lvl, "numFmt")), None) or "decimal"
        level = _Level(_number(_value(lvl, "start")), form, _value(lvl, "lvlText") or "")
        found[_number(attribute(lvl, "ilvl"))] = level
    return found


def _overrides(num: etree._Element, levels: dict[int, _Level]) -> dict[int, _Level]:
    changed = {}
    for over in (o for o in num if local(o) == "lvlOverride"):
        depth = _number(attribute(over, "ilvl"))
        changed.update(_levels(over))
        start = _value(over, "startOverride")
        if start is not None and depth in levels:
            changed[depth] = _Level(_number(start), levels[depth].format, levels[depth].pattern)
    return changed


def _styles(root: etree._Element | None) -> dict[str, tuple[str | None, int | None, str | None]]:
    found = {}
    for style in (s for s in root if local(s) == "style") if root is not None else ():
        number, depth = _numbered(_child(style, "pPr"))
        found[attribute(style, "styleId") or ""] = (number, depth, _value(style, "basedOn"))
    return found


def _numbered(properties: etree._Element | None) -> tuple[str | None, int | None]:
    num = _child(properties, "numPr") if properties is not None else None
    if num is None:
        return None, None
    depth = _value(num, "ilvl")
    return _value(num, "numId"), _number(depth) if depth is not None else None


def _child(parent: etree._Element, name: str) -> etree._Element | None:
    return next((c for c in parent if local(c) == name), None)


def _value(parent: etree._Element, name: str) -> str | None:
    child = _child(parent, name)
    return attribute(child, "val") if child is not None else None


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text) else 0


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
