"""Rows and headers of tables written as `a | b | c` or with tabs, so that a cell knows its row and column."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_RULE = re.compile(r"^[\s|:+\-=]*$")
_UNIT_LINE = re.compile(r"单位\s?[:：]?\s?([^\n|]{1,30})|(?<![a-z])units?\s?:\s?([^\n|]{1,30})")
_BARE = re.compile(r"[~<>≤≥=\s*]{0,4}[\d.,]+\s?(?:[kmb]|万|亿|million|billion)?\s?\*{0,2}")
_VERTICAL = re.compile(r"^[^|\n]{1,80}\|[ \t]*\n[^|\n]{1,80}\|[ \t]*$", re.MULTILINE)
_LABEL_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its span, its column's header, its row's earlier cells, and the unit stated above the table.

    `label` is the span of the row's first cell that is neither empty nor a number.
    """

    start: int
    end: int
    header: str
    row: str
    caption: str
    bare: bool
    label: tuple[int, int]


def cells(plain: str) -> list[Cell]:
    """All cells of all table rows, in order. A line is a row where it has two or more cells."""
    if _VERTICAL.search(plain):
        return _vertical(plain)
    found: list[Cell] = []
    headers: list[str] | None = None
    caption, at = "", 0
    for line in plain.split("\n"):
        spans = _split(line)
        if len(spans) < 2:
            unit = _UNIT_LINE.search(line[:200])
            caption = (unit[1] or unit[2]) if unit else ("" if line.strip() else caption)
            headers = headers if not line.strip() and headers and "|" not in line else None
        elif not _RULE.match(line):
            texts = [line[a:b].strip() for a, b in spans]
            if headers is None:
                headers = texts if _is_header(texts) else []
                heads = [""] * len(texts)
            else:
                heads = headers
            found += _row(spans, texts, heads, caption, at)
        at += len(line) + 1
    return found


def _vertical(plain: str) -> list[Cell]:
    """Tables flattened to one cell a line (`0.53 |`), rows parted by blank lines, the first row the header.

    A row that lost its first cells to a rowspan is aligned at the right when it ends in a number.
    """
    found: list[Cell] = []
    heads: list[str] = []
    row: list[tuple[int, str]] = []
    at = 0
    for line in [*plain.split("\n"), ""]:
        text = line.strip()
        if text.endswith("|") and text.count("|") == 1:
            row.append((at, text[:-1].strip()))
        elif row:
            if not heads and len(row) > 1 and _is_header([t for _, t in row]):
                heads = [t for _, t in row]
            else:
                found += _aligned(row, heads)
            row = []
        if text and not row:
            heads = []
        at += len(line) + 1
    return found


def _aligned(row: list[tuple[int, str]], heads: list[str]) -> list[Cell]:
    last = row[-1][1]
    price = "元" in last and re.fullmatch(r"[$¥€£]?[\d.]+\s?元?\S{0,12}", last)
    shift = max(0, len(heads) - len(row)) if _bare(last) or price else 0
    made, before = [], ""
    label = (row[0][0], row[0][0] + len(row[0][1]))
    for i, (at, text) in enumerate(row):
        head = heads[i + shift][:_LABEL_LENGTH] if i + shift < len(heads) else ""
        made.append(Cell(at, at + len(text) + 1, head, before[-_LABEL_LENGTH:].strip(), "", _bare(text), label))
        before = f"{before[-_LABEL_LENGTH:]} {text[:_LABEL_LENGTH]}"
    return made


class Grid:
    """Finds the cell that holds an offset."""

    def __init__(self, plain: str) -> None:
        self._cells = cells(plain) if "|" in plain or "\t" in plain else []
        self._starts = [c.start for c in self._cells]

    def at(self, offset: int) -> Cell | None:
        """The cell around `offset`, or None outside tables."""
        place = bisect_right(self._starts, offset) - 1
        return self._cells[place] if place >= 0 and offset < self._cells[place].end else None


def _split(line: str) -> list[tuple[int, int]]:
    if "|" in line:
        edges = [i for i, c in enumerate(line) if c == "|"]
        spans = list(zip([0, *(e + 1 for e in edges)], [*edges, len(line)], strict=True))
        if not line[spans[0][0] : spans[0][1]].strip():
            spans = spans[1:]
        return spans[:-1] if spans and not line[spans[-1][0] : spans[-1][1]].strip() else spans
    if "\t" in line:
        edges = [i for i, c in enumerate(line) if c == "\t"]
        return list(zip([0, *(e + 1 for e in edges)], [*edges, len(line)], strict=True))
    return []


def _is_header(texts: list[str]) -> bool:
    """A header's cells are words: at most the first of them may start with a digit."""
    return not any(
        re.match(r"\W{0,2}\d", t) and not re.match(r"\W{0,2}\d\W{0,2}[a-z\d ]*(?:token|tok)", t) for t in texts[1:]
    )


def _bare(text: str) -> bool:
    return bool(_BARE.fullmatch(text))


def _row(spans: list[tuple[int, int]], texts: list[str], heads: list[str], caption: str, at: int) -> list[Cell]:
    made = []
    before = ""
    named = next((s for s, t in zip(spans, texts, strict=True) if t and not _bare(t)), spans[0])
    label = (at + named[0], at + named[1])
    for column, ((start, end), text) in enumerate(zip(spans, texts, strict=True)):
        head = heads[column][:_LABEL_LENGTH] if column < len(heads) else ""
        made.append(Cell(at + start, at + end, head, before[-_LABEL_LENGTH:].strip(), caption, _bare(text), label))
        before = f"{before[-_LABEL_LENGTH:]} {text[:_LABEL_LENGTH]}"
    return made
