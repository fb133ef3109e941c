"""A text for the screen: paragraphs in pieces, with what is highlighted in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.records import Quote

_HEADING = re.compile(r"第[一二三四五六七八九十百零〇\d]{1,6}[章节编部分]|附\s*件|附\s*录")
_LONGEST_HEADING = 40


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` is highlighted; `label` says why. `kind` is evidence or hit."""

    start: int
    end: int
    label: str
    kind: str = "evidence"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters; `span` where it is highlighted, `first` at the beginning of its span."""

    text: str
    span: Span | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the text with its place, counted from 1."""

    number: int
    heading: bool
    pieces: tuple[Piece, ...]


def located(text: str, quotes: Iterable[Quote], label: str) -> list[Span]:
    """Where quotes stand: at their offsets where the text agrees, else where the words first stand, else nowhere."""
    found = []
    for one in quotes:
        start = one.start if text[one.start : one.end] == one.quote else text.find(one.quote)
        if one.quote and start >= 0:
            found.append(Span(start, start + len(one.quote), label))
    return found


def paragraphs(text: str, spans: Iterable[Span]) -> list[Paragraph]:
    """The lines of a text that say something, highlighted; what search found comes before evidence."""
    apart = _apart(spans)
    made, at = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            heading = len(line) <= _LONGEST_HEADING and bool(_HEADING.match(line.strip()))
            made.append(Paragraph(number, heading, tuple(_pieces(line, at, apart))))
        at += len(line) + 1
    return made


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap nowhere: what search found first, then in their order; each keeps what is still free."""
    labels: dict[tuple[str, int, int], list[str]] = {}
    for one in spans:
        labels.setdefault((one.kind, one.start, one.end), []).append(one.label)
    kept: list[Span] = []
    for kind, start, end in sorted(labels, key=lambda key: (key[0] != "hit", key[1], -key[2])):
        label = ", ".join(dict.fromkeys(labels[kind, start, end]))
        kept += [Span(*gap, label, kind) for gap in list(_gaps(start, end, kept))]
    return sorted(kept, key=lambda span: span.start)


def _gaps(start: int, end: int, taken: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """What of a stretch is not taken."""
    at = start
    for one in sorted(taken, key=lambda span: span.start):
        if one.start > at and at < end:
            yield at, min(one.start, end)
        at = max(at, one.end)
    if at < end:
        yield at, end


def _pieces(line: str, start: int, spans: Sequence[Span]) -> Iterable[Piece]:
    at, end = start, start + len(line)
    for span in spans:
        if span.end <= at or span.start >= end:
            continue
        if span.start > at:
            yield Piece(line[at - start : span.start - start])
        begin, stop = max(span.start, at), min(span.end, end)
        yield Piece(line[begin - start : stop - start], span, first=begin == span.start)
        at = stop
    if at < end:
        yield Piece(line[at - start :])
