"""The lists of a docx: where a paragraph stands, by its own properties or its style's (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re

from lxml import etree

from crawlers.files.counting import Level, Lists
from crawlers.files.package import attribute, local, named


class Numbering:
    """Counts the numbered paragraphs of one document; ask `label` for each paragraph once and in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._lists = Lists(*_lists(numbering))
        self._styles = _styles(styles)

    def label(self, p: etree._Element) -> str:
        """The number that Word shows before this paragraph; empty where none."""
        place = self._place(p)
        return self._lists.label(*place) if place is not None else ""

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


def _lists(root: etree._Element | None) -> tuple[dict[str, dict[int, Level]], dict[str, str]]:
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


def _levels(parent: etree._Element) -> dict[int, Level]:
    found = {}
    for lvl in (e for e in parent if local(e) == "lvl"):
        form = _value(lvl, "numFmt") or next((attribute(f, "val") for f in named(lvl, "numFmt")), None) or "decimal"
        level = Level(_number(_value(lvl, "start")), form, _value(lvl, "lvlText") or "")
        found[_number(attribute(lvl, "ilvl"))] = level
    return found


def _overrides(num: etree._Element, levels: dict[int, Level]) -> dict[int, Level]:
    changed = {}
    for over in (o for o in num if local(o) == "lvlOverride"):
        depth = _number(attribute(over, "ilvl"))
        changed.update(_levels(over))
        start = _value(over, "startOverride")
        if start is not None and depth in levels:
            changed[depth] = Level(_number(start), levels[depth].format, levels[depth].pattern)
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
