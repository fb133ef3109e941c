"""The start page: what changed in a window, by trigger and severity, what could not be seen, and what comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from agent.api.reading import CHUNK
from agent.web.blindness import blindness
from agent.web.gate import PageRoute
from agent.web.items import items, newest_day, row
from agent.web.kept import kept
from agent.web.page import say_day, show
from agent.web.upcoming import upcoming
from agent.web.visit import AtVisit, Visit
from digests.selection import RANK, Item
from index.archive.archive import Archive
from index.records import Alert
from index.zone import CHINA

DAYS = {"7": 7, "30": 30}
"""Windows by name, beside today and a day given."""
MOST = 1_000
"""Alerts of one page at most: the newest."""
SHOWN = 60
"""Changes listed; the rest is counted, and narrowed by trigger and severity."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Span:
    """From midnight of the first day to the end of the last, in China. `name` is today, 7, 30, since or last."""

    name: str
    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The moment the first day begins."""
        return datetime.combine(self.first, time(), CHINA)

    @property
    def until(self) -> datetime:
        """The moment the last day is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), CHINA)


@router.get("/")
async def today(visit: AtVisit) -> Response:
    """What changed."""
    return show(visit, "today.html.j2", await visit.desk(_values, visit))


def _values(archive: Archive, visit: Visit) -> dict[str, Any]:
    span = _span(archive, visit)
    alerts = _alerts(archive, span)
    found = items(alerts)
    wanted = [one for one in found if _wanted(one, visit.asked("trigger"), visit.asked("severity"))]
    state = (archive.feed.last_seq(), visit.today)
    return {
        "section": "today",
        "title": visit.words("desk.nav.today"),
        "span": span,
        "told": _told(span, visit),
        "capped": len(alerts) == MOST,
        "items": [row(one, visit) for one in wanted[:SHOWN]],
        "total": len(wanted),
        "everything": len(found),
        "matrix": _matrix(found, visit),
        "severities": [name for name in RANK if name != "unknown"],
        "chosen": {"trigger": visit.asked("trigger"), "severity": visit.asked("severity")},
        "blind": blindness(archive, visit),
        "upcoming": kept(visit.desk, ("upcoming", visit.words.language), state, lambda: upcoming(archive, visit)),
    }


def _span(archive: Archive, visit: Visit) -> Span:
    """The window asked for; without one today, or where today is quiet the last day with changes."""
    asked, day = visit.asked("window"), visit.today
    since = _day(visit.asked("since"))
    if asked in DAYS:
        return Span(asked, day - timedelta(days=DAYS[asked] - 1), day)
    if asked == "since" and since:
        return Span("since", min(since, day), day)
    now = Span("today", day, day)
    last = newest_day(archive)
    if asked == "today" or last is None or last >= day:
        return now
    return Span("last", last, last)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _alerts(archive: Archive, span: Span) -> list[Alert]:
    """The newest alerts of the window, at most MOST, in feed order."""
    first = archive.told.oldest(span.since)
    if first is None:
        return []
    found: list[Alert] = []
    seq = max(first.seq - 1, archive.feed.last_seq() - MOST)
    while chunk := archive.feed.after(seq, CHUNK):
        found += [one for one in chunk if span.since <= one.at < span.until]
        seq = chunk[-1].seq
    return found


def _wanted(item: Item, trigger: str, severity: str) -> bool:
    return any(
        (not trigger or one.trigger == trigger) and (not severity or one.event["severity"] == severity)
        for one in item.alerts
    )


def _told(span: Span, visit: Visit) -> str:
    first, last = say_day(span.first, visit), say_day(span.last, visit)
    return first if span.first == span.last else visit.words("desk.today.from_to", first=first, last=last)


def _matrix(found: Sequence[Item], visit: Visit) -> list[dict[str, Any]]:
    """One row a trigger: how many alerts of each severity, with links that narrow the list to them."""
    counts = Counter((alert.trigger, str(alert.event["severity"])) for item in found for alert in item.alerts)
    names = dict.fromkeys((*visit.declared.triggers, *sorted({trigger for trigger, _ in counts})))
    return [_trigger_row(name, counts, visit) for name in names]


def _trigger_row(name: str, counts: Counter[tuple[str, str]], visit: Visit) -> dict[str, Any]:
    severities = [one for one in RANK if one != "unknown"]
    total = sum(number for (trigger, _), number in counts.items() if trigger == name)
    return {
        "id": name,
        "title": trigger_name(name, visit),
        "total": total,
        "link": visit.with_query(trigger=name, severity=None),
        "cells": [
            {"severity": one, "count": counts[name, one], "link": visit.with_query(trigger=name, severity=one)}
            for one in severities
        ],
    }


def trigger_name(name: str, visit: Visit) -> str:
    """A trigger's title in the reader's language, its id where it is no longer declared."""
    trigger = visit.declared.triggers.get(name)
    if trigger is None:
        return name
    return trigger.title_zh if visit.chinese else trigger.title
