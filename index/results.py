"""What search answers with: hits, how many there are in all, and how they divide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from index.records import Quote

FACETS = ("trigger", "tier", "region", "source", "kind", "lang", "state", "year", "month")
"""Names of facets. All but year (2026) and month (2026-05) are names of filters, and values are theirs."""


@dataclass(frozen=True, slots=True)
class Count:
    """A value of a facet and how many hits have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Altered:
    """What a change did to one clause: id of the change, day seen (UTC, ISO), operation, place, and both spans."""

    change: str
    kind: str
    at: str
    op: str
    locator: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found, with the passage that speaks for it.

    `quote` is `text[start:end]` of the version's reading; in changes it is a piece of the clause as inserted, and
    `start`, `end` are places in `altered.after`. `marks` are the places (from, to) within `quote` of the words sought.
    `more` are quotes of its other passages found. `also`: other addresses of the same work, first publisher first.
    `score` orders hits of one query; between queries it says little. `tier` and `region` are None for sources not
    declared. `published` is an ISO date, `first_seen` of this version ISO in UTC.
    """

    document: str
    version: str
    title: str
    lang: str
    source: str
    published: str | None
    score: float
    quote: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...] = ()
    more: tuple[Quote, ...] = ()
    work: str = ""
    url: str = ""
    doc_number: str | None = None
    index_number: str | None = None
    issuer: str | None = None
    first_seen: str = ""
    state: str = "live"
    tier: str | None = None
    region: str | None = None
    also: tuple[str, ...] = ()
    altered: Altered | None = None


@dataclass(frozen=True, slots=True)
class Results(Sequence[Hit]):
    """One page of hits, best (or newest) first; a sequence of them. `total` and `facets` speak of all pages.

    Facets by the names in FACETS, the most frequent value first; a document may count for several triggers and kinds.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: Mapping[str, tuple[Count, ...]] = field(default_factory=dict)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        """A hit of this page, or several."""
        return self.hits[index]

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)
