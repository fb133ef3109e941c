"""The one word for how a source is doing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from config.source import Source
from crawlers.health import WORST_FIRST, state
from index.records import Problem, ProblemKind, Run

NOW = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)


def source(**changes: Any) -> Source:
    told = {
        "id": "example_tz",
        "title": "通知",
        "title_en": "Notices",
        "authority": "example",
        "tier": "central",
        "region": "CN",
        "kind": "listing",
        "urls": ["https://www.example.gov.cn/tz/"],
        "every": "2h",
        "expect": {"items": [1, 60], "quiet_days": 20},
        "impact_note": "a replica on loopback",
        "confidence": "A",
    }
    return Source.model_validate(told | changes)


def run(ago: timedelta) -> Run:
    return Run("example_tz", NOW - ago, NOW - ago)


def problem(kind: ProblemKind) -> Problem:
    return Problem("example_tz", kind, "", "", NOW)


@pytest.mark.parametrize(
    ("changes", "last_run", "problems", "quiet", "word"),
    [
        ({}, run(timedelta(hours=1)), [], timedelta(days=1), "ok"),
        ({}, run(timedelta(hours=1)), [], timedelta(days=11), "quiet"),
        ({}, run(timedelta(hours=7)), [], timedelta(days=1), "late"),
        ({"every": None, "cron": "0 7 * * *"}, run(timedelta(hours=30)), [], timedelta(days=1), "ok"),
        ({"every": None, "cron": "0 7 * * *"}, run(timedelta(days=8)), [], timedelta(days=1), "late"),
        ({}, None, [], None, "new"),
        ({}, run(timedelta(hours=1)), ["silent", "blocked", "http"], timedelta(days=1), "blocked"),
        ({}, run(timedelta(days=9)), ["redesigned"], timedelta(days=1), "redesigned"),
        ({"enabled": False, "missing": "robots forbid it"}, None, ["robots"], None, "off"),
        ({"expect": {"items": [1, 60]}}, run(timedelta(hours=1)), [], timedelta(days=400), "ok"),
    ],
)
def test_state(
    changes: dict[str, Any], last_run: Run | None, problems: list[ProblemKind], quiet: Any, word: str
) -> None:
    last_new = None if quiet is None else NOW - quiet
    assert state(source(**changes), last_run, [problem(k) for k in problems], last_new, NOW) == word


def test_every_kind_of_problem_has_its_rank() -> None:
    assert sorted(WORST_FIRST) == sorted(get_args(ProblemKind))
