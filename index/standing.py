"""How a saved search asks new changes: an amendment by its clauses, any other change by its document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from config.glossary import Glossary
from index import bigrams
from index.embedding import Vectors
from index.lexis import sought
from index.query import Query
from index.quoting import best_quote
from index.ranking import Ranked, Ranker
from index.records import Change, Quote
from index.state import State


@dataclass(frozen=True, slots=True)
class Answer:
    """A change that answers: how well, and quotes of its version's text that do."""

    change: str
    score: float
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """A query with its vector in the common space; None where it has no words, and where it is still to be made."""

    query: Query
    ranker: Ranker
    glossary: Glossary
    vector: Vectors | None = None


def answers(asking: Asking, state: State, changes: Sequence[Change]) -> Iterator[Answer]:
    """Of some changes those that answer. Without words, all that pass the filters do, with score 0."""
    yield from _by_clause(asking, state, {one.id for one in changes if one.diff.clauses})
    rest = [one for one in changes if not one.diff.clauses and one.document in state.catalog.row]
    scores = _by_document(asking, state, rest) if rest else {}
    words = sought(asking.query.text, asking.glossary)
    for one in rest:
        if ranked := scores.get(state.catalog.row[one.document]):
            found = state.store.get(ranked.passages[:1]).values()
            yield Answer(one.id, ranked.score, tuple(best_quote(passage, words) for passage in found))


def _by_document(asking: Asking, state: State, changes: Sequence[Change]) -> dict[int, Ranked]:
    allowed = state.catalog.rows_mask(one.document for one in changes)
    passing = state.catalog.allowed(replace(asking.query, within="documents"))
    allowed = allowed if passing is None else allowed & passing
    if bigrams.tokens(asking.query.text):
        return state.ranked(asking.ranker, asking.query.text, allowed, vector=asking.vector)
    return {row: Ranked(0.0, ()) for row in np.flatnonzero(allowed).tolist()}


def _by_clause(asking: Asking, state: State, changes: set[str]) -> Iterator[Answer]:
    if not changes:
        return
    given = asking.vector
    found = state.altered.find(
        asking.query, asking.glossary, asking.ranker.vector if given is None else lambda _: given, changes
    )
    texts = state.store.altered.clauses([one.row.change for one in found])
    for one in found:
        change, clauses = texts[one.row.change]
        said = (clauses[one.row.position].after or "").strip("…")
        whole = state.store.text(change.after) if change.after else ""
        start = whole.find(said)
        yield Answer(change.id, one.score, (Quote(said, start, start + len(said)),) if said and start >= 0 else ())
