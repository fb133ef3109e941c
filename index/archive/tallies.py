"""How much there is of everything: the numbers that metrics and reports are made of. No text is read for them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from index.archive import rows
from index.records import ProblemKind


class Crawled(NamedTuple):
    """All runs of one source together; `seconds` is the time the newest took, times are aware."""

    source: str
    runs: int
    requests: int
    bytes: int
    new: int
    amended: int
    seconds: float
    last_success: datetime | None
    """Start of the newest run that asked for something and met no problem."""


class Tallies:
    """The shelf of counts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def crawled(self) -> list[Crawled]:
        """The runs of every source that has any, by source."""
        sql = (
            "SELECT source, count(*) AS runs, sum(requests) AS requests, sum(bytes) AS bytes, sum(new) AS new,"
            " sum(amended) AS amended, max(CASE WHEN problems = 0 AND requests > 0 THEN started_at END) AS good"
            " FROM runs GROUP BY source ORDER BY source"
        )
        spent = self._seconds()
        return [
            Crawled(
                *(row["source"], row["runs"], int(row["requests"]), int(row["bytes"])),
                *(int(row["new"]), int(row["amended"]), spent.get(row["source"], 0.0)),
                rows.maybe_moment(row["good"]),
            )
            for row in self._db.query(sql)
        ]

    def _seconds(self) -> dict[str, float]:
        """How long the newest run of each source took."""
        sql = "SELECT source, started_at, ended_at FROM runs WHERE id IN (SELECT max(id) FROM runs GROUP BY source)"
        spans = ((source, rows.moment(start), rows.maybe_moment(end)) for source, start, end in self._db.execute(sql))
        return {source: (end - start).total_seconds() for source, start, end in spans if end}

    def began(self) -> datetime | None:
        """When the first crawl of all began."""
        ((first,),) = self._db.execute("SELECT min(started_at) FROM runs")
        return rows.maybe_moment(first)

    def problems(self) -> dict[tuple[str, ProblemKind], int]:
        """Open problems by source and kind."""
        sql = "SELECT source, kind, count(*) AS n FROM problems WHERE closed_at IS NULL GROUP BY source, kind"
        return {(row["source"], row["kind"]): row["n"] for row in self._db.query(sql)}

    def changes(self) -> dict[str, int]:
        """Changes by source."""
        sql = "SELECT source, count(*) AS n FROM changes GROUP BY source"
        return {row["source"]: row["n"] for row in self._db.query(sql)}

    def changes_between(self, since: datetime, until: datetime) -> dict[str, int]:
        """Changes of publishers by kind, without what a first crawl found; from `since` on and before `until`."""
        sql = (
            "SELECT kind, count(*) AS n FROM changes WHERE at >= ? AND at < ? AND cause = 'source' AND baseline = 0"
            " GROUP BY kind"
        )
        return {row["kind"]: row["n"] for row in self._db.query(sql, [rows.stamp(since), rows.stamp(until)])}

    def rows(self, *tables: str) -> dict[str, int]:
        """How many rows some tables have."""
        return {table: int(self._db.table(table).count) for table in tables}

    def waiting(self, stage: str, after: str | None = None) -> int:
        """How many changes `Documents.pending` would give."""
        sql = "SELECT count(*) FROM changes c WHERE NOT EXISTS (SELECT 1 FROM done d WHERE d.stage = ?"
        sql, args = sql + " AND d.change = c.id)", [stage]
        if after:
            sql, args = sql + " AND EXISTS (SELECT 1 FROM done d WHERE d.stage = ? AND d.change = c.id)", [stage, after]
        return int(self._db.execute(sql, args).fetchone()[0])

    def deliveries(self) -> dict[str, int]:
        """Deliveries by status."""
        found = self._db.query("SELECT status, count(*) AS n FROM deliveries GROUP BY status")
        return {row["status"]: row["n"] for row in found}

    def settled(self, since: datetime, until: datetime) -> dict[str, int]:
        """Deliveries that were sent or given up from `since` on and before `until`, by status."""
        sql = (
            "SELECT status, count(*) AS n FROM deliveries WHERE settled_at >= ? AND settled_at < ?"
            " AND status IN ('sent', 'dead') GROUP BY status"
        )
        return {row["status"]: row["n"] for row in self._db.query(sql, [rows.stamp(since), rows.stamp(until)])}

    def pages_between(self, since: datetime, until: datetime) -> int:
        """Pages received from `since` on and before `until`."""
        sql = "SELECT count(*) FROM pages WHERE fetched_at >= ? AND fetched_at < ?"
        return int(self._db.execute(sql, [rows.stamp(since), rows.stamp(until)]).fetchone()[0])
