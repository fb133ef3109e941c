"""One issue of a digest as values: what is told, in which order, beside which numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from config.subscription import Subscription
from digests.coverage import Coverage
from digests.selection import Item, matches, select
from index.archive.log import Head
from index.records import Alert

CARDS = 5
ALSO = 15
UPCOMING = 8
AHEAD = timedelta(days=120)
WEEKS = 13
"""Weeks of the history: 91 days, the least whole weeks that hold 90 days."""

Role = Literal["effective", "comments_close", "expires"]
_ROLES: Mapping[Role, str] = {
    "effective": "effective_on",
    "comments_close": "comments_close_on",
    "expires": "expires_on",
}


@dataclass(frozen=True, slots=True)
class Count:
    """Alerts of one trigger in this issue and in the window of the issue before."""

    trigger: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A date that a text told of sets, on or after the day of the issue."""

    on: date
    role: Role
    alert: Alert


@dataclass(frozen=True, slots=True)
class History:
    """Alerts a week by trigger. `weeks` are first days, oldest first; the last one ends on the day of the issue."""

    weeks: tuple[date, ...]
    counts: Mapping[str, tuple[int, ...]]

    @property
    def total(self) -> int:
        """All alerts of all weeks."""
        return sum(sum(row) for row in self.counts.values())


@dataclass(frozen=True, slots=True)
class Window:
    """Times of an issue: it tells what came after `since` and up to `until`; the issue before began at `before`.

    `reach`, at or before `since`: an alert from then on that was never told is still told, for clocks go back and late
    writers exist.
    """

    before: datetime
    reach: datetime
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """What one issue says. `hidden` counts items beyond cards and one-liners; they count as told.

    `head`: where the archive's log stood when it was made, None for a preview.
    """

    id: str
    subscription: Subscription
    window: Window
    cards: tuple[Item, ...]
    also: tuple[Item, ...]
    hidden: tuple[Item, ...]
    counts: tuple[Count, ...]
    upcoming: tuple[Upcoming, ...]
    history: History
    coverage: Coverage
    head: Head | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, gravest first."""
        return self.cards + self.also + self.hidden

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.cards

    @property
    def told(self) -> tuple[str, ...]:
        """Ids of the alerts that this issue tells."""
        return tuple(alert.id for item in self.items for alert in item.alerts)

    @property
    def day(self) -> date:
        """The day of the issue in the reader's time zone."""
        return self.window.until.astimezone(ZoneInfo(self.subscription.timezone)).date()


def issue(
    name: str, subscription: Subscription, recent: Sequence[Alert], told: frozenset[str], window: Window, seen: Coverage
) -> Issue:
    """The issue `name` of a subscription.

    `recent` are the alerts of the last WEEKS weeks and at least of the window, in feed order; `told` the ids that
    earlier issues told.
    """
    inside = [one for one in recent if window.reach < one.at <= window.until]
    items = select(inside, subscription.filter, told)
    asked = [one for one in recent if one.at <= window.until and matches(one.event, subscription.filter)]
    zone = ZoneInfo(subscription.timezone)
    day = window.until.astimezone(zone).date()
    return Issue(
        id=name,
        subscription=subscription,
        window=window,
        cards=items[:CARDS],
        also=items[CARDS : CARDS + ALSO],
        hidden=items[CARDS + ALSO :],
        counts=_counts(items, asked, subscription.filter.triggers, window),
        upcoming=_upcoming(asked, day),
        history=_history(asked, subscription.filter.triggers, day, zone),
        coverage=seen,
    )


def _counts(items: Iterable[Item], asked: Iterable[Alert], wanted: Sequence[str], window: Window) -> tuple[Count, ...]:
    now = Counter(alert.trigger for item in items for alert in item.alerts)
    before = Counter(one.trigger for one in asked if window.before < one.at <= window.since)
    names = list(dict.fromkeys((*wanted, *sorted({*now, *before}))))
    return tuple(Count(name, now[name], before[name]) for name in names)


def _upcoming(asked: Iterable[Alert], day: date) -> tuple[Upcoming, ...]:
    """Dates of the newest alert of each work, a cancelled one's left out."""
    newest = {one.event["subject"]: one for one in asked}
    found = [
        Upcoming(date.fromisoformat(text), role, one)
        for one in newest.values()
        if one.event["data"]["message_type"] != "cancel"
        for role, key in _ROLES.items()
        if (text := one.event["data"]["document"][key])
    ]
    ahead = [one for one in found if day <= one.on <= day + AHEAD]
    return tuple(sorted(ahead, key=lambda one: (one.on, one.role, one.alert.seq))[:UPCOMING])


def _history(asked: Iterable[Alert], wanted: Sequence[str], day: date, zone: ZoneInfo) -> History:
    weeks = tuple(day - timedelta(days=7 * back - 1) for back in range(WEEKS, 0, -1))
    tallies: dict[str, list[int]] = {name: [0] * WEEKS for name in wanted}
    for one in asked:
        week = (one.at.astimezone(zone).date() - weeks[0]).days // 7
        if 0 <= week < WEEKS:
            tallies.setdefault(one.trigger, [0] * WEEKS)[week] += 1
    return History(weeks, {name: tuple(row) for name, row in tallies.items()})
