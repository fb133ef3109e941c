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
    windows = _windows(passage.text, longest, words)
    (start, end), _ = max(windows, key=lambda window: (len(window[1]), -window[0][0]))
    return Quote(passage.text[start:end], passage.start + start, passage.start + end)


def marks(quote: str, words: Set[str]) -> tuple[tuple[int, int], ...]:
    """Where the sought tokens stand in a quote, as (from, to): what a page or a terminal highlights."""
    return bigrams.places(quote, words)


def _windows(text: str, longest: int, words: Set[str]) -> Iterator[tuple[tuple[int, int], Set[str]]]:
    """Every run of sentences that is short enough, with the sought tokens it holds; each sentence is read once."""
    sentences = [_trimmed(text, *found.span()) for found in _SENTENCE.finditer(text)] or [(0, len(text))]
    held = [_held(text[start:stop], words) for start, stop in sentences]
    for i, (start, stop) in enumerate(sentences):
        if stop - start > longest:
            yield from _parts(text, (start, stop), longest, words)
            continue
        end, found = stop, held[i]
        for (_, later), more in zip(sentences[i + 1 :], held[i + 1 :], strict=True):
            if later - start > longest:
                break
            end, found = later, found | more
        yield (start, end), found


def _parts(
    text: str, sentence: tuple[int, int], longest: int, words: Set[str]
) -> Iterator[tuple[tuple[int, int], Set[str]]]:
    """Of a sentence longer than a quote, any part."""
    start, stop = sentence
    for at in range(start, max(stop - longest // 2, start + 1), longest // 2):
        end = min(at + longest, stop)
        yield (at, end), _held(text[at:end], words)


def _held(text: str, words: Set[str]) -> Set[str]:
    return words & set(bigrams.tokens(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())
