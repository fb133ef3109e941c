"""Search within changes only: what was inserted or replaced, each change found once by its best clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import numpy as np

from config.glossary import Glossary
from config.query import Condition, Query
from index import bigrams
from index.archive.altered import AlteredRow
from index.catalog import Catalog, Mask, ordered
from index.embedding import Vectors
from index.lexis import lookups, word_scores
from index.past import placed
from index.query import moment_of
from index.records import Change, ClauseChange
from index.results import Count
from index.space import Space
from index.zone import CHINA


class Clauses(Protocol):
    """Where changed clauses are kept: the archive's shelf of them."""

    def rows(self, model: str, until: datetime | None = None) -> Iterable[AlteredRow]:
        """Every clause."""

    def lexical(self, match: str, langs: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """Clauses that match, with BM25."""

    def holding(self, match: str) -> set[int]:
        """Clauses that match."""

    def fired(self) -> set[tuple[str, str]]:
        """Changes with triggers."""

    def clauses(self, changes: Sequence[str]) -> dict[str, tuple[Change, tuple[ClauseChange, ...]]]:
        """Changes with their clauses."""


@dataclass(frozen=True, slots=True)
class Found:
    """A change that answers: its best clause, and how well."""

    row: AlteredRow
    score: float


class AlteredSearch:
    """The changed clauses of one state of the archive; `catalog` says what is known of their documents."""

    _LEXICAL = 2000

    def __init__(self, shelf: Clauses, catalog: Catalog, space: Space) -> None:
        self._shelf, self._catalog, self._space = shelf, catalog, space
        found = (row for row in shelf.rows(space.model, catalog.until) if row.document in catalog.row)
        self._rows = list(found)
        self._of = {row.id: place for place, row in enumerate(self._rows)}
        self._documents = np.fromiter((catalog.row[row.document] for row in self._rows), np.intp, len(self._rows))
        kept = [(place, row) for place, row in enumerate(self._rows) if row.vector is not None]
        self._placed = np.fromiter((place for place, _ in kept), np.intp, len(kept))
        self._vectors = placed(space, [(row.lang, row.vector or b"") for _, row in kept])

    def find(
        self, query: Query, glossary: Glossary, vector: Callable[[str], Vectors], among: Set[str] | None = None
    ) -> list[Found]:
        """The changes that answer, or those `among` some, best first; without words, newest first.

        `vector` gives a text's vector in the common space.
        """
        passing = self._passing(query)
        if among is not None:
            passing &= self._where(lambda row: row.change in among)
        text = query.text
        if not bigrams.tokens(text):
            found = [Found(self._rows[place], 0.0) for place in np.flatnonzero(passing).tolist()]
            return _one_a_change(sorted(found, key=lambda one: one.row.at, reverse=True))
        scores = np.zeros(len(self._rows))
        if len(self._placed):
            scores[self._placed] = self._vectors @ vector(text)
        words = word_scores(lookups(text, glossary), self._lexical, len(self._rows))
        for identity, score in words.items():
            if identity in self._of:
                scores[self._of[identity]] += score
        best = sorted(np.flatnonzero(passing).tolist(), key=lambda place: (-scores[place], place))
        return _one_a_change(Found(self._rows[place], float(scores[place])) for place in best)

    def facets(self, found: Sequence[Found]) -> dict[str, tuple[Count, ...]]:
        """How changes divide: by their own kind, triggers and day seen, and by what is known of their documents."""
        rows = np.fromiter((self._catalog.row[one.row.document] for one in found), np.intp, len(found))
        changes = {one.row.change for one in found}
        days = [datetime.fromisoformat(one.row.at).astimezone(CHINA).date().isoformat() for one in found]
        own = {
            "kind": Counter(one.row.kind for one in found),
            "trigger": Counter(trigger for change, trigger in self._shelf.fired() if change in changes),
            "year": Counter(day[:4] for day in days),
            "month": Counter(day[:7] for day in days),
        }
        of_documents = self._catalog.facets(rows)
        return of_documents | {name: ordered(one, by_value=name in {"year", "month"}) for name, one in own.items()}

    def _lexical(self, match: str, langs: Sequence[str]) -> list[tuple[int, float]]:
        return self._shelf.lexical(match, langs, self._LEXICAL)

    def _passing(self, query: Query) -> Mask:
        """The clauses that pass all but the words of a query."""
        masks = [np.ones(len(self._rows), bool)]
        of_documents = [one for one in query.filters if one.name not in {"kind", "trigger"}]
        allowed = self._catalog.allowed(Query(filters=tuple(of_documents)))
        if allowed is not None:
            masks.append(allowed[self._documents])
        masks += [self._by_change(one) for one in query.filters if one.name in {"kind", "trigger"}]
        masks += [self._holding(phrase) for phrase in query.phrases]
        masks += [~self._holding(text) for text in query.excluded]
        masks += [self._seen(query.since, query.before)] if query.since or query.before else []
        passing: Mask = np.logical_and.reduce(masks)
        return passing

    def _by_change(self, one: Condition) -> Mask:
        if one.name == "kind":
            found = self._where(lambda row: row.kind in one.values)
        else:
            fired = {change for change, trigger in self._shelf.fired() if trigger in one.values}
            found = self._where(lambda row: row.change in fired)
        return ~found if one.negated else found

    def _holding(self, text: str) -> Mask:
        having = self._shelf.holding(bigrams.match_phrase(text))
        return self._where(lambda row: row.id in having)

    def _seen(self, since: date | None, before: date | None) -> Mask:
        """Seen from the beginning of a day in China on, and before another's."""
        first = None if since is None else _begin(since)
        end = None if before is None else _begin(before)
        return self._where(lambda row: (first is None or row.at >= first) and (end is None or row.at < end))

    def _where(self, holds: Callable[[AlteredRow], bool]) -> Mask:
        return np.fromiter((holds(row) for row in self._rows), bool, len(self._rows))


def _begin(day: date) -> str:
    """The first moment of a day in China as the archive spells moments."""
    start = datetime.combine(day, datetime.min.time(), CHINA)
    return start.astimezone(moment_of(day).tzinfo).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _one_a_change(found: Iterable[Found]) -> list[Found]:
    first: dict[str, Found] = {}
    for one in found:
        first.setdefault(one.row.change, one)
    return list(first.values())
