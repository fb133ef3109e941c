"""Reminders: dates of documents that come near, each made once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from index.archive import rows
from index.relations import Reminder


class Reminders:
    """The shelf of reminders."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, reminders: Iterable[Reminder]) -> list[Reminder]:
        """Keep reminders and return those that were not there."""
        return [one for one in reminders if self._add_one(one)]

    def _add_one(self, one: Reminder) -> bool:
        if next(iter(self._db.query("SELECT 1 FROM reminders WHERE id = ?", [one.id])), None):
            return False
        rows.insert(self._db, "reminders", asdict(one) | {"day": one.day.isoformat(), "at": rows.stamp(one.at)})
        return True

    def between(self, since: datetime, until: datetime) -> list[Reminder]:
        """The reminders made from `since` on and before `until`, in order."""
        sql = "SELECT * FROM reminders WHERE at >= ? AND at < ? ORDER BY seq"
        return [_reminder(row) for row in self._db.query(sql, [rows.stamp(since), rows.stamp(until)])]

    def of_work(self, work: str) -> list[Reminder]:
        """The reminders made of a work's dates, oldest first."""
        return [_reminder(row) for row in self._db.query("SELECT * FROM reminders WHERE work = ? ORDER BY seq", [work])]

    def pending(self, stage: str) -> list[Reminder]:
        """The reminders a stage has not dealt with; it says so with `judgements.done(stage, ids, at)`."""
        sql = (
            "SELECT * FROM reminders r WHERE NOT EXISTS (SELECT 1 FROM done d WHERE d.stage = ? AND d.change = r.id)"
            " ORDER BY seq"
        )
        return [_reminder(row) for row in self._db.query(sql, [stage])]


def _reminder(row: rows.Row) -> Reminder:
    names: tuple[Any, ...] = ("id", "role", "document", "work", "version", "source", "lead")
    spelled = {name: row[name] for name in names}
    return Reminder(**spelled, day=date.fromisoformat(row["day"]), at=rows.moment(row["at"]))
