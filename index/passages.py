"""Cuts a text to passages: pieces long enough to mean something and short enough for the encoder's 512 tokens.

Cuts fall where clauses begin, else between lines, else between sentences, and inside a sentence only where it is longer
than a whole passage. Tokens are estimated from characters, so that no model is needed to cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LEAST, WANTED, MOST = 120, 240, 350
"""Estimated tokens: a passage ends at a clause from LEAST on, at any line from WANTED on, and never passes MOST."""

# Measured with the XLM-R vocabulary on Chinese and English notices: 0.68 tokens a CJK character, 0.25 any other.
_CJK_COST, _OTHER_COST = 0.68, 0.25
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SENTENCE = re.compile(r"[^\n。！？；!?;.]*(?:\n|[。！？；]+[”’」』）]*|[!?;.]+(?=\s)|[!?;.]+|$)")
_CLAUSE = re.compile(
    r"[ \t\u3000]*(?:第[一二三四五六七八九十百零〇\d]+[章节条款]|[一二三四五六七八九十]+、"
    r"|[（(][一二三四五六七八九十\d]+[）)]|\d+[.、．]\s*\D|#{1,6}\s|(?:Article|Section|Chapter)\s+\d)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int


def split(text: str) -> list[Span]:
    """The passages of a text (one block a line), in order, without overlap, together all that is not white space."""
    spans = (_trimmed(text, span) for span in _packed(text))
    return [span for span in spans if span.end > span.start]


def embedded_text(title: str, passage: str) -> str:
    """What is embedded for a passage: its document's title says what it is about where the passage does not."""
    return f"{title}\n{passage}" if title and not passage.startswith(title) else passage


def estimated_tokens(text: str) -> float:
    """Tokens of a text to within a fifth or so, without the tokenizer."""
    cjk = len(_CJK.findall(text))
    return cjk * _CJK_COST + (len(text) - cjk) * _OTHER_COST


def _packed(text: str) -> Iterator[Span]:
    start, end, cost = 0, 0, 0.0
    for unit in _units(text):
        more = estimated_tokens(text[unit.start : unit.end])
        if end > start and _is_full(text, unit.start, cost, more):
            yield Span(start, end)
            start, cost = unit.start, 0.0
        end, cost = unit.end, cost + more
    if end > start:
        yield Span(start, end)


def _is_full(text: str, at: int, cost: float, more: float) -> bool:
    """Whether a passage of `cost` ends before the sentence at `at`."""
    if cost + more > MOST:
        return True
    if cost < LEAST or text[at - 1] != "\n":
        return False
    return cost >= WANTED or _CLAUSE.match(text, at) is not None


def _units(text: str) -> Iterator[Span]:
    """Sentences; those longer than a passage in pieces."""
    step, longest = int(MOST / _CJK_COST), int(MOST / _OTHER_COST) + 2
    for found in _SENTENCE.finditer(text):
        start, end = found.span()
        # any text of `longest` characters is too long, so no more than that is looked at for each cut
        while end - start > step and estimated_tokens(text[start : min(end, start + longest)]) > MOST:
            cut = _break(text, start + step // 2, start + step)
            yield Span(start, cut)
            start = cut
        if end > start:
            yield Span(start, end)


def _break(text: str, least: int, most: int) -> int:
    """Where to cut between two places: after the last comma or white space, else at `most`."""
    best = max(text.rfind(mark, least, most) for mark in "，、, \t：:|")
    return best + 1 if best >= 0 else most


def _trimmed(text: str, span: Span) -> Span:
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()))
