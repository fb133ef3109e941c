"""Places in a Chinese text as an English reader finds them: `第四条` is article 4, `表1 第3行` row 3 of table 1."""

from __future__ import annotations

import re

from index.numerals import chinese_number

_PARTS = {"编": "part", "章": "chapter", "节": "section", "条": "article", "款": "paragraph", "项": "item"}
_PARTS |= {"段": "paragraph", "行": "row", "列": "column", "页": "page"}
_NUMBERED = re.compile(rf"第([0-9〇零一二三四五六七八九十百千两]+)([{''.join(_PARTS)}])")
_NAMED = re.compile(r"(附件|表|图)\s*([0-9]*)")
_NAMES = {"附件": "annex", "表": "table", "图": "figure"}
_HAN = re.compile(r"[\u3400-\u9fff]")


def in_english(locator: str) -> str:
    """The place in English, or empty where some of it is a name that we do not know."""
    text = _NUMBERED.sub(lambda found: f" {_PARTS[found[2]]} {_number(found[1])} ", locator)
    text = _NAMED.sub(lambda found: f" {_NAMES[found[1]]} {found[2]} ", text)
    return "" if _HAN.search(text) else " ".join(text.split())


def _number(numeral: str) -> str:
    return numeral if numeral.isdigit() else str(chinese_number(numeral) or numeral)
