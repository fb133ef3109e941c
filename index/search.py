"""Search over the archive: by meaning across languages, by words within one, by title and number exactly.

`Searcher.search` answers a `Query` (`config.query`) or plain words with `Results`: filters, facets, sorting, pages, the
archive as it stood on a day. How words rank is told in `index.ranking`, what the figures are in docs/search.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

import numpy as np

from config.glossary import Glossary
from index import bigrams
from index.altered_search import AlteredSearch
from index.archive.passages import Passages
from index.catalog import Catalog, Mask
from index.embedding import Encoder, Vectors
from index.hits import change_hits, document_hits
from index.lexis import sought
from index.past import Past, placed
from index.query import NO_FILTERS, NOTHING_DECLARED, Declared, Filters, Query, checked, moment_of, plain_query
from index.ranking import Ground, Ranked, Ranker
from index.results import Hit, Results
from index.space import unit
from index.vectors import VectorIndex

__all__ = ["Filters", "Hit", "Results", "Searcher"]

Sort = Literal["relevance", "date"]
LONGEST_WORDS = 500
"""Characters of plain words that are read."""
DATE_SHARE = 0.6
"""Sorted by date, documents are found that score at least this share of the best one; see docs/search.md."""
_DAYS_KEPT = 4


@dataclass
class _State:
    """The archive at one time: all documents, and of those that changed since, the passages of then."""

    catalog: Catalog
    current: frozenset[str] | None = None
    past: Past | None = None
    altered: AlteredSearch | None = None
    """Made when changes are searched first."""

    def ground(self, allowed: Mask | None) -> Ground:
        documents = self.catalog.documents
        names = None if allowed is None else frozenset(documents[row] for row in np.flatnonzero(allowed).tolist())
        return Ground(names, self.catalog.until, self.current, self.past)


class Searcher:
    """Answers queries over one state of the archive; make a new one when the archive has grown."""

    def __init__(
        self,
        store: Passages,
        encoder: Encoder,
        vectors: VectorIndex,
        glossary: Glossary,
        declared: Declared = NOTHING_DECLARED,
    ) -> None:
        """`declared`: without it the filters tier, region and authority find nothing."""
        self._store, self._encoder, self._vectors, self._glossary, self._declared = (
            store,
            encoder,
            vectors,
            glossary,
            declared,
        )
        self._ranker = Ranker(store, encoder, vectors, glossary)
        self._days: dict[date, _State] = {}

    def renewed(self, vectors: VectorIndex | None = None) -> Searcher:
        """A searcher over the archive as it is now, with the same model; `vectors` if they were opened anew."""
        return Searcher(self._store, self._encoder, vectors or self._vectors, self._glossary, self._declared)

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

        A text is read as plain words, narrowed by `filters`; `index.query.parse` reads the query language. A query of
        filters alone finds all that pass, newest first; one without a word or a filter finds nothing. With `fold` off,
        every address of a work is a hit of its own. Raises QueryProblem where a query names a trigger, source or
        authority that there is not.
        """
        asked = plain_query(query[:LONGEST_WORDS], filters) if isinstance(query, str) else query
        state = self._state(asked.as_of)
        if not isinstance(query, str):
            asked = checked(asked, self._declared, state.catalog.archived)
        if asked.within == "changes":
            return self._altered(asked, state, limit, offset, sort)
        scores = self._scores(asked, state)
        return self._page(asked, state, _Page(scores, limit, offset, sort, fold))

    def similar(self, document: str, limit: int = 10, *, offset: int = 0, fold: bool = True) -> Results:
        """The documents most like one of the archive, whatever their language; its own work is left out.

        Likeness is the cosine of a document's nearest passage to the middle of the asked document's passages; the
        quote is that passage's beginning. Raises LookupError where the archive has no such document, or has not
        embedded it yet.
        """
        state, of = self._now, self._now.catalog
        row = of.row.get(document)
        middle = None if row is None else self._middle(of.versions[row])
        if row is None or middle is None:
            raise LookupError(
                f"the archive has no document {document!r}" + ("" if row is None else " with vectors yet")
            )
        near = self._ranker.near(middle, state.ground(None))
        found = {of.row[one]: ranked for one, ranked in near.items() if one in of.row}
        others = {one: ranked for one, ranked in found.items() if of.works.codes[one] != of.works.codes[row]}
        return self._page(Query(), state, _Page(others, limit, offset, "relevance", fold))

    def _middle(self, version: str) -> Vectors | None:
        """The mean of a version's passages in the common space; None where they have no vectors."""
        rows = list(self._store.listing.vectors_of(version, self._encoder.id))
        if not rows:
            return None
        return unit(placed(self._vectors.space, rows).mean(0))

    def _scores(self, asked: Query, state: _State) -> dict[int, Ranked]:
        """Every row that is found, with its score."""
        allowed = state.catalog.allowed(asked)
        if bigrams.tokens(asked.text):
            return self._ranked(asked.text, state, allowed)
        rows = [] if allowed is None else np.flatnonzero(allowed).tolist()
        return {row: Ranked(0.0, ()) for row in rows}

    def _ranked(self, text: str, state: _State, allowed: Mask | None) -> dict[int, Ranked]:
        row = state.catalog.row
        found = {
            row[one]: ranked for one, ranked in self._ranker.rank(text, state.ground(allowed)).items() if one in row
        }
        for place, bonus in state.catalog.titles.exact(text).items():
            if allowed is None or allowed[place]:
                old = found.get(place, Ranked(0.0, ()))
                found[place] = Ranked(old.score + bonus, old.passages)
        return found

    @cached_property
    def _now(self) -> _State:
        return _State(Catalog(self._store.listing, self._declared))

    def _state(self, day: date | None) -> _State:
        """The archive as it stands, or stood at the end of a day."""
        if day is None:
            return self._now
        if day not in self._days:
            while len(self._days) >= _DAYS_KEPT:
                self._days.pop(next(iter(self._days)))
            self._days[day] = self._state_before(moment_of(day))
        return self._days[day]

    def _state_before(self, until: datetime) -> _State:
        then, now = Catalog(self._store.listing, self._declared, until), self._now.catalog
        newest = dict(zip(now.documents, now.versions, strict=True))
        pairs = zip(then.documents, then.versions, strict=True)
        current = frozenset(document for document, version in pairs if newest.get(document) == version)
        return _State(then, current, Past(self._store.listing, self._vectors.space, until))

    def _page(self, asked: Query, state: _State, page: _Page) -> Results:
        rows = page.rows(state.catalog)
        shown = rows[max(page.offset, 0) :][: max(page.limit, 0)]
        facets = state.catalog.facets(np.asarray(rows, np.intp))
        words = sought(asked.text, self._glossary)
        hits = document_hits(self._store, state.catalog, {row: page.scores[row] for row in shown}, words)
        return Results(hits, len(rows), facets)

    def _altered(self, asked: Query, state: _State, limit: int, offset: int, sort: Sort) -> Results:
        """The changes that answer, each once."""
        if state.altered is None:
            state.altered = AlteredSearch(self._store.altered, state.catalog, self._vectors.space)
        found = state.altered.find(asked, self._ranker, self._glossary)
        if sort == "date":
            least = DATE_SHARE * found[0].score if found else 0.0
            found = sorted((one for one in found if one.score >= least), key=lambda one: one.row.at, reverse=True)
        words = sought(asked.text, self._glossary)
        hits = change_hits(self._store, state.catalog, found[max(offset, 0) :][: max(limit, 0)], words)
        return Results(hits, len(found), state.altered.facets(found))


@dataclass(frozen=True, slots=True)
class _Page:
    """Which of the found rows are shown."""

    scores: Mapping[int, Ranked]
    limit: int
    offset: int
    sort: Sort
    fold: bool

    def rows(self, of: Catalog) -> list[int]:
        """All rows in order, each work once if folded. Documents break ties, so that the order is always the same."""
        best_first = sorted(self.scores, key=lambda row: (-self.scores[row].score, of.documents[row]))
        kept = _one_a_work(best_first, of) if self.fold else best_first
        if self.sort == "relevance" and best_first and self.scores[best_first[0]].score > 0:
            return kept
        least = DATE_SHARE * self.scores[kept[0]].score if kept else 0.0
        recent = (row for row in kept if self.scores[row].score >= least)
        return sorted(recent, key=lambda row: (-int(of.published[row]), of.documents[row]))


def _one_a_work(rows: Iterable[int], of: Catalog) -> list[int]:
    first: dict[int, int] = {}
    for row in rows:
        first.setdefault(int(of.works.codes[row]), row)
    return list(first.values())
