"""Scenarios: which indicators a change satisfies, given what came before it. Pure; the clock is in the signals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from config.declaration import Lifecycle, Severity
from config.region import within
from config.scenario import AtLeast, Indicator, Scenario, When
from index.records import ChangeKind, Direction

_GRAVITY: tuple[Severity, ...] = ("minor", "moderate", "severe", "extreme")


@dataclass(frozen=True, slots=True)
class Signal:
    """One tag that fired, with all that an indicator may ask for. `at` is aware."""

    change: str
    work: str
    at: datetime
    trigger: str
    direction: Direction
    kind: ChangeKind
    source: str
    authority: str
    tier: str
    region: str
    lifecycle: Lifecycle
    severity: Severity


@dataclass(frozen=True, slots=True)
class ScenarioEffect:
    """What one signal does to one scenario, by one indicator; `reason` in English and Chinese."""

    scenario: str
    indicator: str
    effect: Literal["raises", "lowers", "confirms"]
    weight: float
    variable: str | None
    reason: tuple[str, str]


def effects(library: Mapping[str, Scenario], signal: Signal, earlier: Sequence[Signal]) -> tuple[ScenarioEffect, ...]:
    """What a signal does to the scenarios of the library, by each indicator that it satisfies.

    An indicator with `at_least` speaks where enough matching signals, this one among them, lie in the window that ends
    with it; reprints of one work count once.
    """
    found = (
        _effect(scenario.id, indicator, signal, earlier)
        for scenario in library.values()
        for indicator in scenario.indicators
        if matches(indicator.when, signal)
    )
    return tuple(effect for effect in found if effect)


def matches(when: When, signal: Signal) -> bool:
    """Whether every condition given holds for a signal."""
    return all(_conditions(when, signal))


def _conditions(when: When, signal: Signal) -> Iterator[bool]:
    yield when.trigger in (None, signal.trigger)
    yield when.direction in (None, signal.direction)
    yield not when.tier or signal.tier in when.tier
    yield not when.lifecycle or signal.lifecycle in when.lifecycle
    yield not when.kind or signal.kind in when.kind
    yield not when.source or signal.source in when.source
    yield not when.authority or signal.authority in when.authority
    yield not when.region or any(within(signal.region, region) for region in when.region)
    yield when.min_severity is None or _GRAVITY.index(signal.severity) >= _GRAVITY.index(when.min_severity)


def _effect(scenario: str, indicator: Indicator, signal: Signal, earlier: Sequence[Signal]) -> ScenarioEffect | None:
    reason = ("one change of this kind is enough", "一次即成立")
    if indicator.at_least:
        count = _count(indicator.when, indicator.at_least, signal, earlier)
        if count < indicator.at_least.count:
            return None
        reason = _counted(indicator.at_least, count)
    return ScenarioEffect(scenario, indicator.id, indicator.effect, indicator.weight, indicator.variable, reason)


def _count(when: When, at_least: AtLeast, signal: Signal, earlier: Iterable[Signal]) -> int:
    since = signal.at - at_least.within
    window = [one for one in earlier if since < one.at <= signal.at and one.change != signal.change]
    counted = [signal, *(one for one in window if matches(when, one))]
    return len({getattr(one, at_least.distinct) if at_least.distinct else (one.work, one.change) for one in counted})


def _counted(at_least: AtLeast, count: int) -> tuple[str, str]:
    days = at_least.within.days
    noun = {"authority": ("authorities", "个机构"), "source": ("sources", "个来源"), "region": ("regions", "个地区")}
    english, chinese = noun.get(at_least.distinct or "", ("changes", "次变化"))
    return f"{count} {english} within {days} days", f"{days} 天内 {count} {chinese}"
