"""How grave, how soon and how sure: stated rules over what is known of a change, each answer with its reasons.

The words are those of the Common Alerting Protocol 1.2 (OASIS, 2010). Severity adds points and names each one, so that a
reader can argue with it; see docs/scenarios.md for the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.declaration import Lifecycle
from index.records import ChangeKind, Direction

Severity = Literal["extreme", "severe", "moderate", "minor"]
Urgency = Literal["immediate", "expected", "future", "past", "unknown"]
Certainty = Literal["observed", "likely", "possible"]
Reason = tuple[str, str]
"""English and Chinese."""

_LADDER: tuple[tuple[int, Severity], ...] = ((5, "extreme"), (3, "severe"), (1, "moderate"))
_SOON, _EXPECTED = 7, 60
"""Days until it takes effect: up to 7 immediate, up to 60 expected, later future."""
_LARGE, _HUGE = 10.0, 40.0
"""Percent by which a price or quota moves: from 10 one point, from 40 two."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one change when it is rated. `percent`: the largest move of a number, None without one."""

    direction: Direction
    tier: str
    lifecycle: Lifecycle
    kind: ChangeKind
    score: float
    silent: bool = False
    percent: float | None = None
    numbers_changed: bool = False
    effective: date | None = None


@dataclass(frozen=True, slots=True)
class Rated:
    """The three answers, each with its reasons in English and Chinese."""

    severity: Severity
    urgency: Urgency
    certainty: Certainty
    severity_reason: Reason
    urgency_reason: Reason
    certainty_reason: Reason


def rate(case: Case, today: date) -> Rated:
    """Rate a change on a day (in China)."""
    points = list(_points(case))
    total = sum(point for point, _ in points)
    severity = next((name for least, name in _LADDER if total >= least), "minor")
    urgency, when = _urgency(case, today)
    certainty, how = _certainty(case)
    told = tuple(_joined([f"{reason[lang]} {point:+d}" for point, reason in points], total, lang) for lang in (0, 1))
    return Rated(severity, urgency, certainty, (told[0], told[1]), when, how)


def _joined(parts: list[str], total: int, lang: int) -> str:
    return ("; ", "；")[lang].join(parts) + (f"; together {total}" if lang == 0 else f"；合计 {total}")


def _points(case: Case) -> Iterator[tuple[int, Reason]]:
    yield (2, ("central authority", "中央发布")) if case.tier == "central" else (1, (case.tier, _TIERS[case.tier]))
    if case.direction == "tighten":
        yield 1, ("tightens", "收紧")
    if case.direction == "neutral":
        yield -1, ("explains or mixes", "说明或方向不明")
    if case.lifecycle == "draft":
        yield -1, ("only a draft", "仅为征求意见稿")
    if case.kind == "withdrawn":
        yield 1, ("withdrawn", "已撤下")
    if case.silent:
        yield 1, ("edited without notice", "未声明的修改")
    if case.numbers_changed:
        yield 1, ("numbers changed", "数字有变")
    moved = abs(case.percent or 0.0)
    if moved >= _LARGE:
        size = 2 if moved >= _HUGE else 1
        yield size, (f"moves by {moved:.0f}%", f"变动 {moved:.0f}%")


_TIERS = {"central": "中央", "provincial": "省级", "municipal": "市级", "carrier": "运营商", "cloud": "云厂商"}


def _urgency(case: Case, today: date) -> tuple[Urgency, Reason]:
    if case.lifecycle == "repealed":
        return "past", ("no longer in force", "已不再有效")
    if case.effective:
        days = (case.effective - today).days
        told = (f"takes effect on {case.effective}", f"{case.effective} 起施行")
        if days <= _SOON:
            return "immediate", told
        return ("expected" if days <= _EXPECTED else "future"), told
    if case.lifecycle == "in_force":
        return "immediate", ("in force", "已生效")
    if case.lifecycle == "draft":
        return "future", ("a draft", "征求意见阶段")
    return "unknown", ("names no day", "未载明施行日期")


def _certainty(case: Case) -> tuple[Certainty, Reason]:
    if case.lifecycle == "draft":
        return "possible", ("a draft may change", "征求意见稿可能调整")
    if case.score >= 0.8 and case.lifecycle in {"adopted", "in_force", "repealed"}:
        return "observed", (f"published rule or offer, score {case.score:.2f}", f"已发布，评分 {case.score:.2f}")
    return "likely", (f"score {case.score:.2f}", f"评分 {case.score:.2f}")
