"""Queries as search takes them: the language is `config.query`, here is what only the archive can say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from config.filters import QueryProblem, suggestion
from config.query import Condition, Query, parse
from config.source import Source
from config.trigger import Trigger
from index.zone import CHINA

__all__ = [
    "NOTHING_DECLARED",
    "NO_FILTERS",
    "Condition",
    "Declared",
    "Filters",
    "Query",
    "QueryProblem",
    "checked",
    "moment_of",
    "parse",
    "plain_query",
]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be found. Dates are dates of publication: from `since` on, earlier than `before`."""

    trigger: str | None = None
    source: str | None = None
    since: date | None = None
    before: date | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What filters may name: declared sources, with tier, region and authority, and triggers."""

    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    triggers: Mapping[str, Trigger] = field(default_factory=lambda: MappingProxyType({}))


NO_FILTERS = Filters()
NOTHING_DECLARED = Declared()


def plain_query(words: str, filters: Filters = NO_FILTERS) -> Query:
    """A query of plain words, in which nothing is read as a filter, a phrase or an exclusion."""
    named = (("trigger", filters.trigger), ("source", filters.source), ("lang", filters.lang))
    conditions = tuple(Condition(name, (value,)) for name, value in named if value)
    return Query(words.strip(), filters=conditions, since=filters.since, before=filters.before)


def moment_of(day: date) -> datetime:
    """The first moment, in UTC, at which a day is over in China."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA).astimezone(UTC)


def checked(query: Query, declared: Declared, archived: Mapping[str, Iterable[str]]) -> Query:
    """The query with names of triggers as their ids. `archived`: by filter, the values that the archive has.

    Raises QueryProblem where a trigger, a source or an authority is neither declared nor in the archive.
    """
    known = {
        "trigger": {*declared.triggers, *archived.get("trigger", ())},
        "source": {*declared.sources, *archived.get("source", ())},
        "authority": {source.authority for source in declared.sources.values()},
    }
    ids = {name: one.id for one in declared.triggers.values() for name in (one.title, one.title_zh)}
    return replace(query, filters=tuple(_checked(one, known, ids) for one in query.filters))


def _checked(one: Condition, known: Mapping[str, set[str]], ids: Mapping[str, str]) -> Condition:
    if one.name not in known:
        return one
    values = tuple(ids.get(value, value) if one.name == "trigger" else value for value in one.values)
    for value in values:
        if value not in known[one.name]:
            raise QueryProblem(f"there is no {one.name} {value!r}", suggestion(value, known[one.name]))
    return replace(one, values=values)
