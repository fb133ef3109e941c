"""How grave, how soon and how sure a tagged change is, in the words of CAP 1.2, by rules that each alert can state.

Severity is a sum of points, shown in the reason: who speaks, which way, how binding, how large. No model has a say in
the sum, so that two alerts of one kind never differ in grade.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from config.declaration import ChangeKind, Lifecycle, Tier
from index.records import Direction

Severity = Literal["extreme", "severe", "moderate", "minor"]
Urgency = Literal["immediate", "expected", "future", "past", "unknown"]
Certainty = Literal["observed", "likely", "possible"]

_TIER = {"central": 2, "provincial": 1, "municipal": 0, "carrier": 1, "cloud": 1}
_WAY = {"tighten": 1, "loosen": 0, "neutral": -1}
_BINDING = {"in_force": 1, "adopted": 1, "amended": 1, "repealed": 1, "draft": 0, "unknown": 0}
_GRADES: tuple[tuple[int, Severity], ...] = ((6, "extreme"), (4, "severe"), (1, "moderate"))
_LARGE, _NOTABLE = 50.0, 20.0
"""Percent by which a price or quota must change for two points, and for one."""
SOON, WITHIN, OLD = timedelta(days=7), timedelta(days=60), timedelta(days=180)
"""Effective within SOON is immediate, within WITHIN expected; in effect for longer than OLD is past."""
COMMENT = timedelta(days=14)
"""A draft whose comments close within this is expected, else future."""
SURE, UNSURE = 0.8, 0.65
"""Scores from which the reading of the text counts as certain, and below which only as possible."""

_ZH = {
    "extreme": "极重",
    "severe": "严重",
    "moderate": "中等",
    "minor": "轻微",
    "central": "中央部门",
    "provincial": "省级部门",
    "municipal": "市级部门",
    "carrier": "运营商",
    "cloud": "云与模型厂商",
    "tighten": "收紧",
    "loosen": "放宽",
    "neutral": "无明确方向",
    "in_force": "已施行",
    "adopted": "已发布",
    "amended": "修改决定",
    "repealed": "已废止",
    "draft": "征求意见",
    "unknown": "状态不明",
    "withdrawn": "已撤下",
    "edited without notice": "未声明的修改",
}
_EN = {
    "in_force": "in force",
    "unknown": "state unknown",
    "cloud": "cloud or model vendor",
    "tighten": "tightens",
    "loosen": "loosens",
    "neutral": "no clear direction",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What is graded. `percent` is the largest change of a price or quota; `silent` an edit that no date of the page
    tells; dates are calendar dates in China.
    """

    direction: Direction
    kind: ChangeKind
    tier: Tier
    lifecycle: Lifecycle
    score: float
    percent: float | None = None
    silent: bool = False
    effective: date | None = None
    comments_close: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence in English and one in Chinese."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Grade:
    """The three CAP words with the reason of each."""

    severity: Severity
    urgency: Urgency
    certainty: Certainty
    severity_reason: Reason
    urgency_reason: Reason
    certainty_reason: Reason


def severity(case: Case, today: date) -> Grade:
    """Grade one tagged change on `today`."""
    grave, why_grave = _severity(case)
    soon, why_soon = _urgency(case, today)
    sure, why_sure = _certainty(case)
    return Grade(grave, soon, sure, why_grave, why_soon, why_sure)


def _severity(case: Case) -> tuple[Severity, Reason]:
    if case.kind == "moved":
        return "minor", Reason("Minor: the document only moved.", "轻微：文件仅变更地址。")
    points = list(_points(case))
    total = sum(n for n, _, _ in points)
    grade: Severity = next((g for least, g in _GRADES if total >= least), "minor")
    en, zh = (", ".join(f"{w} {n:+d}" for n, w, _ in points), "，".join(f"{w}{n:+d}" for n, _, w in points))
    return grade, Reason(f"{grade.capitalize()} with {total} points: {en}.", f"{_ZH[grade]}，共{total}分：{zh}。")


def _points(case: Case) -> Iterator[tuple[int, str, str]]:
    """Points with what they are for, in English and Chinese."""
    yield _point(_TIER[case.tier], case.tier)
    yield _point(_WAY[case.direction], case.direction)
    yield _point(_BINDING[case.lifecycle], case.lifecycle)
    if case.kind == "withdrawn":
        yield _point(1, "withdrawn")
    if case.silent:
        yield _point(1, "edited without notice")
    size = abs(case.percent or 0.0)
    if size >= _NOTABLE:
        yield 1 + (size >= _LARGE), f"changed by {case.percent:+.0f}%", f"变动{case.percent:+.0f}%"


def _point(points: int, word: str) -> tuple[int, str, str]:
    return points, _EN.get(word, word), _ZH[word]


def _urgency(case: Case, today: date) -> tuple[Urgency, Reason]:
    if case.kind == "withdrawn" or case.lifecycle == "repealed":
        return "immediate", Reason("Immediate: it no longer applies.", "立即：该规定已不再适用。")
    if case.lifecycle == "draft":
        return _draft_urgency(case.comments_close, today)
    if case.effective is not None:
        return _dated_urgency(case.effective, today)
    if case.lifecycle in {"in_force", "amended"}:
        return "immediate", Reason("Immediate: it applies already.", "立即：已经适用。")
    if case.lifecycle == "adopted":
        return "expected", Reason("Expected: issued without an effective date.", "预期：已发布，未载明施行日期。")
    return "unknown", Reason("Unknown: the text gives no date.", "不明：文中未载明日期。")


def _draft_urgency(closes: date | None, today: date) -> tuple[Urgency, Reason]:
    if closes is not None and today <= closes <= today + COMMENT:
        return "expected", Reason(f"Expected: comments close on {closes}.", f"预期：意见反馈截至{closes}。")
    return "future", Reason("Future: a draft, not yet adopted.", "将来：征求意见稿，尚未发布。")


def _dated_urgency(effective: date, today: date) -> tuple[Urgency, Reason]:
    en, zh = f"takes effect on {effective}", f"{effective}起施行"
    if effective < today - OLD:
        return "past", Reason(f"Past: in effect since {effective}.", f"过往：自{zh}。")
    if effective <= today + SOON:
        return "immediate", Reason(f"Immediate: {en}.", f"立即：{zh}。")
    if effective <= today + WITHIN:
        return "expected", Reason(f"Expected: {en}.", f"预期：{zh}。")
    return "future", Reason(f"Future: {en}.", f"将来：{zh}。")


def _certainty(case: Case) -> tuple[Certainty, Reason]:
    told = f"{case.score:.2f}"
    if case.lifecycle == "draft":
        return "possible", Reason("Possible: a draft may still change.", "可能：征求意见稿仍可能调整。")
    if case.score < UNSURE:
        return "possible", Reason(f"Possible: the classifier gives {told}.", f"可能：分类得分{told}。")
    if case.score >= SURE and case.lifecycle != "unknown":
        state = _EN.get(case.lifecycle, case.lifecycle)
        return "observed", Reason(
            f"Observed: {state}, and the text says so ({told}).", f"确证：{_ZH[case.lifecycle]}，原文明示（{told}）。"
        )
    return "likely", Reason(f"Likely: the classifier gives {told}.", f"很可能：分类得分{told}。")
