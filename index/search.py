"""Search over the archive: by meaning across languages, by words within one, by title and number exactly.

`Searcher.search` answers a `Query` (`config.query`) or plain words with `Results`: filters, facets, sorting, pages, the
archive as it stood on a day. How words rank is told in `index.ranking`, what the figures are in docs/search.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from config.glossary import Glossary
from index import bigrams
from index.archive.passages import Passages
from index.catalog import Catalog
from index.embedding import Encoder, Vectors
from index.hits import change_hits, document_hits
from index.lexis import language, sought
from index.past import placed
from index.query import NO_FILTERS, NOTHING_DECLARED, Declared, Filters, Query, checked, plain_query
from index.ranking import Ranked, Ranker
from index.records import Change
from index.results import Hit, Results
from index.space import unit
from index.standing import Answer, Asking, answers
from index.state import State, States
from index.vectors import VectorIndex

__all__ = ["Filters", "Hit", "Results", "Searcher"]

_T = TypeVar("_T")
Sort = Literal["relevance", "date"]
LONGEST_WORDS = 500
"""Characters of plain words that are read."""
FOUND_SHARE, DATE_SHARE = 0.4, 0.6
"""A query finds what scores at least this share of the best, sorted by date what scores more: on the dev set (279
documents) 99% of what is relevant among 17 documents, 97% among 5; see docs/search.md."""
AS_GOOD = 0.05
"""Of a work at several addresses the first publisher's is shown if it scores at most this much less than the best."""


class Searcher:
    """Answers queries over one state of the archive; make a new one (`renewed`) when the archive has grown."""

    def __init__(
        self,
        store: Passages,
        encoder: Encoder,
        vectors: VectorIndex,
        glossary: Glossary,
        declared: Declared = NOTHING_DECLARED,
    ) -> None:
        """`declared`: without it the filters tier, region and authority find nothing."""
        self._store, self._vectors, self._glossary, self._declared = store, vectors, glossary, declared
        self.encoder = encoder
        self._ranker = Ranker(store, encoder, vectors, glossary)
        self._states = States(store, vectors.space, declared)

    def renewed(self, vectors: VectorIndex | None = None) -> Searcher:
        """A searcher over the archive as it is now, with the same model; `vectors` if they were opened anew."""
        return Searcher(self._store, self.encoder, vectors or self._vectors, self._glossary, self._declared)

    def search(
        self,
        query: Query | str,
        limit: int = 10,
        filters: Filters = NO_FILTERS,
        *,
        offset: int = 0,
        sort: Sort = "relevance",
        fold: bool = True,
    ) -> Results:
        """The documents that answer, best or newest first, each work once, from place `offset` on.

        `index.query.parse` reads the query language. A query with words finds what scores FOUND_SHARE of the best
        (DATE_SHARE sorted by date), and whatever it names; one of filters alone all that pass, newest first; one
        without word or filter nothing. `in:changes` finds changes instead, each once. A text is read as plain words,
        narrowed by `filters`, and ranks whatever is near. With `fold` off, every address of a work is a hit of its own.
        Raises QueryProblem where a query names a trigger, source or authority that there is not.
        """
        if isinstance(query, str):
            asked, share = plain_query(query[:LONGEST_WORDS], filters), 0.0
        else:
            asked = checked(query, self._declared, self._states.of(query.as_of).catalog.archived)
            share = DATE_SHARE if sort == "date" else FOUND_SHARE
        page = _Page(limit, offset, sort, fold)
        if asked.within == "changes":
            return self._changes(asked, page, share)
        return self._page(asked, self._states.of(asked.as_of), self._scores(asked, share), page)

    def similar(self, document: str, limit: int = 10, *, offset: int = 0, fold: bool = True) -> Results:
        """The documents most like one of the archive, whatever their language; its own work is left out.

        Likeness is the cosine of a document's nearest passage to the middle of the asked document's passages; the
        quote is that passage's beginning. Raises LookupError where the archive has no such document, or has not
        embedded it yet.
        """
        state, of = self._states.now, self._states.now.catalog
        row = of.row.get(document)
        middle = None if row is None else self._middle(of.versions[row])
        if row is None or middle is None:
            raise LookupError(
                f"the archive has no document {document!r}" + ("" if row is None else " with vectors yet")
            )
        near = state.like(self._ranker, middle)
        others = {one: ranked for one, ranked in near.items() if of.works.codes[one] != of.works.codes[row]}
        return self._page(Query(), state, others, _Page(limit, offset, "relevance", fold))

    def answering(self, query: Query, changes: Sequence[Change], raw: Vectors | None = None) -> list[Answer]:
        """Of some changes those that answer a query, each with its score, as a saved search asks them.

        `raw`: the vector of the query's words as the encoder gave it, if it was kept.
        """
        place = self._vectors.space.of_queries
        vector = None if raw is None else np.asarray(place(raw[None], language(query.text))[0])
        return list(answers(Asking(query, self._ranker, self._glossary, vector), self._states.now, changes))

    def _middle(self, version: str) -> Vectors | None:
        """The mean of a version's passages in the common space; None where they have no vectors."""
        rows = list(self._store.listing.vectors_of(version, self.encoder.id))
        return unit(placed(self._vectors.space, rows).mean(0)) if rows else None

    def _scores(self, asked: Query, share: float) -> dict[int, Ranked]:
        """Every row that is found, with its score."""
        state = self._states.of(asked.as_of)
        allowed = state.catalog.allowed(asked)
        if bigrams.tokens(asked.text):
            return state.ranked(self._ranker, asked.text, allowed, share)
        rows = [] if allowed is None else np.flatnonzero(allowed).tolist()
        return {row: Ranked(0.0, ()) for row in rows}

    def _page(self, asked: Query, state: State, scores: Mapping[int, Ranked], page: _Page) -> Results:
        rows = page.rows(scores, state.catalog)
        words = sought(asked.text, self._glossary)
        shown = {row: scores[row] for row in page.shown(rows)}
        facets = state.catalog.facets(np.asarray(rows, np.intp))
        return Results(document_hits(self._store, state.catalog, shown, words), len(rows), facets)

    def _changes(self, asked: Query, page: _Page, share: float) -> Results:
        """The changes that answer, each once."""
        state = self._states.of(asked.as_of)
        found = state.altered.find(asked, self._glossary, self._ranker.vector)
        best = max((one.score for one in found), default=0.0)
        found = [one for one in found if not share or one.score >= share * best]
        if page.sort == "date":
            found.sort(key=lambda one: one.row.at, reverse=True)
        words = sought(asked.text, self._glossary)
        hits = change_hits(self._store, state.catalog, page.shown(found), words)
        return Results(hits, len(found), state.altered.facets(found))


@dataclass(frozen=True, slots=True)
class _Page:
    """Which of what was found is shown, and in which order."""

    limit: int
    offset: int
    sort: Sort
    fold: bool

    def shown(self, found: Sequence[_T]) -> Sequence[_T]:
        return found[max(self.offset, 0) :][: max(self.limit, 0)]

    def rows(self, scores: Mapping[int, Ranked], of: Catalog) -> list[int]:
        """All rows in order, each work once if folded. Documents break ties, so that the order is always the same."""
        best_first = sorted(scores, key=lambda row: (-scores[row].score, of.documents[row]))
        kept = _one_a_work(best_first, of, scores) if self.fold else best_first
        kept.sort(key=lambda row: -scores[row].score)
        if self.sort == "relevance" and kept and scores[kept[0]].score > 0:
            return kept
        return sorted(kept, key=lambda row: (-int(of.published[row]), of.documents[row]))


def _one_a_work(rows: Iterable[int], of: Catalog, scores: Mapping[int, Ranked]) -> list[int]:
    """The first of each work's rows; in its place the first publisher's, where that answers nearly as well."""
    groups: dict[int, list[int]] = {}
    for row in rows:
        groups.setdefault(int(of.works.codes[row]), []).append(row)
    return [_first_publisher(group, scores) for group in groups.values()]


def _first_publisher(group: Sequence[int], scores: Mapping[int, Ranked]) -> int:
    return min(row for row in group if scores[row].score >= scores[group[0]].score - AS_GOOD)
