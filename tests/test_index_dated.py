"""Dates that come near: each told once, on its day in China, and only while it is of use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive.archive import Archive
from index.dated import due, remind
from index.identity import document_id
from index.ingest import Visit, record, withdraw
from index.records import Page, Reading, Version
from index.relations import Reminder

START = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
DRAFT = Reading(
    url="https://www.cac.gov.cn/draft.html",
    title="算力服务管理办法（征求意见稿）",
    text="第一条 为规范算力服务制定本办法。",
    comments_close=date(2026, 5, 31),
    effective=date(2026, 7, 1),
    expires=date(2031, 6, 30),
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as opened:
        yield opened


def put(archive: Archive, reading: Reading, at: datetime = START) -> None:
    page = Page(reading.url, "cac", at, 200, {}, reading.text.encode(), reading.url)
    record(archive, page, reading, Visit("cac", "1"))


def told(made: list[Reminder]) -> list[tuple[str, str, int]]:
    return [(one.role, one.day.isoformat(), one.lead) for one in made]


def days(archive: Archive, first: datetime, count: int) -> dict[str, list[tuple[str, str, int]]]:
    found = {}
    for number in range(count):
        now = first + timedelta(days=number)
        if made := remind(archive, now):
            found[now.date().isoformat()] = told(made)
    return found


def test_each_date_is_told_once_on_its_day(archive: Archive) -> None:
    put(archive, DRAFT)
    assert days(archive, START, 70) == {
        "2026-05-24": [("comments_close", "2026-05-31", 7)],
        "2026-05-29": [("comments_close", "2026-05-31", 2)],
        "2026-07-01": [("effective", "2026-07-01", 0)],
    }
    assert len(archive.reminders.pending("alert")) == 3
    archive.judgements.done("alert", [one.id for one in archive.reminders.pending("alert")[:2]], START)
    assert [one.role for one in archive.reminders.pending("alert")] == ["effective"]


def test_the_day_is_chinas(archive: Archive) -> None:
    put(archive, DRAFT)
    assert remind(archive, datetime(2026, 6, 30, 15, 59, tzinfo=UTC)) == []
    assert told(remind(archive, datetime(2026, 6, 30, 16, 0, tzinfo=UTC))) == [("effective", "2026-07-01", 0)]


def test_days_without_a_run_are_made_up_for_but_only_a_few(archive: Archive) -> None:
    put(archive, DRAFT)
    assert told(remind(archive, datetime(2026, 7, 4, 1, tzinfo=UTC))) == [("effective", "2026-07-01", 0)]
    put(archive, replace(DRAFT, url="https://a.cn/2", title="另一办法", text="第一条 另一件事。"))
    assert remind(archive, datetime(2026, 7, 5, 1, tzinfo=UTC)) == []


def test_of_two_leads_in_a_gap_the_last_is_told_and_a_closed_period_not_at_all(archive: Archive) -> None:
    put(archive, DRAFT)
    versions = archive.documents.with_dates_between(date(2026, 5, 1), date(2026, 6, 30))
    found = due(versions, date(2026, 5, 20), date(2026, 5, 30))
    assert [(one.role, one.lead) for one in found] == [("comments_close", 2)]
    assert due(versions, date(2026, 5, 20), date(2026, 6, 1)) == ()


def test_what_is_found_after_its_day_is_no_reminder(archive: Archive) -> None:
    put(archive, DRAFT, at=datetime(2026, 5, 26, tzinfo=UTC))
    assert days(archive, datetime(2026, 5, 26, 1, tzinfo=UTC), 4) == {
        "2026-05-29": [("comments_close", "2026-05-31", 2)]
    }


def test_a_reprint_brings_no_second_reminder_and_a_put_off_date_another(archive: Archive) -> None:
    put(archive, DRAFT)
    put(archive, replace(DRAFT, url="https://www.gov.cn/reprint.html"))
    assert len(remind(archive, datetime(2026, 5, 24, 1, tzinfo=UTC))) == 1
    later = replace(DRAFT, text=DRAFT.text + "延期。", comments_close=date(2026, 6, 10))
    put(archive, later, at=datetime(2026, 5, 25, tzinfo=UTC))
    assert told(remind(archive, datetime(2026, 6, 3, 1, tzinfo=UTC))) == [("comments_close", "2026-06-10", 7)]


def test_what_is_withdrawn_is_not_told(archive: Archive) -> None:
    put(archive, DRAFT)
    withdraw(archive, document_id(DRAFT.url), START + timedelta(days=3), "cac")
    assert remind(archive, datetime(2026, 5, 24, 1, tzinfo=UTC)) == []


@given(
    st.lists(st.integers(-40, 60), max_size=4),
    st.integers(0, 3),
    st.lists(st.integers(1, 3), min_size=1, max_size=30),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_the_runs_fall_each_effective_date_is_told_once(offsets: list[int], hour: int, gaps: list[int]) -> None:
    """Runs at most three days apart tell every date that falls between the second run and the last, once."""
    first = date(2026, 5, 1)
    versions = [
        Version(str(n), str(n), str(n), "s", 1, Reading("u", effective=first + timedelta(days=offset)), "", START, "1")
        for n, offset in enumerate(offsets)
    ]
    seen: list[tuple[str, date]] = []
    today = first
    for gap in gaps:
        today += timedelta(days=gap)
        window = due(versions, today - timedelta(days=3), today)
        seen += [(one.version.id, one.day) for one in window if (one.version.id, one.day) not in seen]
    expected = {(str(n), first + timedelta(days=o)) for n, o in enumerate(offsets) if 0 < o <= (today - first).days}
    assert set(seen) == expected
