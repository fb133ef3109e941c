"""Issues are due at local time, through summer time, missed runs and clocks that go back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.subscription import Subscription
from digests.cadence import due, scheduled
from tests.telling import subscription


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _in(zone: str, **given: Any) -> Subscription:
    return subscription(timezone=zone, **given)


def test_daily_is_due_from_its_time_on_once() -> None:
    board = _in("Asia/Shanghai")
    last = _utc("2026-05-18T23:30")
    assert due(board, last, _utc("2026-05-19T23:29:59")) is None
    assert due(board, last, _utc("2026-05-19T23:30")) == "board-2026-05-20"
    assert due(board, _utc("2026-05-19T23:30"), _utc("2026-05-20T09:00")) is None


def test_a_first_issue_is_due_at_once() -> None:
    assert due(_in("Asia/Shanghai"), None, _utc("2026-05-19T22:00")) == "board-2026-05-19"


def test_missed_days_are_one_issue() -> None:
    board = _in("Asia/Shanghai")
    assert due(board, _utc("2026-05-10T23:30"), _utc("2026-05-20T02:00")) == "board-2026-05-20"


def test_a_clock_that_went_back_makes_no_second_issue() -> None:
    board = _in("Asia/Shanghai")
    made = _utc("2026-05-19T23:40")
    assert due(board, made, made - timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-17T23:29", "board-2026-W20"),  # Monday 18 May, 07:29 in Shanghai: last week's
        ("2026-05-17T23:30", "board-2026-W21"),
        ("2026-05-24T15:00", "board-2026-W21"),
        ("2027-01-03T23:30", "board-2027-W01"),
    ],
)
def test_weekly(now: str, expected: str) -> None:
    assert due(_in("Asia/Shanghai", cadence="weekly"), None, _utc(now)) == expected


def test_summer_time_keeps_the_local_hour() -> None:
    board = _in("Europe/Brussels")
    assert scheduled(board, _utc("2026-03-28T12:00")) == _utc("2026-03-28T06:30")
    assert scheduled(board, _utc("2026-03-29T12:00")) == _utc("2026-03-29T05:30")
    assert scheduled(board, _utc("2026-10-25T12:00")) == _utc("2026-10-25T06:30")


def test_an_hour_that_does_not_exist_and_one_that_comes_twice() -> None:
    skipped = _in("Europe/Brussels", at="02:30")
    assert scheduled(skipped, _utc("2026-03-29T03:00")) == _utc("2026-03-29T01:30")
    twice = _in("Europe/Brussels", at="02:30")
    assert scheduled(twice, _utc("2026-10-25T03:00")) == _utc("2026-10-25T00:30")
    assert due(twice, _utc("2026-10-25T00:30"), _utc("2026-10-25T01:30")) is None


def test_immediate_names_the_moment() -> None:
    desk = subscription("desk", cadence="immediate", at=None)
    assert due(desk, None, _utc("2026-05-20T01:02:03")) == "desk-20260520T010203Z"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(["Asia/Shanghai", "Europe/Brussels", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.sampled_from(["00:00", "01:30", "02:30", "07:30", "23:59"]),
    st.sampled_from(["daily", "weekly"]),
)
def test_the_planned_moment_is_past_and_at_most_a_period_old(now: datetime, zone: str, at: str, cadence: str) -> None:
    planned = scheduled(_in(zone, at=at, cadence=cadence), now)
    period = timedelta(days=7 if cadence == "weekly" else 1)
    assert planned <= now < planned + period + timedelta(hours=1)
    local = planned.astimezone(ZoneInfo(zone))
    assert f"{local:%H:%M}" == at or local.utcoffset() != (local - timedelta(hours=3)).utcoffset()


@given(st.lists(st.integers(1, 5 * 60), min_size=30, max_size=200))
def test_polling_at_any_rhythm_makes_one_issue_a_day(minutes: list[int]) -> None:
    board, now, last, made = _in("Europe/Brussels"), _utc("2026-03-20T00:00"), None, []
    for step in minutes:
        now += timedelta(minutes=step)
        if name := due(board, last, now):
            made.append(name)
            last = now
    assert len(made) == len(set(made))
