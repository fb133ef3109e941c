"""The words that a query is looked up by: its own, and what the glossary calls them, in the other language and its own.

BM25 of them stands beside a cosine; see docs/search.md for what each adds. In a large archive the most frequent words
are left out where rarer ones are asked too: reading every passage that holds 数据 takes longer than all the rest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from config.glossary import Glossary
from config.words import FUNCTION_WORDS
from index import bigrams

OWN_WEIGHT, SAME_WEIGHT, OTHER_WEIGHT = 0.03, 0.03, 0.09
"""Of BM25 over the logarithm of the archive's size: the query's words, other names of theirs in its own language, and
in the other. Tuned on the dev set, see docs/search.md."""
MOST_READ = 10_000
"""Passages that one look-up reads, by the counts of its words; it reads at least those of the rarest word."""

_CHINESE, _ENGLISH = ("zh", "zh-Hant"), ("en",)
_HAN = re.compile(r"[\u3400-\u9fff]")
_EMPTY = frozenset(token for word in FUNCTION_WORDS for token in bigrams.tokens(word))

Lexical = Callable[[str, Sequence[str]], list[tuple[int, float]]]
"""An FTS5 expression and languages; texts that match, best first, with BM25."""
Run = tuple[str, ...]
Counted = Callable[[str], int]
"""How many texts hold a token."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Runs of tokens of which any is looked for, in texts of some languages; a text's BM25 counts by `weight`."""

    runs: tuple[Run, ...]
    langs: tuple[str, ...]
    weight: float


def language(query: str) -> str:
    """Language of a query: zh where it holds a Chinese character, else en."""
    return "zh" if _HAN.search(query) else "en"


def lookups(query: str, glossary: Glossary) -> tuple[Lookup, ...]:
    """What to look up for a query."""
    own, other = (_CHINESE, _ENGLISH) if language(query) == "zh" else (_ENGLISH, _CHINESE)
    words = _content(query)
    counterparts = [term for terms in glossary.counterparts(query) for term in terms]
    names = [(word,) for word in words if not _HAN.match(word)]
    return (
        Lookup(_once((word,) for word in words), own, OWN_WEIGHT),
        Lookup(_once(map(_run, _synonyms(query, counterparts, glossary))), own, SAME_WEIGHT),
        Lookup(_once((*map(_run, counterparts), *names)), other, OTHER_WEIGHT),
    )


def word_scores(
    found: Iterable[Lookup], lexical: Lexical, size: int, counted: Counted | None = None
) -> dict[int, float]:
    """BM25 of texts, weighted to stand beside a cosine. `size`: how many texts there are in all.

    With `counted`, a look-up is spared its most frequent runs; see MOST_READ.
    """
    scale = math.log(size + 2)
    scores: dict[int, float] = {}
    for one in found:
        runs = _rarest(one.runs, counted) if counted else one.runs
        rows = lexical(" OR ".join(map(bigrams.match_run, runs)), one.langs) if runs else []
        for identity, score in rows:
            scores[identity] = scores.get(identity, 0.0) + one.weight * score / scale
    return scores


def sought(query: str, glossary: Glossary) -> set[str]:
    """The tokens that a good quote holds, in either language."""
    return {word for one in lookups(query, glossary) for run in one.runs for word in run}


def _content(query: str) -> list[str]:
    """The tokens of a query that say what it is about; all of them where none does."""
    words = bigrams.tokens(query)
    return [word for word in words if word not in _EMPTY] or words


def _synonyms(query: str, counterparts: Iterable[str], glossary: Glossary) -> Iterator[str]:
    """What the query's own language also calls its terms, by way of the other."""
    have = set(bigrams.tokens(query))
    for term in counterparts:
        for back in glossary.counterparts(term):
            yield from (other for other in back if not have.issuperset(bigrams.tokens(other)))


def _run(text: str) -> Run:
    return tuple(bigrams.tokens(text))


def _once(runs: Iterable[Run]) -> tuple[Run, ...]:
    return tuple(dict.fromkeys(run for run in runs if run))


def _rarest(runs: Sequence[Run], counted: Counted) -> list[Run]:
    """As many runs, the rarest first, as MOST_READ allows. A run is at most as frequent as its rarest token."""
    counts = {run: min(map(counted, run)) for run in runs}
    kept, read = list[Run](), 0
    for run in sorted(runs, key=counts.__getitem__):
        read += counts[run]
        if kept and read > MOST_READ:
            break
        kept.append(run)
    return kept
