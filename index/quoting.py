"""The few sentences of a passage that answer a query, and the words in them that were sought."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from index import bigrams
from index.records import Passage, Quote

LONGEST = 160
"""Characters of a quote; one sentence may take as many, and is cut there."""

_SENTENCE = re.compile(r"[^\n。！？；!?;]+[。！？；!?;]*[”’」』）]*")


def best_quote(passage: Passage, words: Set[str], longest: int = LONGEST) -> Quote:
    """The run of whole sentences, at most `longest` characters, that holds most of the sought tokens.

    Of equal ones the earliest. Offsets are into the reading's text.
    """
    windows = list(_windows(passage.text, longest))
    start, end = max(windows, key=lambda w: (len(words & set(bigrams.tokens(passage.text[slice(*w)]))), -w[0]))
    return Quote(passage.text[start:end], passage.start + start, passage.start + end)


def marks(quote: str, words: Set[str]) -> tuple[tuple[int, int], ...]:
    """Where the sought tokens stand in a quote, as (from, to): what a page or a terminal highlights."""
    return bigrams.places(quote, words)


def _windows(text: str, longest: int) -> Iterator[tuple[int, int]]:
    sentences = [_trimmed(text, *found.span()) for found in _SENTENCE.finditer(text)] or [(0, len(text))]
    for i, (start, stop) in enumerate(sentences):
        end = min(stop, start + longest)
        for _, later in sentences[i + 1 :]:
            if later - start > longest:
                break
            end = later
        yield start, end
    for start, stop in sentences:  # of a sentence longer than a quote, any part
        yield from (
            (at, min(at + longest, stop)) for at in range(start + longest // 2, stop - longest // 2, longest // 2)
        )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())
