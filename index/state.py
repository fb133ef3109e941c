"""The archive at one time, as search sees it: as it stands, or as it stood at the end of a day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np

from index.altered_search import AlteredSearch
from index.archive.passages import Passages
from index.catalog import Catalog, Mask
from index.embedding import Vectors
from index.past import Past
from index.query import Declared, moment_of
from index.ranking import Ground, Ranked, Ranker
from index.space import Space

_DAYS_KEPT = 4


@dataclass
class State:
    """All documents at one time, and of those that changed since, the passages of then."""

    store: Passages
    space: Space
    catalog: Catalog
    current: frozenset[str] | None = None
    past: Past | None = None

    @cached_property
    def altered(self) -> AlteredSearch:
        """What changes had inserted or replaced by then."""
        return AlteredSearch(self.store.altered, self.catalog, self.space)

    def ranked(
        self, ranker: Ranker, text: str, allowed: Mask | None, share: float = 0.0, vector: Vectors | None = None
    ) -> dict[int, Ranked]:
        """The rows that answer a text, those named by it first; of others such as have `share` of the best score."""
        rows = self.catalog.row
        found = ranker.rank(text, self._ground(allowed), vector)
        best = max((one.score for one in found.values()), default=0.0)
        least = share * best if share else -math.inf
        scores = {rows[name]: one for name, one in found.items() if name in rows and one.score >= least}
        for row, bonus in self.catalog.titles.exact(text).items():
            if allowed is None or allowed[row]:
                one = found.get(self.catalog.documents[row], Ranked(0.0, ()))
                scores[row] = Ranked(one.score + bonus, one.passages)
        return scores

    def like(self, ranker: Ranker, vector: Vectors) -> dict[int, Ranked]:
        """The rows near a vector of the space."""
        rows = self.catalog.row
        return {rows[name]: one for name, one in ranker.near(vector, self._ground(None)).items() if name in rows}

    def _ground(self, allowed: Mask | None) -> Ground:
        documents = self.catalog.documents
        names = None if allowed is None else frozenset(documents[row] for row in np.flatnonzero(allowed).tolist())
        return Ground(names, self.catalog.until, self.current, self.past)


class States:
    """The archive as it stands and, made when asked for, as it stood; the last few days asked for are kept."""

    def __init__(self, store: Passages, space: Space, declared: Declared) -> None:
        self._store, self._space, self._declared = store, space, declared
        self._days: dict[date, State] = {}

    @cached_property
    def now(self) -> State:
        """As it stood when this was first asked."""
        return State(self._store, self._space, Catalog(self._store.listing, self._declared))

    def of(self, day: date | None) -> State:
        """As it stands, or stood at the end of a day in China."""
        if day is None:
            return self.now
        if day not in self._days:
            while len(self._days) >= _DAYS_KEPT:
                self._days.pop(next(iter(self._days)))
            self._days[day] = self._before(moment_of(day))
        return self._days[day]

    def _before(self, until: datetime) -> State:
        then, now = Catalog(self._store.listing, self._declared, until), self.now.catalog
        newest = dict(zip(now.documents, now.versions, strict=True))
        pairs = zip(then.documents, then.versions, strict=True)
        current = frozenset(document for document, version in pairs if newest.get(document) == version)
        return State(self._store, self._space, then, current, Past(self._store.listing, self._space, until))
