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
    """The APScheduler trigger of a source whose next visit is at `start` (aware)."""
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
    """When a source is due, `now` at the earliest; `last` is when it was last visited. All aware."""
    if last is None:
        return now
    if source.cron:
        due = cron(source.cron, source.timezone).get_next_fire_time(None, last + timedelta(seconds=1))
        return max(now, due) if due else now
    return max(now, last + (source.every or timedelta(days=1)))
