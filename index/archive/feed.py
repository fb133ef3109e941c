"""The alert feed: events in one total order, written once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from index.archive import rows
from index.archive.log import Log
from index.records import Alert

Build = Callable[[int], Mapping[str, Any]]
"""Makes the event for its place in the feed; must be pure."""


class Feed:
    """The shelf of alerts. `seq` only grows; the same key is never added twice."""

    def __init__(self, db: Database, log: Log) -> None:
        self._db, self._log = db, log

    def has(self, key: str) -> bool:
        """Whether an alert with this key is in the feed."""
        return bool(self._db.table("alerts").count_where("key = ?", [key]))

    def add(self, key: str, change: str, trigger: str, work: str, at: datetime, build: Build) -> Alert | None:
        """Append an event at the next place, or return None where the key is there already.

        Call inside `archive.transaction()`, so that the place and the marks of the stage are kept together.
        """
        if self.has(key):
            return None
        seq = self.last_seq() + 1
        event = build(seq)
        row = {"seq": seq, "id": event["id"], "key": key, "change": change, "trigger": trigger, "work": work}
        row |= {"at": rows.stamp(at), "event": rows.dump(event)}
        with rows.whole(self._db):
            self._db.table("alerts").insert(row)
            self._log.append("alert", event["id"], row)
        return Alert(seq=seq, id=event["id"], key=key, change=change, trigger=trigger, at=at, event=event)

    def after(self, seq: int, limit: int = 1000) -> list[Alert]:
        """The alerts after a place in the feed, in order."""
        found = self._db.table("alerts").rows_where("seq > ?", [seq], order_by="seq", limit=limit)
        return [rows.alert(row) for row in found]

    def between(self, since: datetime, until: datetime) -> list[Alert]:
        """The alerts made from `since` on and before `until`, in order."""
        bounds = [rows.stamp(since), rows.stamp(until)]
        return [
            rows.alert(row) for row in self._db.table("alerts").rows_where("at >= ? and at < ?", bounds, order_by="seq")
        ]

    def alert(self, key: str) -> Alert | None:
        """An alert by event id or by alert key."""
        row = next(self._db.table("alerts").rows_where("id = ? or key = ?", [key, key]), None)
        return rows.alert(row) if row else None

    def of_change(self, change: str) -> list[Alert]:
        """The alerts that a change gave rise to."""
        return [rows.alert(row) for row in self._db.table("alerts").rows_where("change = ?", [change], order_by="seq")]

    def of_work(self, work: str, trigger: str) -> list[Alert]:
        """The alerts of one work and trigger, oldest first."""
        where = self._db.table("alerts").rows_where("work = ? and trigger = ?", [work, trigger], order_by="seq")
        return [rows.alert(row) for row in where]

    def last_seq(self) -> int:
        """The last place taken, 0 for an empty feed."""
        return next(iter(self._db.query("SELECT coalesce(max(seq), 0) AS seq FROM alerts")))["seq"] or 0
