"""Which alerts one subscription is told: filter, memory, corrections and reposts folded, gravest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from config.region import within
from config.subscription import Filter
from index.records import Alert

RANK: Mapping[str, int] = {"extreme": 4, "severe": 3, "moderate": 2, "minor": 1, "unknown": 0}
"""Order of severities; an unrated alert is below every `min_severity`."""

SEARCH = "search:"
"""Before the id of a saved search, as the trigger of its alerts."""


@dataclass(frozen=True, slots=True)
class Item:
    """One change as told: the alerts it gave rise to, one a trigger, gravest first."""

    alerts: tuple[Alert, ...]

    @property
    def lead(self) -> Alert:
        """The gravest alert; the card is about it."""
        return self.alerts[0]

    @property
    def severity(self) -> str:
        """Severity of the lead."""
        return str(self.lead.event["severity"])


def matches(event: Mapping[str, Any], wanted: Filter) -> bool:
    """Whether an event is asked for. Every key given must hold; a list holds where one of its members does."""
    data, publisher = event["data"], event["data"]["publisher"]
    scenarios = {effect["id"] for effect in data["scenarios"]}
    checks: tuple[tuple[Sequence[str] | str | bool | None, Callable[[], bool]], ...] = (
        (True, lambda: _is_of(event["triggerid"], wanted)),
        (wanted.scenarios, lambda: not scenarios.isdisjoint(wanted.scenarios)),
        (wanted.tiers, lambda: publisher["tier"] in wanted.tiers),
        (wanted.regions, lambda: any(within(publisher["region"], region) for region in wanted.regions)),
        (wanted.sources, lambda: publisher["source_id"] in wanted.sources),
        (wanted.min_severity, lambda: RANK[event["severity"]] >= RANK[wanted.min_severity or "unknown"]),
    )
    return all(holds() for given, holds in checks if given)


def _is_of(trigger: str, wanted: Filter) -> bool:
    """Whether what fired is asked for: a saved search only by name, a trigger unless others or searches are named."""
    if trigger.startswith(SEARCH):
        return trigger.removeprefix(SEARCH) in wanted.searches
    return trigger in wanted.triggers if wanted.triggers else not wanted.searches


def select(alerts: Iterable[Alert], wanted: Filter, told: AbstractSet[str]) -> tuple[Item, ...]:
    """The items of an issue: alerts asked for and not told before, gravest first, then newest.

    An alert that a later one of the same issue updates or cancels is left out; a cancellation is told only to those
    who were told what it cancels. Alerts of one change are one item, and so are new documents of one work (reposts).
    """
    fresh = [one for one in alerts if one.id not in told and (matches(one.event, wanted) or _corrects(one, told))]
    superseded = {ref for one in fresh for ref in one.event["data"]["references"]}
    kept = [one for one in fresh if one.id not in superseded and not _idle_cancel(one, told)]
    groups: dict[str, list[Alert]] = {}
    for one in kept:
        groups.setdefault(_group(one), []).append(one)
    items = [Item(tuple(sorted(group, key=_gravest_first))) for group in groups.values()]
    return tuple(sorted(items, key=lambda item: _gravest_first(item.lead)))


def _corrects(alert: Alert, told: AbstractSet[str]) -> bool:
    """A correction of what was told is told, whether or not it still passes the filter."""
    return not told.isdisjoint(alert.event["data"]["references"])


def _idle_cancel(alert: Alert, told: AbstractSet[str]) -> bool:
    return alert.event["data"]["message_type"] == "cancel" and not _corrects(alert, told)


def _group(alert: Alert) -> str:
    data = alert.event["data"]
    if data["message_type"] == "cancel":
        return alert.id
    return str(alert.event["subject"]) if data["change"]["kind"] == "new" else str(data["change"]["id"])


def _gravest_first(alert: Alert) -> tuple[int, float, int]:
    return -RANK[alert.event["severity"]], -alert.at.timestamp(), -alert.seq
