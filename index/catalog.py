"""Every document in columns: what filters, facets and sorting by date look at, without a query to the archive.

A document takes about 300 bytes, most of them its id and title, and a filter over a million some milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from config.query import Condition, Query
from config.region import within
from index import bigrams
from index.archive.listing import Listed
from index.exact import Titles
from index.query import Declared
from index.results import FACETS, Count

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
Codes = NDArray[np.int32]


class Listing(Protocol):
    """What a catalog is read from: the archive's listing."""

    def documents(self, until: datetime | None = None) -> Iterable[Listed]:
        """Every document, as it stood before a moment."""

    def fired(self, until: datetime | None = None) -> Iterable[tuple[str, str]]:
        """Documents with triggers."""

    def kinds(self, until: datetime | None = None) -> Iterable[tuple[str, str]]:
        """Documents with kinds of change."""

    def holding(self, match: str, until: datetime | None = None) -> set[str]:
        """The documents of which a passage matches."""


class Coded:
    """A column of texts as numbers."""

    def __init__(self, values: Iterable[str]) -> None:
        numbers: dict[str, int] = {}
        self.codes: Codes = np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), np.int32)
        self.names = list(numbers)

    def among(self, accepts: Callable[[str], bool]) -> Mask:
        """The rows whose text is accepted."""
        accepted = np.fromiter((accepts(name) for name in self.names), bool, len(self.names))
        return accepted[self.codes] if len(self.codes) else np.zeros(0, bool)


class Flags:
    """A column in which a row may have several of a few names, one bit each."""

    def __init__(self, count: int, pairs: Iterable[tuple[str, str]], row: Mapping[str, int]) -> None:
        self.bits: dict[str, Mask] = {}
        for document, name in pairs:
            if document in row:
                self.bits.setdefault(name, np.zeros(count, bool))[row[document]] = True
        self._count = count

    def any_of(self, names: Iterable[str]) -> Mask:
        """The rows with any of these names."""
        found = np.zeros(self._count, bool)
        for name in names:
            found |= self.bits.get(name, False)
        return found


class Catalog:
    """The documents of the archive as they stand, or stood before the moment `until`."""

    def __init__(self, listing: Listing, declared: Declared, until: datetime | None = None) -> None:
        self.until, self._listing, self._declared = until, listing, declared
        listed = list(listing.documents(until))
        self.documents = [one.document for one in listed]
        self.versions = [one.version for one in listed]
        self.row = {document: row for row, document in enumerate(self.documents)}
        self.works = Coded(one.work for one in listed)
        self.source = Coded(one.source for one in listed)
        self.lang = Coded(one.lang for one in listed)
        self.state = Coded(one.state for one in listed)
        self.published: Codes = np.fromiter((_ordinal(one.published) for one in listed), np.int32, len(listed))
        self.titles = Titles((one.title, one.number, one.index_number) for one in listed)
        self.trigger = Flags(len(listed), listing.fired(until), self.row)
        self.kind = Flags(len(listed), listing.kinds(until), self.row)

    def __len__(self) -> int:
        return len(self.documents)

    @property
    def archived(self) -> dict[str, Iterable[str]]:
        """The triggers and sources that occur."""
        return {"trigger": self.trigger.bits, "source": self.source.names}

    def work(self, row: int) -> str:
        """The id of a row's work."""
        return str(self.works.names[self.works.codes[row]])

    def place_of(self, source: str) -> tuple[str | None, str | None]:
        """Tier and region of a source; None and None where it is not declared."""
        one = self._declared.sources.get(source)
        return (one.tier, one.region) if one else (None, None)

    def allowed(self, query: Query) -> Mask | None:
        """The rows that pass all but the words of a query; None where all do."""
        masks = [self._passing(one) for one in query.filters]
        if query.within == "documents":
            masks += self._dated(query.since, query.before)
            masks += [self._holding(phrase) for phrase in query.phrases]
            masks += [~self._holding(text) for text in query.excluded]
        return np.logical_and.reduce(masks) if masks else None

    def _dated(self, since: date | None, before: date | None) -> list[Mask]:
        masks = [self.published >= since.toordinal()] if since else []
        if before:
            masks.append((self.published > 0) & (self.published < before.toordinal()))
        return masks

    def _holding(self, text: str) -> Mask:
        return self.rows_mask(self._listing.holding(bigrams.match_phrase(text), self.until))

    def rows_mask(self, documents: Iterable[str]) -> Mask:
        """The rows of these documents; unknown ones are passed over."""
        found = np.zeros(len(self), bool)
        found[[self.row[one] for one in documents if one in self.row]] = True
        return found

    def _passing(self, one: Condition) -> Mask:
        found = self._having(one.name, one.values)
        return ~found if one.negated else found

    def _having(self, name: str, values: Sequence[str]) -> Mask:
        if name in {"trigger", "kind"}:
            return (self.trigger if name == "trigger" else self.kind).any_of(values)
        if name == "doc":
            found = np.zeros(len(self), bool)
            found[[row for value in values for row in self.titles.numbered(value)]] = True
            return found
        if name in {"lang", "state"}:
            column = self.lang if name == "lang" else self.state
            return column.among(lambda have: any(have == value or have.startswith(f"{value}-") for value in values))
        return self.source.among(lambda source: self._is_of(source, name, values))

    def _is_of(self, source: str, name: str, values: Sequence[str]) -> bool:
        if name == "source":
            return source in values
        one = self._declared.sources.get(source)
        if one is None:
            return False
        if name == "region":
            return any(within(one.region, value) for value in values)
        return (one.tier if name == "tier" else one.authority) in values

    def facets(self, rows: Rows) -> dict[str, tuple[Count, ...]]:
        """How some rows divide, by the names in FACETS."""
        counted = {name: self._counts(name, rows) for name in FACETS}
        return {name: ordered(counts, by_value=name in {"year", "month"}) for name, counts in counted.items()}

    def _counts(self, name: str, rows: Rows) -> dict[str, int]:
        if name in {"trigger", "kind"}:
            flags = self.trigger if name == "trigger" else self.kind
            return {value: int(bits[rows].sum()) for value, bits in flags.bits.items()}
        if name in {"year", "month"}:
            return self._by_time(rows, len("2026") if name == "year" else len("2026-05"))
        if name in {"lang", "state", "source"}:
            column: Coded = getattr(self, name)
            return _tally(column.codes[rows], column.names)
        places: dict[str, int] = {}
        for source, count in _tally(self.source.codes[rows], self.source.names).items():
            if place := self.place_of(source)[0 if name == "tier" else 1]:
                places[place] = places.get(place, 0) + count
        return places

    def _by_time(self, rows: Rows, size: int) -> dict[str, int]:
        days, counts = np.unique(self.published[rows], return_counts=True)
        found: dict[str, int] = {}
        for day, count in zip(days.tolist(), counts.tolist(), strict=True):
            if day:
                key = date.fromordinal(day).isoformat()[:size]
                found[key] = found.get(key, 0) + count
        return found


def _tally(codes: NDArray[Any], names: Sequence[str]) -> dict[str, int]:
    return dict(zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True))


def ordered(counts: Mapping[str, int], *, by_value: bool) -> tuple[Count, ...]:
    """The values that occur, the most frequent first, or by their order, last first."""
    found = [Count(value, count) for value, count in counts.items() if count]
    newest_first = sorted(found, key=lambda one: one.value, reverse=by_value)
    return tuple(newest_first if by_value else sorted(newest_first, key=lambda one: -one.count))


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day).toordinal() if day else 0
