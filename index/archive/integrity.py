"""Whether the archive still says what was written: rows against the log, references, and the file itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from sqlite_utils import Database

from index.archive.log import ORDER, TABLES, Head, Kind, Log, record, subject
from index.merkle import Frontier, leaf

_REFERENCES = (
    ("versions", "document", "documents", "id"),
    ("versions", "previous", "versions", "id"),
    ("versions", "page_sha256", "pages", "sha256"),
    ("documents", "work", "works", "id"),
    ("documents", "latest", "versions", "id"),
    ("changes", "document", "documents", "id"),
    ("changes", "before", "versions", "id"),
    ("changes", "after", "versions", "id"),
    ("tags", "change", "changes", "id"),
    ("facts", "version", "versions", "id"),
    ("alerts", "change", "changes", "id"),
    ("citations", "version", "versions", "id"),
    ("reminders", "version", "versions", "id"),
    ("passages", "version", "versions", "id"),
    ("feedback", "version", "versions", "id"),
    ("digest_items", "issue", "digests", "issue"),
)
_SHOWN = 20
"""Rows named of one broken reference; the rest are counted."""


class Fault(NamedTuple):
    """One thing that is not as it was written: `where` names the table and row, or the file; `what` says how."""

    where: str
    what: str


class Integrity:
    """Reads the whole archive and yields what is wrong; reads only, in memory that does not grow with it."""

    def __init__(self, db: Database, log: Log, damage: Callable[[], Iterator[str]]) -> None:
        self._db, self._log, self._damage = db, log, damage

    def file(self) -> Iterator[Fault]:
        """Faults of the database file itself."""
        for said in self._damage():
            yield Fault("archive", f"{said}; restore it from a backup")

    def rows(self) -> Iterator[Fault]:
        """Rows that no longer agree with the log: altered, removed or slipped in."""
        for kind, sql in ORDER:
            yield from self._altered(kind, sql)
            yield from self._removed(kind)

    def _altered(self, kind: Kind, sql: str) -> Iterator[Fault]:
        for row in self._db.query(sql):
            name = subject(kind, row)
            held = self._log.leaf(kind, name)
            before = self._log.leaf("version", row["previous"]) if kind == "version" and row["previous"] else None
            if held is None:
                yield Fault(f"{TABLES[kind]} {name}", "is in no entry of the log: it was put in from outside")
            elif held != leaf(record(kind, row, before)):
                yield Fault(f"{TABLES[kind]} {name}", "is not what was logged: it was altered from outside")

    def _removed(self, kind: Kind) -> Iterator[Fault]:
        table = TABLES[kind]
        match = "t.id = CAST(log.subject AS BIGINT)" if kind == "page" else "t.id = log.subject"
        sql = f"SELECT subject FROM log WHERE kind = ? AND NOT EXISTS (SELECT 1 FROM {table} t WHERE {match})"
        for (name,) in self._db.execute(sql, [kind]):
            yield Fault(f"{table} {name}", "is in the log and no longer in the table: it was removed from outside")

    def log(self, told: tuple[Head, ...] = ()) -> Iterator[Fault]:
        """Whether the log leads to its own root, and to every root that was told, here or (`told`) elsewhere."""
        expected: dict[int, set[str]] = {}
        for head in (*self._log.heads(), *told):
            expected.setdefault(head.size, set()).add(head.root)
        frontier, state = Frontier(), self._log.frontier()
        if (roots := expected.pop(0, None)) and roots != {frontier.root.hex()}:
            yield Fault("heads 0", "an empty log has another root than the one that was told")
        for place, hashed in self._db.execute("SELECT place, leaf FROM log ORDER BY place"):
            if place != frontier.size:
                yield Fault(f"log {frontier.size}", "is missing: an entry of the log was removed")
                return
            frontier = frontier.add(bytes(hashed))
            if (roots := expected.pop(frontier.size, None)) and roots != {frontier.root.hex()}:
                yield Fault(f"log {place}", f"at {frontier.size} entries the root is not the one that was told")
        if frontier != state:
            yield Fault("log_state", f"the log's {frontier.size} entries do not lead to its root")
        for size in sorted(expected):
            yield Fault(f"heads {size}", f"a root was told of {size} entries; the log has {frontier.size}")

    def references(self) -> Iterator[Fault]:
        """Rows that name a row which is not there."""
        for table, column, other, key in _REFERENCES:
            sql = (
                f'SELECT t."{column}" FROM {table} t WHERE t."{column}" IS NOT NULL'
                f' AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o."{key}" = t."{column}")'
            )
            missing = [row[0] for row in islice(self._db.execute(sql), _SHOWN)]
            for name in missing:
                yield Fault(f"{table}.{column} {name}", f"names a row that {other} does not have")

    def vectors(self) -> Iterator[Fault]:
        """Vectors whose length is not that of the others of their model."""
        sql = (
            "SELECT model, sha, length(vector) FROM vectors v WHERE length(vector) <>"
            " (SELECT length(vector) FROM vectors w WHERE w.model = v.model LIMIT 1)"
        )
        for model, sha, size in islice(self._db.execute(sql), _SHOWN):
            yield Fault(f"vectors {model} {sha}", f"has {size} bytes, unlike the others; delete it, it is made again")

    def snapshots(self) -> Iterator[str]:
        """The sha256 of every page's bytes that should be there."""
        sql = "SELECT DISTINCT sha256 FROM pages WHERE sha256 NOT IN (SELECT sha256 FROM released) ORDER BY sha256"
        return (row[0] for row in self._db.execute(sql))
