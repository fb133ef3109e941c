"""Words for full-text search: CJK as overlapping pairs of characters, English lower-cased and lightly stemmed.

The same tokens are written to the index and asked of it, so any FTS5 tokenizer that splits at spaces will do. All
tokens are letters, digits and underscores: nothing in a query can be read as FTS5 syntax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set

from config.words import stem

_CJK = "\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
_LONGEST = 64


def tokens(text: str) -> list[str]:
    """The search tokens of a text, in order: 算力券 gives 算力, 力券; Prices gives pric; a lone CJK character stays."""
    return [token for run in _runs(text) for token in _split(run)]


def index_text(text: str) -> str:
    """The tokens with spaces between them, as a full-text column holds them."""
    return " ".join(tokens(text))


def match_any(words: Iterable[str]) -> str:
    """An FTS5 expression for rows with any of these tokens; empty where there are none.

    A lone CJK character matches any pair that begins with it.
    """
    asked = dict.fromkeys(words)
    return " OR ".join(_quoted(word) for word in asked)


def match_phrase(text: str) -> str:
    """An FTS5 expression for rows that hold this text word by word; empty where the text has no word."""
    return match_run(tokens(text))


def match_run(words: Sequence[str]) -> str:
    """An FTS5 expression for rows that hold these tokens one after the other; empty where there are none.

    A lone CJK character at either end stands in the text as part of a pair (9.9元 in 9.9元含): the last one matches any
    pair that begins with it, the first is passed over.
    """
    if len(words) == 1:
        return _quoted(words[0])
    if words and _is_lone(words[0]):
        return match_run(words[1:])
    if words and _is_lone(words[-1]):
        return f'"{" ".join(words)}"*'
    return f'"{" ".join(words)}"' if words else ""


def _quoted(word: str) -> str:
    return f'"{word}"*' if _is_lone(word) else f'"{word}"'


def _is_lone(word: str) -> bool:
    return len(word) == 1 and _IS_CJK.match(word) is not None


def places(text: str, words: Set[str]) -> tuple[tuple[int, int], ...]:
    """Where tokens of `words` stand in a text, as (from, to), joined where they touch."""
    found = (span for run in _RUN.finditer(text) for span in _spans(run.group(), run.start(), words))
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _spans(run: str, at: int, words: Set[str]) -> Iterator[tuple[int, int]]:
    """The parts of one run of text that are sought; a full-width or capital letter is as long as a plain one."""
    spelled = unicodedata.normalize("NFKC", run).lower()
    if len(spelled) != len(run):
        return iter(((at, at + len(run)),) if words & set(tokens(run)) else ())
    if not _IS_CJK.match(spelled):
        return iter(((at, at + len(run)),) if words & set(_split(spelled)) else ())
    pairs = ((i, i + 2) for i in range(len(run) - 1)) if len(run) > 1 else iter([(0, 1)])
    return ((at + i, at + j) for i, j in pairs if spelled[i:j] in words)


def _runs(text: str) -> Iterator[str]:
    return (found.group() for found in _RUN.finditer(unicodedata.normalize("NFKC", text).lower()))


def _split(run: str) -> list[str]:
    if not _IS_CJK.match(run):
        return [stem(run[:_LONGEST])]
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
