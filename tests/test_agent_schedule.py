"""When sources are due: intervals, cron in the source's zone, missed visits coalesced, restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.schedule import cron, next_visit, trigger
from config.declarations import load
from config.source import Source

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def source(**changed: object) -> Source:
    values = load().sources["nda_zcfb"].model_dump(exclude_unset=True)
    return Source.model_validate({**values, **changed})


def test_a_source_never_visited_is_due_now() -> None:
    assert next_visit(source(), None, NOW) == NOW


def test_the_interval_counts_from_the_last_visit() -> None:
    one = source(every="2h")
    assert next_visit(one, NOW - timedelta(minutes=30), NOW) == NOW + timedelta(minutes=90)


def test_many_missed_visits_are_one() -> None:
    assert next_visit(source(every="2h"), NOW - timedelta(days=3), NOW) == NOW
    missed = source(every=None, cron="0 7 * * *")
    assert next_visit(missed, NOW - timedelta(days=3), NOW) == NOW


def test_cron_is_in_the_sources_own_zone() -> None:
    due = next_visit(source(every=None, cron="30 7 * * *"), NOW, NOW)
    assert due.astimezone(SHANGHAI).isoformat() == "2026-05-09T07:30:00+08:00"


@pytest.mark.parametrize(("field", "weekday"), [("0", 6), ("1", 0), ("5", 4), ("7", 6), ("mon", 0), ("1-5", 0)])
def test_days_of_the_week_count_as_cron_counts_them(field: str, weekday: int) -> None:
    sunday = datetime(2026, 5, 10, tzinfo=UTC)
    fires = cron(f"0 7 * * {field}", "UTC").get_next_fire_time(None, sunday)
    assert fires is not None and fires.weekday() == weekday


def test_every_shipped_source_has_a_next_visit() -> None:
    for one in load().sources.values():
        assert trigger(one, NOW).get_next_fire_time(None, NOW) is not None
        assert next_visit(one, NOW, NOW) > NOW


def test_the_clock_going_back_makes_no_visit_late() -> None:
    assert next_visit(source(every="2h"), NOW + timedelta(hours=1), NOW) == NOW + timedelta(hours=3)
