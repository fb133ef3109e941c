"""Rows and headers of tables written as `a | b | c`, with tabs, or one cell a line: a cell knows its row and column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_RULE = re.compile(r"^[\s|:+\-=]*$")
_UNIT_LINE = re.compile(r"单位\s?[:：]?\s?([^\n|]{1,30})|(?<![a-z])units?\s?:\s?([^\n|]{1,30})")
_BARE = re.compile(r"[~<>≤≥=\s*]{0,4}[\d.,]+\s?(?:[kmb]|万|亿|million|billion)?\s?\*{0,2}")
_PRICE = re.compile(r"[$¥€£]?[\d.]+\s?元\S{0,12}")
_COLUMN_OF_NUMBERS = re.compile(r"\W{0,2}\d(?!\W{0,2}[a-z\d ]*tok)")
_LABEL_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one cell and where it stands."""

    start: int
    end: int
    text: str

    @property
    def bare(self) -> bool:
        """Whether it is a number and nothing else."""
        return _BARE.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its span, its column's header, its row's earlier cells, and the unit stated above the table.

    `label` is the row's first cell that is neither empty nor a number, `head` the header; both with their place.
    """

    start: int
    end: int
    row: str
    caption: str
    bare: bool
    label: Piece
    head: Piece

    @property
    def header(self) -> str:
        """The words of the column's header."""
        return self.head.text[:_LABEL_LENGTH]


_NO_HEAD = Piece(0, 0, "")


class Grid:
    """Finds the cell that holds an offset."""

    def __init__(self, plain: str) -> None:
        self._cells = cells(plain) if "|" in plain or "\t" in plain else []
        self._starts = [c.start for c in self._cells]

    def at(self, offset: int) -> Cell | None:
        """The cell around `offset`, or None outside tables."""
        place = bisect_right(self._starts, offset) - 1
        return self._cells[place] if place >= 0 and offset < self._cells[place].end else None


def cells(plain: str) -> list[Cell]:
    """All cells of all table rows, in order; a header's own cells stand under no header."""
    return sorted([*_horizontal(plain), *_vertical(plain)], key=lambda c: c.start)


def _lines(plain: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in plain.split("\n"):
        yield at, line
        at += len(line) + 1


def _horizontal(plain: str) -> Iterator[Cell]:
    """A line is a row where it has two or more cells; the first row of a block is its header if it has no numbers."""
    headers: list[Piece] | None = None
    caption = ""
    for at, line in _lines(plain):
        row = _split(line, at)
        blank = not line.strip()
        if len(row) < 2:
            unit = _UNIT_LINE.search(line[:200])
            caption = (unit[1] or unit[2]) if unit else (caption if blank else "")
            headers = headers if blank and headers else None
        elif not _RULE.match(line):
            heads = headers or []
            if headers is None:
                headers = row if _is_header(row) else []
            yield from _row(row, heads, caption)


def _vertical(plain: str) -> Iterator[Cell]:
    """Tables flattened to one cell a line (`0.53 |`), rows parted by blank lines, the first row the header.

    A row that lost its first cells to a rowspan is aligned at the right when it ends in a number.
    """
    heads: list[Piece] = []
    row: list[Piece] = []
    for at, line in [*_lines(plain), (len(plain), "")]:
        text = line.strip()
        if text.endswith("|") and text.count("|") == 1:
            row.append(Piece(at, at + len(line), text[:-1].strip()))
            continue
        if row and not heads and len(row) > 1 and _is_header(row):
            heads = row
        elif row:
            last = row[-1]
            lost = len(heads) - len(row) if last.bare or _PRICE.fullmatch(last.text) else 0
            yield from _row(row, heads[max(0, lost) :], "")
        row = []
        heads = [] if text else heads


def _split(line: str, at: int) -> list[Piece]:
    mark = "|" if "|" in line else "\t"
    if mark not in line:
        return []
    edges = [i for i, c in enumerate(line) if c == mark]
    spans = zip([0, *(e + 1 for e in edges)], [*edges, len(line)], strict=True)
    pieces = [Piece(at + a, at + b, line[a:b].strip()) for a, b in spans]
    if mark == "|":
        first, last = not pieces[0].text, not pieces[-1].text
        pieces = pieces[first : len(pieces) - last]
    return pieces


def _is_header(row: list[Piece]) -> bool:
    """A header's cells are words: at most the first of them may start with a digit."""
    return not any(_COLUMN_OF_NUMBERS.match(p.text) for p in row[1:])


def _row(row: list[Piece], heads: list[Piece], caption: str) -> Iterator[Cell]:
    label = next((p for p in row if p.text and not p.bare), row[0])
    before = ""
    for column, piece in enumerate(row):
        head = heads[column] if column < len(heads) else _NO_HEAD
        yield Cell(piece.start, piece.end, before[-_LABEL_LENGTH:].strip(), caption, piece.bare, label, head)
        before = f"{before[-_LABEL_LENGTH:]} {piece.text[:_LABEL_LENGTH]}"
