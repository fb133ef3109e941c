"""Names that one declaration uses of another: triggers, scenarios, sources and authorities must exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from config.document import Place
from config.scenario import Scenario
from config.search import Search
from config.subscription import Subscription


class Reference(NamedTuple):
    """`name`, used at `place`, must be among the `kind` that are declared."""

    kind: str
    name: str
    place: Place


def of_scenario(scenario: Scenario) -> Iterator[Reference]:
    """Everything a scenario names."""
    for index, indicator in enumerate(scenario.indicators):
        place: Place = ("indicators", index, "when")
        when = indicator.when
        if when.trigger is not None:
            yield Reference("trigger", when.trigger, (*place, "trigger"))
        yield from _each("source", when.source, (*place, "source"))
        yield from _each("authority", when.authority, (*place, "authority"))


def of_subscription(subscription: Subscription) -> Iterator[Reference]:
    """Everything a subscription names."""
    wanted = subscription.filter
    yield from _each("trigger", wanted.triggers, ("filter", "triggers"))
    yield from _each("scenario", wanted.scenarios, ("filter", "scenarios"))
    yield from _each("source", wanted.sources, ("filter", "sources"))
    yield from _each("search", wanted.searches, ("filter", "searches"))


def of_search(search: Search) -> Iterator[Reference]:
    """Everything a saved search names."""
    return (Reference(kind, name, ("query",)) for kind, name in search.names())


def unknown(references: Iterator[Reference], declared: Mapping[str, frozenset[str]]) -> Iterator[Reference]:
    """Keep the references that lead nowhere."""
    return (reference for reference in references if reference.name not in declared[reference.kind])


def _each(kind: str, names: tuple[str, ...], place: Place) -> Iterator[Reference]:
    return (Reference(kind, name, (*place, index)) for index, name in enumerate(names))
