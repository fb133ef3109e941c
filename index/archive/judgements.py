"""Tags and facts, and which stage has dealt with which change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from index.archive import rows
from index.records import Fact, Tag


class Judgements:
    """The shelf of what was judged of changes and versions."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def done(self, stage: str, changes: Iterable[str], at: datetime) -> None:
        """Note that a stage has dealt with these changes."""
        marks = [{"stage": stage, "change": change, "at": rows.stamp(at)} for change in changes]
        self._db.table("done").insert_all(marks, ignore=True)

    def is_done(self, stage: str, change: str) -> bool:
        """Whether a stage has dealt with a change, a version or a reminder."""
        found = self._db.query("SELECT 1 FROM done WHERE stage = ? AND change = ?", [stage, change])
        return next(iter(found), None) is not None

    def add_tags(self, tags: Iterable[Tag]) -> None:
        """Keep tags; a change has one tag for each trigger, and the first stays."""
        self._db.table("tags").insert_all([rows.tag_row(tag) for tag in tags], ignore=True)

    def tags(self, change: str) -> list[Tag]:
        """The tags of a change, by trigger."""
        return [rows.tag(row) for row in self._db.table("tags").rows_where("change = ?", [change], order_by="trigger")]

    def add_facts(self, version: str, facts: Iterable[Fact]) -> None:
        """Keep the facts of a version, in the order of the text."""
        spelled = [
            asdict(fact) | {"version": version, "position": position, "values": rows.dump(dict(fact.values))}
            for position, fact in enumerate(facts)
        ]
        self._db.table("facts").insert_all(spelled, ignore=True)

    def facts(self, version: str) -> list[Fact]:
        """The facts of a version, in the order of the text."""
        return [
            rows.fact(row) for row in self._db.table("facts").rows_where("version = ?", [version], order_by="position")
        ]

    def fired(self, since: datetime) -> list[dict[str, Any]]:
        """Tags that fired on changes seen since then, oldest first, one row each.

        Keys: trigger, direction, score, and of the change id, kind, work, source, at, after, repost, baseline; what
        scenario windows count.
        """
        sql = (
            "SELECT t.trigger, t.direction, t.score, c.id AS change, c.kind, c.work, c.source, c.at, c.after, c.repost,"
            " c.baseline FROM tags t JOIN changes c ON c.id = t.change"
            " WHERE t.fires = 1 AND c.cause = 'source' AND c.at >= ? ORDER BY c.seq, t.trigger"
        )
        return [{**row, "at": rows.moment(row["at"])} for row in self._db.query(sql, [rows.stamp(since)])]
