"""A text for the screen: paragraphs in pieces, with what is highlighted in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
    """The lines of a text that say something; of spans that overlap, the first one's characters stay its own."""
    apart = _apart(spans)
    made, at = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            heading = len(line) <= _LONGEST_HEADING and bool(_HEADING.match(line.strip()))
            made.append(Paragraph(number, heading, tuple(_pieces(line, at, apart))))
        at += len(line) + 1
    return made


def _apart(spans: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for one in sorted(spans, key=lambda span: (span.start, span.kind != "hit", -span.end)):
        if kept and one.start < kept[-1].end:
            last = kept[-1]
            if (one.start, one.end) == (last.start, last.end) and one.label != last.label:
                kept[-1] = Span(last.start, last.end, f"{last.label}, {one.label}", last.kind)
            continue
        kept.append(one)
    return kept


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
