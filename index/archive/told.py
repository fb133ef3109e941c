"""Reading the feed as consumers do, and the receivers who want no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from index.archive import rows
from index.records import Delivery

Cause = Literal["unsubscribed", "gone"]


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the feed as stored: `event` is its JSON text, byte for byte what was written."""

    seq: int
    id: str
    trigger: str
    at: datetime
    event: str


@dataclass(frozen=True, slots=True)
class Silenced:
    """A receiver who is told no more of a subscription: they asked (unsubscribed), or their address said 410 (gone)."""

    subscription: str
    receiver: str
    cause: Cause
    at: datetime


@dataclass(frozen=True, slots=True)
class Down:
    """A route on which nothing gets through since `since`; it is tried again at `until`."""

    route: str
    since: datetime
    until: datetime
    reason: str


class Told:
    """The shelf of consumers: places in the feed, receivers who left, deliveries given up, routes that are down."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def after(self, seq: int, limit: int) -> list[Line]:
        """The events after a place in the feed, in order, as text."""
        return self._lines("seq > ? ORDER BY seq LIMIT ?", [seq, limit])

    def before(self, seq: int, limit: int) -> list[Line]:
        """The events before a place in the feed, newest first, as text."""
        return self._lines("seq < ? ORDER BY seq DESC LIMIT ?", [seq, limit])

    def at_place(self, seq: int) -> str | None:
        """The id of the event at a place of the feed."""
        return next((row["id"] for row in self._db.query("SELECT id FROM alerts WHERE seq = ?", [seq])), None)

    def oldest(self, since: datetime) -> Line | None:
        """The first event of the feed that is not older than `since`; what follows it is never left out."""
        return next(iter(self._lines("at >= ? ORDER BY seq LIMIT 1", [rows.stamp(since)])), None)

    def silence(self, subscription: str, receiver: str, cause: Cause, at: datetime) -> bool:
        """Note that a receiver is told no more; False where that was known."""
        if (subscription, receiver) in {(one.subscription, one.receiver) for one in self.silenced()}:
            return False
        row = {"subscription": subscription, "receiver": receiver, "cause": cause, "at": rows.stamp(at)}
        rows.insert(self._db, "silenced", row)
        return True

    def resume(self, subscription: str, receiver: str) -> bool:
        """Tell a receiver again; False where they were told all along."""
        sql = "DELETE FROM silenced WHERE subscription = ? AND receiver = ?"
        return self._db.execute(sql, [subscription, receiver]).rowcount > 0

    def silenced(self) -> list[Silenced]:
        """All receivers who are told no more, by subscription and receiver."""
        found = self._db.query("SELECT * FROM silenced ORDER BY subscription, receiver")
        return [Silenced(row["subscription"], row["receiver"], row["cause"], rows.moment(row["at"])) for row in found]

    def left(self, subscription: str) -> frozenset[str]:
        """The receivers of a subscription who are told no more."""
        return frozenset(one.receiver for one in self.silenced() if one.subscription == subscription)

    def dead(self, channel: str | None = None) -> list[Delivery]:
        """The deliveries that were given up, of one channel or of all."""
        where, args = ("status = 'dead' AND channel = ?", [channel]) if channel else ("status = 'dead'", [])
        sql = f"SELECT * FROM deliveries WHERE {where} ORDER BY key"
        return [rows.delivery(row) for row in self._db.query(sql, args)]

    def give_up(self, subscription: str, receiver: str, reason: str, at: datetime) -> int:
        """End all pending deliveries of a receiver; how many."""
        sql = (
            "UPDATE deliveries SET status = 'dead', next_at = NULL, last_error = ?, settled_at = ?"
            " WHERE status = 'pending' AND subscription = ? AND receiver = ?"
        )
        return self._db.execute(sql, [reason, rows.stamp(at), subscription, receiver]).rowcount

    def down(self) -> list[Down]:
        """The routes on which nothing gets through, by name."""
        found = self._db.query("SELECT * FROM routes ORDER BY route")
        return [
            Down(row["route"], rows.moment(row["since"]), rows.moment(row["until"]), row["reason"]) for row in found
        ]

    def put_down(self, route: str, at: datetime, until: datetime, reason: str) -> None:
        """Note that a route failed at `at` and is tried again at `until`; since when it is down stays."""
        sql = (
            "INSERT INTO routes (route, since, until, reason) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (route) DO UPDATE SET until = excluded.until, reason = excluded.reason"
        )
        self._db.execute(sql, [route, rows.stamp(at), rows.stamp(until), reason])

    def put_up(self, route: str) -> bool:
        """Note that a route works; False where that was known."""
        return self._db.execute("DELETE FROM routes WHERE route = ?", [route]).rowcount > 0

    def waiting(self, route: str) -> int:
        """How many deliveries wait for a receiver, or for all receivers of a channel where `route` names one."""
        sql = "SELECT count(*) AS n FROM deliveries WHERE status = 'pending' AND ? IN (receiver, channel)"
        return int(next(iter(self._db.query(sql, [route])))["n"])

    def _lines(self, where: str, args: list[object]) -> list[Line]:
        found = self._db.query(f"SELECT seq, id, trigger, at, event FROM alerts WHERE {where}", args)
        return [Line(**{**row, "at": rows.moment(row["at"])}) for row in found]
