"""Hours in which a site may be read: past midnight, in the source's own zone, and what is outside waits."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent.schedule import next_visit, trigger
from config.hours import Span, parse
from tests.crawled import source

NIGHT = source(hours="22:00-06:00")


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-05-08T13:59:00+00:00", "2026-05-08T14:00:00+00:00"),  # 21:59 in Shanghai
        ("2026-05-08T14:00:00+00:00", "2026-05-08T14:00:00+00:00"),
        ("2026-05-08T21:59:00+00:00", "2026-05-08T21:59:00+00:00"),
        ("2026-05-08T22:00:00+00:00", "2026-05-09T14:00:00+00:00"),  # 06:00: over until the next evening
    ],
)
def test_hours_past_midnight_in_the_zone_of_the_source(now: str, opens: str) -> None:
    assert NIGHT.opens(datetime.fromisoformat(now)) == datetime.fromisoformat(opens)


@given(
    begin=st.times(),
    end=st.times(),
    now=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_what_opens_is_open_and_never_in_the_past(begin: time, end: time, now: datetime) -> None:
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    if begin == end:
        return
    span = parse(str(Span(begin, end)))
    opens = span.opens(now, "Asia/Shanghai")
    assert now <= opens < now + timedelta(days=1)
    assert span.opens(opens, "Asia/Shanghai") == opens


@pytest.mark.parametrize("text", ["22-6", "24:00-06:00", "06:00-06:00", 22])
def test_a_slip_is_told_with_the_form(text: object) -> None:
    with pytest.raises(ValidationError, match=r"hours|no length"):
        source(hours=text)


def test_the_schedule_waits_for_the_hours() -> None:
    noon = datetime(2026, 5, 8, 4, tzinfo=UTC)
    opens = datetime(2026, 5, 8, 14, tzinfo=UTC)
    assert next_visit(NIGHT, None, noon) == opens
    assert next_visit(NIGHT, noon - timedelta(days=3), noon) == opens
    when = trigger(NIGHT, opens)
    fires = [opens]
    for _ in range(30):  # two hours apart, jitter aside, at night only
        fires.append(when.get_next_fire_time(fires[-1], fires[-1]))
        assert NIGHT.opens(fires[-1]) == fires[-1]
        assert fires[-1] - fires[-2] >= timedelta(minutes=110)
    assert source().opens(noon) == noon
