"""The scenario board: for each scenario the signs for and against it, its pressure and how that moved, and what would
move it.

Pressure is the sum over indicators of weight times decay since the indicator last spoke: `raises` counts in full,
`confirms` half, `lowers` against. An indicator counts once however often it speaks, so that a talkative source cannot
fill the board. The index brings pressure p to -100 .. 100 as 100 p / (|p| + 5): one ordinary sign gives about 17, a
net weight of 5 gives 50.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from classify.scenarios import Effect, Signal, count, effects, matches, needed
from config.scenario import Indicator, Scenario

HALF_LIFE = timedelta(days=30)
HISTORY, STEP = timedelta(days=90), timedelta(days=1)
_HALF_WAY = 5.0
_SIGN = {"raises": 1.0, "confirms": 0.5, "lowers": -1.0}
_SPENT = 0.01
"""An indicator that has decayed to a hundredth is evidence no more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An indicator that spoke: by which signal, when last, how often so far, and what is left of its weight."""

    indicator: str
    effect: Literal["raises", "lowers", "confirms"]
    variable: str | None
    signal: Signal
    at: datetime
    times: int
    share: float
    reason: str
    reason_zh: str


@dataclass(frozen=True, slots=True)
class Lever:
    """What would move a scenario now: an indicator, the matching signals still missing, and the index if it spoke."""

    indicator: str
    effect: Literal["raises", "lowers", "confirms"]
    missing: int
    index: float


@dataclass(frozen=True, slots=True)
class Standing:
    """One scenario at one time. `history` holds (time, index), oldest first; evidence is strongest first."""

    scenario: str
    title: str
    title_zh: str
    index: float
    change_30d: float
    supporting: tuple[Evidence, ...]
    opposing: tuple[Evidence, ...]
    levers: tuple[Lever, ...]
    history: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One indicator with every time that it spoke, in order."""

    indicator: Indicator
    heard: tuple[tuple[Signal, Effect], ...]


def board(library: Mapping[str, Scenario], signals: Sequence[Signal], now: datetime) -> tuple[Standing, ...]:
    """Every scenario as of `now`, highest index first; signals later than `now` do not count."""
    known = sorted((s for s in signals if s.at <= now), key=lambda s: (s.at, s.change, s.trigger))
    standings = [_standing(scenario, known, now) for scenario in library.values()]
    return tuple(sorted(standings, key=lambda s: (-s.index, s.scenario)))


def index(pressure: float) -> float:
    """Pressure brought to -100 .. 100, one decimal."""
    return round(100 * pressure / (abs(pressure) + _HALF_WAY), 1)


def decay(age: timedelta) -> float:
    """What is left of a sign after a time: half after HALF_LIFE."""
    return float(0.5 ** (age / HALF_LIFE))


def _standing(scenario: Scenario, known: Sequence[Signal], now: datetime) -> Standing:
    spoken = [_Spoken(i, _heard(scenario, i, known)) for i in scenario.indicators]
    steps = int(HISTORY / STEP)
    history = tuple((t, index(_pressure(spoken, t))) for t in (now - STEP * n for n in range(steps, -1, -1)))
    today, before = index(_pressure(spoken, now)), index(_pressure(spoken, now - timedelta(days=30)))
    signs = sorted((e for s in spoken for e in _evidence(s, now)), key=lambda e: -e.share)
    return Standing(
        scenario.id,
        scenario.title,
        scenario.title_zh,
        today,
        round(today - before, 1),
        tuple(e for e in signs if e.effect != "lowers"),
        tuple(e for e in signs if e.effect == "lowers"),
        tuple(_lever(s, spoken, known, now) for s in spoken),
        history,
    )


def _heard(scenario: Scenario, indicator: Indicator, known: Sequence[Signal]) -> tuple[tuple[Signal, Effect], ...]:
    """The signals by which one indicator spoke; `known` is in time order."""
    alone = {scenario.id: scenario.model_copy(update={"indicators": (indicator,)})}
    matching = [s for s in known if matches(indicator.when, s)]
    window = indicator.at_least.within if indicator.at_least else timedelta(0)
    times = [s.at for s in matching]
    return tuple(
        (s, effect)
        for n, s in enumerate(matching)
        for effect in effects(alone, s, matching[bisect_right(times, s.at - window) : n])
    )


def _pressure(spoken: Sequence[_Spoken], at: datetime) -> float:
    return sum(_part(s, at) for s in spoken)


def _part(spoken: _Spoken, at: datetime) -> float:
    last = next((signal.at for signal, _ in reversed(spoken.heard) if signal.at <= at), None)
    weight = _SIGN[spoken.indicator.effect] * spoken.indicator.weight
    return weight * decay(at - last) if last is not None else 0.0


def _evidence(spoken: _Spoken, now: datetime) -> list[Evidence]:
    if not spoken.heard:
        return []
    signal, effect = spoken.heard[-1]
    left = decay(now - signal.at)
    if left < _SPENT:
        return []
    share = round(spoken.indicator.weight * left, 2)
    name, variable = spoken.indicator.id, spoken.indicator.variable
    told = (effect.reason, effect.reason_zh)
    return [Evidence(name, effect.effect, variable, signal, signal.at, len(spoken.heard), share, *told)]


def _lever(spoken: _Spoken, everything: Sequence[_Spoken], known: Sequence[Signal], now: datetime) -> Lever:
    """The index if this indicator spoke now, and how many signals that takes."""
    indicator = spoken.indicator
    fresh = _SIGN[indicator.effect] * indicator.weight
    moved = index(_pressure(everything, now) - _part(spoken, now) + fresh)
    return Lever(
        indicator.id, indicator.effect, max(needed(indicator) - _standing_count(indicator, known, now), 1), moved
    )


def _standing_count(indicator: Indicator, known: Sequence[Signal], now: datetime) -> int:
    """Matching signals that would still be in the window of one arriving now."""
    rule = indicator.at_least
    inside = [s for s in known if matches(indicator.when, s)]
    if rule is None or not inside:
        return 0
    recent = [s for s in inside if s.at > now - rule.within]
    return count(indicator, recent[-1], recent) if recent else 0
