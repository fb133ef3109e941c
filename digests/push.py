"""Webhook subscriptions: every event asked for is queued for every receiver, unfolded, corrections included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from config.subscription import Subscription
from digests.issue import Window
from digests.selection import matches
from index.archive.archive import Archive
from index.records import Alert, Delivery


def queue(archive: Archive, name: str, subscription: Subscription, recent: Sequence[Alert], window: Window) -> int:
    """Queue what was never queued for this subscription and return how many events that were.

    `name` is the issue under which they are noted; nothing is noted where there is nothing new.
    """
    told = archive.ledger.told(subscription.id)
    fresh = [
        one
        for one in recent
        if window.reach < one.at <= window.until and one.id not in told and matches(one.event, subscription.filter)
    ]
    if fresh:
        _note(archive, name, subscription, fresh, window.until)
    return len(fresh)


def replay(archive: Archive, subscription: Subscription, since: str, now: datetime) -> int:
    """Queue every event asked for after `since` (an event id) again, sent or not; return how many deliveries wait.

    The receiver knows them by `webhook-id`, which stays. Receivers who are gone are left out.
    """
    places = int(since[:12])
    left = archive.told.left(subscription.id)
    again = [
        delivery(subscription.id, alert.id, to)
        for alert in _all_after(archive, places)
        if matches(alert.event, subscription.filter)
        for to in subscription.to
        if to not in left
    ]
    with archive.transaction():
        for one in again:
            archive.ledger.settle(one, now)
    return len(again)


def _all_after(archive: Archive, seq: int) -> Iterator[Alert]:
    while alerts := archive.feed.after(seq):
        yield from alerts
        seq = alerts[-1].seq


def delivery(subscription: str, event: str, receiver: str) -> Delivery:
    """The row of the ledger for one event and one receiver."""
    return Delivery(
        f"{subscription}/{event}/{receiver}", subscription, event, "webhook", receiver, "pending", 0, None, None
    )


def _note(archive: Archive, name: str, subscription: Subscription, fresh: Sequence[Alert], now: datetime) -> None:
    row = {"issue": name, "subscription": subscription.id, "folder": "", "subject": ""}
    with archive.transaction():
        left = archive.told.left(subscription.id)
        archive.ledger.add_issue(row, [one.id for one in fresh], now)
        archive.ledger.queue(
            delivery(subscription.id, one.id, to) for one in fresh for to in subscription.to if to not in left
        )
