"""Links tagged changes to scenarios: which indicators a change satisfies, given what came before it.

Pure over signals and the declared library; the clock is in the signals. `classify.board` weighs all of them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from config.declaration import ChangeKind, Lifecycle, Tier
from config.region import REGIONS, within
from config.scenario import Indicator, Scenario, When
from index.records import Direction

_RANK = {"minor": 0, "moderate": 1, "severe": 2, "extreme": 3}


@dataclass(frozen=True, slots=True)
class Signal:
    """One tag that fired, with all that an indicator may ask for. `at` is the change's time, aware."""

    change: str
    work: str
    source: str
    authority: str
    tier: Tier
    region: str
    trigger: str
    direction: Direction
    lifecycle: Lifecycle
    kind: ChangeKind
    severity: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """What one signal does to one scenario through one indicator that it satisfies, with the reason."""

    scenario: str
    indicator: str
    effect: Literal["raises", "lowers", "confirms"]
    weight: float
    variable: str | None
    reason: str
    reason_zh: str


def effects(library: Mapping[str, Scenario], new: Signal, earlier: Iterable[Signal]) -> tuple[Effect, ...]:
    """Every indicator that `new` satisfies at its own time, given the signals before it (those after it do not count).

    With `at_least`, matching signals of the window that ends at `new` are counted, `new` among them, each change once.
    """
    known = [s for s in earlier if s.at <= new.at]
    return tuple(
        _effect(scenario, indicator, new, counted)
        for scenario in library.values()
        for indicator in scenario.indicators
        if matches(indicator.when, new) and (counted := count(indicator, new, known)) >= needed(indicator)
    )


def matches(when: When, signal: Signal) -> bool:
    """Whether every condition given holds for the signal."""
    return all(_conditions(when, signal))


def needed(indicator: Indicator) -> int:
    """Matching signals that make the indicator speak."""
    return indicator.at_least.count if indicator.at_least else 1


def count(indicator: Indicator, new: Signal, earlier: Sequence[Signal]) -> int:
    """Matching signals up to `new` in the indicator's window, by what must be distinct; 1 where it has no window."""
    rule = indicator.at_least
    if rule is None:
        return 1
    inside = [s for s in earlier if new.at - rule.within < s.at <= new.at and matches(indicator.when, s)]
    return len({_key(rule.distinct, s) for s in (*inside, new)})


def _key(distinct: str | None, signal: Signal) -> str:
    return str(getattr(signal, distinct or "change"))


def _conditions(when: When, signal: Signal) -> Iterator[bool]:
    yield when.trigger in (None, signal.trigger)
    yield when.direction in (None, signal.direction)
    yield not when.tier or signal.tier in when.tier
    yield not when.lifecycle or signal.lifecycle in when.lifecycle
    yield not when.region or any(within(signal.region, region) for region in when.region)
    yield not when.kind or signal.kind in when.kind
    yield when.min_severity is None or _RANK.get(signal.severity, -1) >= _RANK[when.min_severity]
    yield not when.source or signal.source in when.source
    yield not when.authority or signal.authority in when.authority


_ZH = {
    "quota": "配额",
    "pricing": "价格",
    "residency": "数据驻留",
    "tighten": "收紧",
    "loosen": "放宽",
    "neutral": "有表述",
    "authority": "个机构",
    "source": "个来源",
    "region": "个地区",
}
_EN = {
    "tighten": "tightened",
    "loosen": "loosened",
    "neutral": "spoken of",
    "authority": "authorities",
    "source": "sources",
    "region": "regions",
}


def _effect(scenario: Scenario, indicator: Indicator, new: Signal, counted: int) -> Effect:
    en, zh = _told(indicator, new, counted)
    return Effect(scenario.id, indicator.id, indicator.effect, indicator.weight, indicator.variable, en, zh)


def _told(indicator: Indicator, new: Signal, counted: int) -> tuple[str, str]:
    """One sentence in each language: what the signal is, and how often it was seen where that was asked."""
    zh_place, en_place = REGIONS.get(new.region, (new.region, new.region))
    state = "" if new.lifecycle == "unknown" else f", {new.lifecycle.replace('_', ' ')}"
    en = f"{new.trigger} {_EN[new.direction]} by {new.authority} ({new.tier}, {en_place}{state})"
    zh = f"{new.authority}（{zh_place}）：{_ZH.get(new.trigger, new.trigger)}{_ZH[new.direction]}"
    rule = indicator.at_least
    if rule is None:
        return f"{en}.", f"{zh}。"
    kind, days = rule.distinct or "", rule.within.days
    en = f"{en}; {counted} {_EN.get(kind, 'changes')} in {days} days, {rule.count} needed."
    return en, f"{zh}；{days}日内{counted}{_ZH.get(kind, '次变化')}，需{rule.count}。"
