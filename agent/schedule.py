"""When a source is read next: its `every` or cron, in its own time zone, counted from its last visit.

Kept apart from the running loop so that it can be tried with any clock. Nothing is stored: a restart reads the runs
from the archive, so a schedule can never go stale, and visits missed while the agent was down are made up for by one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.source import Source

JITTER = 60
"""Seconds by which visits vary, at most, and a tenth of the interval at most: a crowd on the full hour is unkind."""
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


def trigger(source: Source, start: datetime) -> BaseTrigger:
    """The APScheduler trigger of a source whose next visit is at `start` (aware); never outside its hours."""
    when = _trigger(source, start)
    return Within(source, when) if source.hours else when


class Within(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no hints
    """Another trigger, put off to the beginning of the hours in which the source may be read."""

    def __init__(self, source: Source, when: BaseTrigger) -> None:
        self._source, self._when = source, when

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """As APScheduler asks for it."""
        due = self._when.get_next_fire_time(previous_fire_time, now)
        return self._source.opens(due) if due else None


def _trigger(source: Source, start: datetime) -> BaseTrigger:
    if source.cron:
        return cron(source.cron, source.timezone)
    every = source.every or timedelta(days=1)
    jitter = min(JITTER, int(every.total_seconds() / 10))
    seconds = int(every.total_seconds())
    return IntervalTrigger(seconds=seconds, start_date=start, timezone=source.timezone, jitter=jitter)


def cron(line: str, zone: str) -> CronTrigger:
    """A trigger for five cron fields.

    APScheduler 3 counts days of the week from Monday = 0, cron from Sunday = 0, so numbers become names first.
    """
    *fields, weekday = line.split()
    named = "".join(_DAYS[int(char)] if char.isdigit() and char < "8" else char for char in weekday)
    names = ("minute", "hour", "day", "month")
    return CronTrigger(**dict(zip(names, fields, strict=True)), day_of_week=named, timezone=zone)


def next_visit(source: Source, last: datetime | None, now: datetime) -> datetime:
    """When a source is due, `now` at the earliest and within its hours; `last` is its last visit. All aware."""
    return source.opens(_due(source, last, now))


def _due(source: Source, last: datetime | None, now: datetime) -> datetime:
    if last is None:
        return now
    if source.cron:
        due = cron(source.cron, source.timezone).get_next_fire_time(None, last + timedelta(seconds=1))
        return max(now, due) if due else now
    return max(now, last + (source.every or timedelta(days=1)))
