"""When a known document is read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.source import Revisit
from crawlers.known import FULL_AFTER, Document, is_due, is_full_due, pause
from index.records import FetchState

NOW = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
DAILY = Revisit.model_validate({"every": "1d", "for_days": 180})


def document(age: timedelta, *, withdrawn: bool = False) -> Document:
    return Document("d", "https://www.example.gov.cn/1.html", NOW - age, withdrawn)


def state(checked: timedelta, status: int = 200, missing: timedelta | None = None) -> FetchState:
    since = None if missing is None else NOW - missing
    return FetchState("u", "s", "d", None, None, "x", status, NOW - checked, since, NOW - checked)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("of", "remembered", "revisit", "due"),
    [
        (document(2 * DAY), state(DAY), DAILY, True),
        (document(2 * DAY), state(23 * HOUR), DAILY, True),
        (document(2 * DAY), state(12 * HOUR), DAILY, False),
        (document(2 * DAY), state(DAY), None, False),
        (document(100 * DAY), state(DAY), DAILY, False),
        (document(100 * DAY), state(5 * DAY), DAILY, True),
        (document(181 * DAY), state(30 * DAY), DAILY, False),
        (document(2 * DAY), None, DAILY, True),
        (document(2 * DAY), state(2 * HOUR, 404, 2 * HOUR), None, True),
        (document(2 * DAY), state(HOUR / 2, 404, HOUR / 2), None, False),
        (document(2 * DAY, withdrawn=True), state(2 * HOUR, 404, DAY), None, False),
        (document(2 * DAY, withdrawn=True), state(DAY, 404, 2 * DAY), DAILY, True),
        (document(200 * DAY), state(7 * HOUR, 503), DAILY, True),
        (document(2 * DAY), state(HOUR, 0), DAILY, False),
    ],
)
def test_is_due(of: Document, remembered: FetchState | None, revisit: Revisit | None, due: bool) -> None:
    assert is_due(of, remembered, revisit, NOW) is due


@given(st.timedeltas(timedelta(0), timedelta(days=3000)), st.timedeltas(timedelta(0), timedelta(days=300)))
def test_revisits_never_come_faster_with_age_nor_faster_than_declared(age: timedelta, more: timedelta) -> None:
    assert timedelta(days=1) <= pause(age, DAILY) <= pause(age + more, DAILY)


def test_the_bytes_are_asked_for_when_a_304_was_believed_long_enough() -> None:
    assert not is_full_due(state(FULL_AFTER - HOUR), NOW)
    assert is_full_due(state(FULL_AFTER), NOW)
    assert is_full_due(None, NOW)
