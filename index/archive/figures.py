"""The numbers of the whole archive in the order of time, for books of prices and quotas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from index.archive import rows
from index.records import Cause, Fact, Version


@dataclass(frozen=True, slots=True)
class Figures:
    """A version with its facts; `withdrawn` is when its document was taken down, if it is down now."""

    version: Version
    cause: Cause
    facts: tuple[Fact, ...]
    withdrawn: datetime | None


class FigureShelf:
    """The shelf that reads facts across documents."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_triggers(self, triggers: Sequence[str]) -> Iterator[Figures]:
        """Versions of documents for which one of the triggers ever fired, each document's in their order, oldest first.

        A work with several addresses is read at its first publisher only. Versions without facts come too: they tell
        that a number is gone.
        """
        marks = ",".join("?" * len(triggers))
        sql = (
            "SELECT v.*, min(c.cause) AS why, (SELECT max(w.at) FROM changes w WHERE w.document = v.document"
            " AND w.kind = 'withdrawn' AND d.state = 'withdrawn') AS gone"
            " FROM versions v JOIN documents d ON d.id = v.document JOIN changes c ON c.document = v.document"
            " AND c.after = v.id AND c.kind IN ('new', 'amended')"
            " WHERE d.rowid = (SELECT min(o.rowid) FROM documents o WHERE o.work = v.work)"
            " AND v.document IN (SELECT x.document FROM tags t JOIN changes x ON x.id = t.change"
            f" WHERE t.fires = 1 AND t.trigger IN ({marks}))"
            " AND v.document IN (SELECT n.document FROM facts f JOIN versions n ON n.id = f.version"
            " WHERE f.kind IN ('price', 'quota'))"
            " GROUP BY v.id, d.state ORDER BY v.first_seen, v.rowid"
        )
        for row in self._db.query(sql, list(triggers)):
            yield Figures(rows.version(row), row["why"], self._facts(row["id"]), rows.maybe_moment(row["gone"]))

    def _facts(self, version: str) -> tuple[Fact, ...]:
        sql = "SELECT * FROM facts WHERE version = ? AND kind IN ('price', 'quota') ORDER BY position"
        return tuple(rows.fact(row) for row in self._db.query(sql, [version]))

    def begins(self) -> datetime | None:
        """When the archive saw its first version."""
        return rows.maybe_moment(next(iter(self._db.query("SELECT min(first_seen) AS seen FROM versions")))["seen"])
