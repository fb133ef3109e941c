"""Who works on what now: parts of the work (a site, a document), each with its holder until a time.

A holder renews what it has; what it has not renewed in time anyone may take. Times come from `Archive.now`, the one
clock that all who share the archive can read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlite_utils import Database

from index.archive import rows
from index.records import Change


class Leases:
    """The shelf of leases."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def free(self, parts: Collection[str], holder: str, now: datetime) -> bool:
        """Whether no other holder has any of these parts."""
        sql = f"SELECT 1 FROM leases WHERE part IN ({_marks(parts)}) AND holder <> ? AND until > ?"
        return self._db.execute(sql, [*parts, holder, rows.stamp(now)]).fetchone() is None

    def take(self, parts: Collection[str], holder: str, now: datetime, until: datetime) -> bool:
        """Take all of these parts or, where another has one, none; call inside a transaction."""
        if not self.free(parts, holder, now):
            return False
        sql = (
            "INSERT INTO leases (part, holder, until) VALUES (?, ?, ?)"
            " ON CONFLICT (part) DO UPDATE SET holder = excluded.holder, until = excluded.until"
        )
        for part in sorted(parts):
            self._db.execute(sql, [part, holder, rows.stamp(until)])
        return True

    def renew(self, holder: str, until: datetime) -> set[str]:
        """Keep what a holder has until then, and return it: what another has taken meanwhile is missing."""
        self._db.execute("UPDATE leases SET until = ? WHERE holder = ?", [rows.stamp(until), holder])
        return {part for (part,) in self._db.execute("SELECT part FROM leases WHERE holder = ?", [holder])}

    def release(self, parts: Collection[str], holder: str, rest: datetime | None = None) -> None:
        """Give parts back; with `rest` nobody may take them before then."""
        if rest is None:
            sql, args = "DELETE FROM leases", list[str]()
        else:
            sql, args = "UPDATE leases SET holder = '', until = ?", [rows.stamp(rest)]
        self._db.execute(f"{sql} WHERE holder = ? AND part IN ({_marks(parts)})", [*args, holder, *parts])

    def claim(self, stage: str, holder: str, now: datetime, until: datetime, limit: int) -> list[Change]:
        """Up to `limit` changes that a stage has not done, oldest first, whose documents nobody else works on.

        Their documents are the holder's then (parts `document ID`), so that changes of one document stay in their
        order. Call inside a transaction.
        """
        sql = (
            "SELECT * FROM changes c WHERE NOT EXISTS (SELECT 1 FROM done d WHERE d.stage = ? AND d.change = c.id)"
            " AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.part = 'document ' || c.document AND l.holder <> ?"
            " AND l.until > ?) ORDER BY c.seq LIMIT ?"
        )
        found = [rows.change(row) for row in self._db.query(sql, [stage, holder, rows.stamp(now), limit])]
        self.take(parts_of(found), holder, now, until)
        return found


def parts_of(changes: Sequence[Change]) -> set[str]:
    """The documents of changes, as parts of the work."""
    return {f"document {change.document}" for change in changes}


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))
