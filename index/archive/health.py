"""Runs of sources and the problems they met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from index.archive import rows
from index.records import Problem, ProblemKind, Run


class Asked(NamedTuple):
    """Requests of one source to one host, and the bytes of their answers."""

    host: str
    source: str
    requests: int
    bytes: int


class Health:
    """The shelf of source health: each problem is opened once and closed by recovery."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add_run(self, run: Run) -> None:
        """Keep one finished crawl of a source."""
        times = {"started_at": rows.stamp(run.started_at), "ended_at": run.ended_at and rows.stamp(run.ended_at)}
        self._db.table("runs").insert(asdict(run) | times)

    def add_asked(self, source: str, day: date, hosts: Mapping[str, tuple[int, int]]) -> None:
        """Count what a run asked of hosts: requests and bytes by host."""
        sql = (
            "INSERT INTO asked (day, host, source, requests, bytes) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (day, host, source) DO UPDATE"
            " SET requests = asked.requests + excluded.requests, bytes = asked.bytes + excluded.bytes"
        )
        for host, (requests, size) in hosts.items():
            self._db.execute(sql, [day.isoformat(), host, source, requests, size])

    def asked(self, since: date, until: date) -> list[Asked]:
        """What was asked of each host, by source, from one day to another, both included; by host, then source."""
        sql = (
            "SELECT host, source, sum(requests) AS requests, sum(bytes) AS bytes FROM asked WHERE day BETWEEN ? AND ?"
            " GROUP BY host, source ORDER BY host, source"
        )
        return [Asked(**row) for row in self._db.query(sql, [since.isoformat(), until.isoformat()])]

    def last_run(self, source: str) -> Run | None:
        """The newest run of a source."""
        row = next(self._db.table("runs").rows_where("source = ?", [source], order_by="started_at desc", limit=1), None)
        return rows.run(row) if row else None

    def runs(self, since: datetime) -> list[Run]:
        """The runs started since then, oldest first."""
        found = self._db.table("runs").rows_where("started_at >= ?", [rows.stamp(since)], order_by="started_at")
        return [rows.run(row) for row in found]

    def has_read(self, source: str) -> bool:
        """Whether any run of this source has ever read something; until then a crawl is its first."""
        where = "source = ? and (listed > 0 or new > 0 or unchanged > 0)"
        return bool(self._db.table("runs").count_where(where, [source]))

    def has_read_all(self, source: str) -> bool:
        """Whether any run of this source has read all it was shown; one cut short leaves old documents unseen."""
        where = "source = ? and new + unchanged > 0 and (problems = 0 or new + amended + unchanged >= listed)"
        return bool(self._db.table("runs").count_where(where, [source]))

    def first_run(self, source: str) -> Run | None:
        """The oldest run of a source."""
        found = self._db.table("runs").rows_where("source = ?", [source], order_by="started_at", limit=1)
        row = next(found, None)
        return rows.run(row) if row else None

    def open(self, problem: Problem) -> bool:
        """Open a problem; False where the same one (source, kind, address) is open already."""
        where = "source = ? and kind = ? and url = ? and closed_at is null"
        if self._db.table("problems").count_where(where, [problem.source, problem.kind, problem.url]):
            return False
        times = {"opened_at": rows.stamp(problem.opened_at), "closed_at": None}
        self._db.table("problems").insert(asdict(problem) | times)
        return True

    def close(self, source: str, url: str, at: datetime, kind: ProblemKind | None = None) -> list[Problem]:
        """Close the open problems of an address of a source (of one kind, if given) and return them."""
        where, args = "source = ? and url = ? and closed_at is null", [source, url]
        if kind:
            where, args = where + " and kind = ?", [*args, kind]
        found = [rows.problem(row) for row in self._db.table("problems").rows_where(where, args)]
        if found:
            self._db.execute(f"UPDATE problems SET closed_at = ? WHERE {where}", [rows.stamp(at), *args])
        return found

    def problems(self, source: str | None = None, *, open_only: bool = True) -> list[Problem]:
        """Problems of one source or of all, oldest first."""
        where, args = ("source = ?", [source]) if source else ("TRUE", [])
        if open_only:
            where += " and closed_at is null"
        return [rows.problem(row) for row in self._db.table("problems").rows_where(where, args, order_by="opened_at")]

    def problems_between(self, since: datetime, until: datetime) -> list[Problem]:
        """Problems opened, closed or open at some time in the window, oldest first."""
        where = "opened_at < ? and (closed_at is null or closed_at >= ?)"
        bounds = [rows.stamp(until), rows.stamp(since)]
        return [rows.problem(row) for row in self._db.table("problems").rows_where(where, bounds, order_by="opened_at")]
