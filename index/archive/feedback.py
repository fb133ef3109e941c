"""What analysts said of alerts: right or wrong, by which model the tag was made, and what others said of the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from index.archive import rows


@dataclass(frozen=True, slots=True)
class Verdict:
    """One analyst's word on one trigger of one alert's document: whether the trigger is right for it.

    `change` and `version` are the alert's; `model` and `trigger_version` those of the tag that was judged, so that
    feedback on an old model stays told apart. `by` is a name the analyst gives, or empty.
    """

    alert: str
    change: str
    version: str
    trigger: str
    trigger_version: str
    right: bool
    note: str
    model: str
    by: str
    at: datetime


class Feedback:
    """The shelf of verdicts. Nothing is deleted: a settled verdict stays, and no longer counts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, verdict: Verdict) -> bool:
        """Keep a verdict; False where the same analyst said the same of the same alert, trigger and model already."""
        sql = (
            'SELECT 1 FROM feedback WHERE alert = ? AND "trigger" = ? AND "right" = ? AND model = ? AND "by" = ?'
            " AND settled_at IS NULL"
        )
        known = [verdict.alert, verdict.trigger, int(verdict.right), verdict.model, verdict.by]
        if next(iter(self._db.query(sql, known)), None):
            return False
        row = asdict(verdict) | {"right": int(verdict.right), "at": rows.stamp(verdict.at)}
        rows.insert(self._db, "feedback", row)
        return True

    def all(self) -> list[Verdict]:
        """Every verdict that counts, oldest first."""
        return [_verdict(row) for row in self._db.query("SELECT * FROM feedback WHERE settled_at IS NULL ORDER BY id")]

    def settle(self, version: str, trigger: str, at: datetime) -> int:
        """Let earlier verdicts on a version and trigger count no more; how many."""
        sql = 'UPDATE feedback SET settled_at = ? WHERE version = ? AND "trigger" = ? AND settled_at IS NULL'
        return self._db.execute(sql, [rows.stamp(at), version, trigger]).rowcount

    def conflicts(self) -> list[list[Verdict]]:
        """Groups of verdicts that contradict each other: one version and trigger, both right and wrong."""
        groups: dict[tuple[str, str], list[Verdict]] = {}
        for one in self.all():
            groups.setdefault((one.version, one.trigger), []).append(one)
        return [group for group in groups.values() if len({one.right for one in group}) > 1]


def _verdict(row: dict[str, Any]) -> Verdict:
    given = {name: row[name] for name in row if name not in {"id", "settled_at"}}
    return Verdict(**given | {"right": bool(row["right"]), "at": rows.moment(row["at"])})
