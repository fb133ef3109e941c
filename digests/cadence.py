"""When an issue is due: at a local time of day, whatever summer time does, or at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.subscription import Subscription

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERIODS = {"immediate": timedelta(days=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}
"""How far back a first issue looks."""


def due(subscription: Subscription, last_issue_at: datetime | None, now: datetime) -> str | None:
    """The id of the issue that is due, or None. Times are aware.

    Daily and weekly: the newest scheduled moment up to `now`, unless an issue was made since; moments missed while the
    machine was off are made up by one issue. A local time that summer time skips is read with the offset before the
    gap, one that comes twice is its first. Immediate: always due; whoever asks leaves it where there is nothing new.
    """
    if subscription.cadence == "immediate":
        return f"{subscription.id}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    moment = scheduled(subscription, now)
    if last_issue_at is not None and last_issue_at >= moment:
        return None
    day = moment.astimezone(ZoneInfo(subscription.timezone)).date()
    if subscription.cadence == "weekly":
        year, week, _ = day.isocalendar()
        return f"{subscription.id}-{year}-W{week:02d}"
    return f"{subscription.id}-{day}"


def scheduled(subscription: Subscription, now: datetime) -> datetime:
    """The newest moment up to `now` at which a daily or weekly issue is planned, in UTC."""
    zone = ZoneInfo(subscription.timezone)
    day = now.astimezone(zone).date()
    if subscription.cadence == "weekly":
        day -= timedelta(days=(day.weekday() - _WEEKDAYS.index(subscription.weekday)) % 7)
    step = PERIODS[subscription.cadence]
    moment = _at(day, subscription.at or "00:00", zone)
    return moment if moment <= now else _at(day - step, subscription.at or "00:00", zone)


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)
