"""Issues of digests, what each subscription has been told, and the ledger of deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from index.archive import rows
from index.records import Delivery

_FARTHEST = timedelta(hours=27)
"""No attempt is planned further ahead (24 h and a tenth): what seems to be was planned before the clock went back."""


class Ledger:
    """The shelf of telling: an item is told to a subscription once, a delivery happens once."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def told(self, subscription: str) -> set[str]:
        """The ids of alerts that a subscription's digests have held."""
        found = self._db.table("digest_items").rows_where("subscription = ?", [subscription], select="alert")
        return {row["alert"] for row in found}

    def issue(self, issue: str) -> dict[str, Any] | None:
        """An issue's row: issue, subscription, made_at, folder, subject."""
        return next(self._db.table("digests").rows_where("issue = ?", [issue]), None)

    def issues(self, subscription: str) -> list[dict[str, Any]]:
        """The issues of a subscription, oldest first."""
        return list(self._db.table("digests").rows_where("subscription = ?", [subscription], order_by="made_at"))

    def add_issue(self, row: dict[str, Any], alerts: Iterable[str], made_at: datetime) -> None:
        """Keep an issue (issue, subscription, folder, subject) and the alerts it told."""
        self._db.table("digests").insert(row | {"made_at": rows.stamp(made_at)}, ignore=True)
        told = [{"subscription": row["subscription"], "alert": alert, "issue": row["issue"]} for alert in alerts]
        self._db.table("digest_items").insert_all(told, ignore=True)

    def queue(self, deliveries: Iterable[Delivery]) -> None:
        """Put deliveries into the ledger; one that is there already is left as it stands."""
        self._db.table("deliveries").insert_all([_spelled(one) for one in deliveries], ignore=True)

    def due(self, now: datetime) -> list[Delivery]:
        """The pending deliveries whose time has come, in the order of their keys: of one receiver, feed order."""
        found = self._db.table("deliveries").rows_where(
            "status = 'pending' and (next_at is null or next_at <= ? or next_at > ?)",
            [rows.stamp(now), rows.stamp(now + _FARTHEST)],
            order_by="key",
        )
        return [rows.delivery(row) for row in found]

    def settle(self, delivery: Delivery, at: datetime) -> None:
        """Write what became of a delivery attempt."""
        self._db.table("deliveries").insert(_spelled(delivery) | {"settled_at": rows.stamp(at)}, replace=True)

    def deliveries(self, issue: str | None = None) -> list[Delivery]:
        """The ledger, or the part of one issue."""
        where, args = ("issue = ?", [issue]) if issue else ("TRUE", [])
        return [rows.delivery(row) for row in self._db.table("deliveries").rows_where(where, args, order_by="key")]


def _spelled(delivery: Delivery) -> dict[str, Any]:
    return asdict(delivery) | {"next_at": delivery.next_at and rows.stamp(delivery.next_at)}
