"""What changes inserted or replaced, clause by clause: their words and the names of their vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from index.archive import rows
from index.records import Change, ClauseChange

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AlteredClause:
    """A clause as it enters the index: its place in `change.diff.clauses`, the sha of its vector, its tokens."""

    position: int
    sha: str
    tokens: str


class AlteredRow(NamedTuple):
    """A clause of the index, with its change: when it was seen (UTC, ISO), its kind; `vector` (float16) if kept."""

    id: int
    change: str
    position: int
    document: str
    lang: str
    kind: str
    at: str
    vector: bytes | None


class Altered:
    """The shelf of changed clauses."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, change: Change, lang: str, clauses: Sequence[AlteredClause]) -> None:
        """Index the clauses of a change; those indexed already are left as they are."""
        for clause in clauses:
            row = {"change": change.id, "position": clause.position, "document": change.document}
            if rows.insert(self._db, "altered", row | {"lang": lang, "sha": clause.sha}):
                sql = 'SELECT id FROM altered WHERE "change" = ? AND position = ?'
                (number,) = self._db.execute(sql, [change.id, clause.position]).fetchone()
                self._db.execute("INSERT INTO altered_fts (rowid, tokens) VALUES (?, ?)", [number, clause.tokens])

    def rows(self, model: str, until: datetime | None = None) -> Iterator[AlteredRow]:
        """Every clause that a source changed, oldest first; `until`: only those seen before."""
        sql = (
            "SELECT a.id, a.change, a.position, a.document, a.lang, c.kind, c.at, x.vector FROM altered a"
            " JOIN changes c ON c.id = a.change LEFT JOIN vectors x ON x.model = ? AND x.sha = a.sha"
            " WHERE c.cause = 'source'"
        )
        bound = [model] if until is None else [model, rows.stamp(until)]
        found = self._db.execute(sql + ("" if until is None else " AND c.at < ?") + " ORDER BY a.id", bound)
        yield from map(AlteredRow._make, found)

    def lexical(self, match: str, langs: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """Clauses that match an FTS5 expression, best first, with BM25 (higher is better)."""
        sql = (
            "SELECT a.id, -bm25(altered_fts) AS score FROM altered_fts JOIN altered a ON a.id = altered_fts.rowid"
            f" WHERE altered_fts MATCH ? AND a.lang IN ({_marks(langs)}) ORDER BY score DESC LIMIT ?"
        )
        return list(self._db.execute(sql, [match, *langs, limit]))

    def holding(self, match: str) -> set[int]:
        """The clauses that match an FTS5 expression."""
        return {row[0] for row in self._db.execute("SELECT rowid FROM altered_fts WHERE altered_fts MATCH ?", [match])}

    def fired(self) -> set[tuple[str, str]]:
        """Each change with altered clauses and each trigger that fired on it."""
        sql = "SELECT change, trigger FROM tags WHERE fires = 1 AND change IN (SELECT change FROM altered)"
        return set(self._db.execute(sql))

    def clauses(self, changes: Sequence[str]) -> dict[str, tuple[Change, tuple[ClauseChange, ...]]]:
        """Changes by id, each with the clauses of its diff."""
        found = {}
        for start in range(0, len(changes), _AT_ONCE):
            part = list(changes[start : start + _AT_ONCE])
            for row in self._db.query(f"SELECT * FROM changes WHERE id IN ({_marks(part)})", part):
                change = rows.change(row)
                found[change.id] = (change, change.diff.clauses)
        return found


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
