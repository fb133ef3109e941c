"""How the lines of Chinese and English legal texts are numbered: 第三条, 一、, （一）, 1., ①, Article 3, (a), 1.2.3.

`mark` reads the number at the head of one line. A doubtful number (`3.5`, a bare `7`) counts only where it continues a
sequence, so that an amount at the head of a line is never taken for a number that may change unnoticed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Level = Literal[
    "part", "chapter", "section", "article", "paragraph", "item", "heading", "row", "attachment", "signature", "text"
]

_HAN = "零〇一二三四五六七八九十百千"

_QUANTITY = r"(?:[亿万千百元倍折个家人户天日年月周项名台套米吨级%％‰]|[KMGTPE]i?B|[EPTG]FLOPS|[Mm]illion|[Bb]illion)"

_HEAD = re.compile(
    rf"""[\#>*•·\s]*(?:
    (?P<division>第\s*[{_HAN}\d０-９]{{1,9}}(?:-\d{{1,2}})?\s*(?:分?[编編]|章|[节節]|[条條])(?:之[一二三四五六七八九十])?)
        (?!第|规定|的|、|和|至|或|所|中(?!华|国|央|共)|款|项|之|以|，|及|与)
    |(?P<annex>附\s*(?:件|表|录|则(?=\s*\d))\s*[{_HAN}\d０-９]{{0,3}}|附(?=[：:]))[：:]?
    |(?P<han_comma>[{_HAN}]{{1,4}}[、．.])
    |(?P<han_paren>[（(][{_HAN}]{{1,4}}[)）])
    |(?P<dotted>(?:[A-Z]|\d{{1,3}})(?:[.．](?:\d{{1,3}}|[a-z](?![a-z])))+[.．、]?(?=[\s\u4e00-\u9fff])(?!\s*{_QUANTITY}))
    |(?P<arabic_dot>[\d０-９]{{1,3}}[.．、](?![\d０-９]))
    |(?P<arabic_paren>[（(][\d０-９]{{1,3}}[)）])
    |(?P<arabic_half>[\d０-９]{{1,3}}[)）])
    |(?P<circled>[①-⒛])
    |(?P<alpha_paren>[（(][A-Za-z]{{1,4}}[)）])
    |(?P<alpha_half>[a-zA-Z][)）])
    |(?P<alpha_dot>[A-Za-z][.．](?=\s))
    |(?P<english>(?i:part|title|schedule|annex|appendix|chapter|section|sec\.|article|art\.|clause|recital|§)
        \s*(?:\d{{1,4}}[A-Z]?(?:\.\d{{1,3}})*|[IVXLC]{{1,7}}|[A-Z]))(?=\s*[.:—–-]|\s+[A-Z]|\s*\(|\s*$)[.:]?
    |(?P<bare>\d{{1,3}})(?=[\s　]+[A-Z\u4e00-\u9fff“"])(?!\s*{_QUANTITY})
    )""",
    re.VERBOSE,
)

_DIVISIONS: dict[str, tuple[int, Level]] = {
    "分编": (1, "part"),
    "编": (0, "part"),
    "章": (2, "chapter"),
    "节": (3, "section"),
    "条": (5, "article"),
}
_SIMPLE = str.maketrans("編節條", "编节条")
_ENGLISH: dict[str, tuple[int, Level]] = {
    "schedule": (0, "attachment"),
    "annex": (0, "attachment"),
    "appendix": (0, "attachment"),
    "part": (0, "part"),
    "title": (1, "part"),
    "chapter": (2, "chapter"),
}
_SEQUENTIAL = frozenset({"dotted", "bare", "alpha_dot", "alpha_half"})
_SKIPPED = 3  # repealed numbers leave holes
LIST_RANK = 9  # lists nest as they come, below every named division


@dataclass(frozen=True, slots=True)
class Mark:
    """A number at the head of a line: as written without spaces, where the words begin, its value if doubtful."""

    style: str
    label: str
    rank: int
    level: Level
    end: int
    ordinal: tuple[int, ...] = ()


def mark(line: str) -> Mark | None:
    """Read the number at the head of a line, None where the line has none."""
    found = _HEAD.match(line)
    style = found.lastgroup if found else None
    if found is None or style is None:
        return None
    label = _squeezed(found[style])
    rank, level = _place(style, label)
    name = f"{style}{label.count('.')}" if style == "dotted" else f"{style}{rank}"
    rest = line[found.end() :]
    end = len(line) - len(rest.lstrip())
    return Mark(name, label, rank, level, end, _ordinal(style, label))


def _squeezed(written: str) -> str:
    """Drop the spaces of a label, keeping its brackets; one space stays after an English word."""
    return re.sub(r"\s+", " " if re.match(r"[A-Za-z]{2}", written) else "", written.strip())


def continues(new: Mark, previous: Mark | None) -> bool:
    """Whether a doubtful number opens a sequence or follows its predecessor; a sure one always does."""
    if not new.ordinal or new.ordinal[-1:] in {(1,), (0,)}:
        return True
    if previous is None or previous.style != new.style:
        return False
    step = new.ordinal[-1] - previous.ordinal[-1]
    return new.ordinal[:-1] == previous.ordinal[:-1] and 1 <= step <= _SKIPPED


def _place(style: str, label: str) -> tuple[int, Level]:
    if style == "division":
        ending = re.search(r"分?编|章|节|条", label.translate(_SIMPLE))
        return _DIVISIONS[ending[0]] if ending else (5, "article")
    if style == "english":
        word = re.match(r"[a-z]*", label.lower())
        return _ENGLISH.get(word[0] if word else "", (5, "article"))
    if style == "annex":
        return -1, "attachment"
    return LIST_RANK, "item"


def _ordinal(style: str, label: str) -> tuple[int, ...]:
    if style not in _SEQUENTIAL:
        return ()
    return tuple(int(p) if p.isdigit() else ord(p[0].lower()) - 96 for p in re.findall(r"\d+|[A-Za-z]", label))
