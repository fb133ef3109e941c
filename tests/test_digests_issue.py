"""What belongs to an issue: filter, order, memory, corrections, counts, dates, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from config.declarations import load
from config.subscription import Filter
from digests.compose import cancel_key, cancellation, event
from digests.coverage import Coverage, coverage, horizon
from digests.finding import Finding, Rating
from digests.issue import Issue, Window, issue
from digests.selection import matches, select
from index.records import Alert, Problem, Reading, Run
from tests.telling import CONTEXT, NDRC, NOW, SHANGHAI, TELECOM, finding, subscription

DAY = timedelta(days=1)
WINDOW = Window(before=NOW - 2 * DAY, reach=NOW - DAY, since=NOW - DAY, until=NOW)
NOTHING = Coverage(0, 0)


def alert(seq: int, one: Finding) -> Alert:
    made = event(seq, one, CONTEXT)
    return Alert(seq, made["id"], one.key, one.change.id, one.trigger.id, one.at, made)


def rated(name: str, severity: str, hours: float = 1, trigger: str = "pricing", **given: Any) -> Finding:
    return finding(name, trigger, NOW - timedelta(hours=hours), rating=Rating(severity, "expected", "likely"), **given)


def make(alerts: Sequence[Alert], told: frozenset[str] = frozenset(), **given: Any) -> Issue:
    return issue("board-2026-05-20", subscription(**given), alerts, told, WINDOW, NOTHING)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, True),
        ({"triggers": ["pricing", "quota"]}, True),
        ({"triggers": ["quota"]}, False),
        ({"scenarios": ["rationing"]}, True),
        ({"scenarios": ["lock_in"]}, False),
        ({"tiers": ["carrier"]}, True),
        ({"tiers": ["central"]}, False),
        ({"regions": ["CN"]}, True),
        ({"regions": ["CN-31"]}, False),
        ({"sources": ["chinatelecom_notices"]}, True),
        ({"sources": ["ndrc_tz"]}, False),
        ({"min_severity": "severe"}, True),
        ({"min_severity": "extreme"}, False),
        ({"triggers": ["pricing"], "tiers": ["central"]}, False),
    ],
)
def test_filter(wanted: dict[str, Any], expected: bool) -> None:
    made = event(1, finding(origin=TELECOM), CONTEXT)
    assert matches(made, Filter.model_validate(wanted)) is expected


def test_a_filter_for_china_covers_shanghai_and_not_the_reverse() -> None:
    local, national = (event(1, finding(origin=one), CONTEXT) for one in (SHANGHAI, NDRC))
    assert matches(local, Filter(regions=("CN",)))
    assert matches(local, Filter(regions=("CN-31",)))
    assert not matches(national, Filter(regions=("CN-31",)))


def test_gravest_first_then_newest_five_cards_fifteen_lines() -> None:
    grades = ["minor", "unknown", "severe", "moderate", "extreme"]
    alerts = [alert(n, rated(f"d{n}", grades[n % 5], hours=23 - n / 2)) for n in range(30)]
    made = make(alerts)
    severities = [item.severity for item in made.items]
    assert severities == ["extreme"] * 6 + ["severe"] * 6 + ["moderate"] * 6 + ["minor"] * 6 + ["unknown"] * 6
    assert [item.lead.seq for item in made.cards] == [29, 24, 19, 14, 9]
    assert (len(made.cards), len(made.also), len(made.hidden)) == (5, 15, 10)
    assert sorted(made.told) == sorted(one.id for one in alerts)


def test_what_was_told_is_not_told_again() -> None:
    alerts = [alert(n, rated(f"d{n}", "severe")) for n in range(4)]
    made = make(alerts, frozenset({alerts[0].id, alerts[2].id}))
    assert sorted(made.told) == sorted([alerts[1].id, alerts[3].id])


def test_alerts_of_one_change_are_one_item_with_the_gravest_in_front() -> None:
    price = rated("same", "moderate")
    quota = replace(rated("same", "extreme", trigger="quota"), change=price.change)
    (item,) = make([alert(1, price), alert(2, quota)]).items
    assert [one.trigger for one in item.alerts] == ["quota", "pricing"]


def test_reposts_of_a_new_work_are_one_item() -> None:
    first = rated("a", "severe")
    first = replace(first, change=replace(first.change, kind="new"))
    again = rated("b", "severe", trigger="quota")
    again = replace(again, change=replace(again.change, kind="new", work=first.change.work))
    assert len(make([alert(1, first), alert(2, again)]).items) == 1


def test_outside_the_window_nothing_is_told_but_an_overlap_is() -> None:
    old, edge, now = (alert(n, rated(f"d{n}", "severe", hours=h)) for n, h in ((1, 25), (2, 23.9), (3, 0)))
    assert sorted(make([old, edge, now]).told) == sorted([edge.id, now.id])
    wide = replace(WINDOW, reach=NOW - 2 * DAY)
    late = issue("x", subscription(), [old, edge, now], frozenset(), wide, NOTHING)
    assert old.id in late.told


def test_an_update_replaces_what_it_updates_in_the_same_issue() -> None:
    first = alert(1, rated("a", "severe"))
    second = alert(2, rated("b", "moderate", message_type="update", references=(first.id,), revision=2))
    assert make([first, second]).told == (second.id,)


def test_a_cancellation_is_told_to_those_who_were_told() -> None:
    first = alert(1, rated("a", "severe"))
    taken_back = cancellation(2, first.event, "misread", NOW, CONTEXT)
    cancel = Alert(2, taken_back["id"], cancel_key(first.event), first.change, "pricing", NOW, taken_back)
    assert make([first, cancel]).told == ()
    assert make([first, cancel], frozenset({first.id})).told == (cancel.id,)
    other = make([first, cancel], frozenset({first.id}), filter={"triggers": ["quota"]})
    assert other.told == (cancel.id,)


def test_select_is_the_same_whatever_the_order_given() -> None:
    alerts = [alert(n, rated(f"d{n}", "severe", hours=n)) for n in range(1, 9)]
    assert [i.lead.id for i in select(alerts, Filter(), set())] == [
        i.lead.id for i in select(alerts[::-1], Filter(), set())
    ]


def test_counts_against_the_issue_before() -> None:
    today = [alert(n, rated(f"d{n}", "severe")) for n in range(3)]
    yesterday = [alert(9, rated("y", "severe", hours=30)), alert(10, rated("q", "severe", hours=30, trigger="quota"))]
    counts = {one.trigger: (one.now, one.before) for one in make(today + yesterday).counts}
    assert counts == {"pricing": (3, 1), "quota": (0, 1)}


def test_counts_name_every_trigger_asked_for() -> None:
    made = make([], filter={"triggers": ["quota", "residency"]})
    assert [(one.trigger, one.now, one.before) for one in made.counts] == [("quota", 0, 0), ("residency", 0, 0)]
    assert made.quiet


def test_history_counts_whole_weeks_that_end_today() -> None:
    hours = [0, 24 * 6, 24 * 7 + 1, 24 * 90, 24 * 91]
    alerts = [alert(n, rated(f"d{n}", "severe", hours=h)) for n, h in enumerate(hours)]
    history = make(alerts).history
    assert len(history.weeks) == 13
    assert history.weeks[-1] == date(2026, 5, 14)
    assert history.counts["pricing"][0] == 1
    assert history.counts["pricing"][-2:] == (1, 2)
    assert history.total == 4


def test_upcoming_dates_of_the_newest_alert_of_each_work() -> None:
    def dated(name: str, **dates: date) -> Finding:
        return finding(
            name, at=NOW - DAY * 3, reading=Reading(url=f"https://e.cn/{name}", title=name, text="a" * 40, **dates)
        )

    first = alert(1, dated("a", effective=date(2026, 6, 1), comments_close=date(2026, 5, 20)))
    moved = dated("b", effective=date(2026, 7, 1))
    moved = replace(moved, change=replace(moved.change, work=dated("a").change.work))
    far = alert(3, dated("c", expires=date(2028, 1, 1), effective=date(2026, 5, 19)))
    near = alert(4, dated("d", comments_close=date(2026, 5, 21)))
    upcoming = make([first, alert(2, moved), far, near]).upcoming
    assert [(one.on, one.role) for one in upcoming] == [
        (date(2026, 5, 21), "comments_close"),
        (date(2026, 7, 1), "effective"),
    ]


def test_the_reader_s_day_is_local() -> None:
    assert make([], timezone="America/New_York").day == date(2026, 5, 19)
    assert make([], timezone="Asia/Shanghai").day == date(2026, 5, 20)


def test_coverage() -> None:
    some = {name: one for name, one in load().sources.items() if one.enabled and one.every}
    names = list(some)[:6]
    sources = {name: some[name] for name in names}
    since = NOW - DAY
    read, failed, slow, blocked, refused, again = names
    sources[slow] = sources[slow].model_copy(update={"every": 5 * DAY})
    runs = [
        Run(read, NOW - DAY / 2, NOW, listed=3),
        Run(failed, NOW - DAY / 2, NOW, problems=1),
        Run(slow, NOW - 4 * DAY, NOW, unchanged=3),
        Run(blocked, NOW - DAY / 2, NOW),
        Run(refused, NOW - DAY / 2, NOW),
        Run(again, NOW - DAY / 2, NOW, listed=1),
        Run("gone", NOW - DAY / 2, NOW, listed=1),
    ]
    problems = [
        Problem(blocked, "blocked", "challenge", "https://a/", NOW - 3 * DAY),
        Problem(blocked, "blocked", "challenge", "https://b/", NOW - 2 * DAY),
        Problem(refused, "robots", "Disallow: /", "https://c/", NOW - 9 * DAY),
        Problem(again, "timeout", "30 s", "https://d/", NOW - 3 * DAY, NOW - DAY / 4),
        Problem("gone", "http", "500", "https://e/", NOW - DAY),
    ]
    seen = coverage(sources, runs, problems, since, NOW)
    assert (seen.total, seen.read, seen.full) == (6, 3, False)
    assert [one.id for one in seen.unread] == [failed]
    assert [(one.source.id, one.kind, one.count, one.since) for one in seen.open] == [
        (blocked, "blocked", 2, NOW - 3 * DAY)
    ]
    assert [one.id for one in seen.recovered] == [again]
    assert [one.id for one in seen.refused] == [refused]
    assert horizon(sources, since, NOW) <= NOW - 10 * DAY


def test_full_coverage_says_so() -> None:
    name, source = next((n, s) for n, s in load().sources.items() if s.enabled)
    assert coverage({name: source}, [Run(name, NOW - DAY / 2, NOW, unchanged=1)], [], NOW - DAY, NOW).full
    assert not coverage({name: source}, [], [], NOW - DAY, NOW).full
