"""How works hang together: what they are cited by, what cites them, which texts are nearly alike, what ended them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from index.archive import rows
from index.records import Version
from index.relations import Citation, CitationKind

_NEWEST = 8  # versions looked at in one band: reprints follow their original soon, and templates fill a band


class Kinship:
    """The shelf of relations between works."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # Names and citations

    def add_names(self, work: str, keys: Iterable[str]) -> None:
        """Note by which keys (`index.citations.own_keys`) a work may be cited."""
        self._many("INSERT OR IGNORE INTO names (key, work) VALUES (?, ?)", [(key, work) for key in keys])

    def named(self, key: str) -> list[str]:
        """The works that a key may mean."""
        return [row["work"] for row in self._db.query("SELECT work FROM names WHERE key = ? ORDER BY work", [key])]

    def undescribed(self) -> list[str]:
        """The ids of versions with neither name, citation nor signature, oldest first."""
        sql = (
            "SELECT id FROM versions v WHERE NOT EXISTS (SELECT 1 FROM names n WHERE n.work = v.work)"
            " AND NOT EXISTS (SELECT 1 FROM citations c WHERE c.version = v.id)"
            " AND NOT EXISTS (SELECT 1 FROM signatures s WHERE s.version = v.rowid) ORDER BY v.rowid"
        )
        return [row["id"] for row in self._db.query(sql)]

    def names(self, work: str) -> list[str]:
        """The keys of a work."""
        return [row["key"] for row in self._db.query("SELECT key FROM names WHERE work = ? ORDER BY key", [work])]

    def add_citations(self, version: str, citations: Iterable[Citation]) -> None:
        """Keep what a version cites."""
        sql = 'INSERT OR IGNORE INTO citations (version, start, "end", key, kind, quote) VALUES (?, ?, ?, ?, ?, ?)'
        self._many(sql, [(version, one.start, one.end, one.key, one.kind, one.quote) for one in citations])

    def _many(self, sql: str, values: Sequence[tuple[Any, ...]]) -> None:
        if self._db.conn.in_transaction:  # as on the way of every new version
            self._db.conn.executemany(sql, values)
            return
        with self._db.atomic():
            self._db.conn.executemany(sql, values)

    def citations(self, version: str) -> list[Citation]:
        """What a version cites, in the order of its text."""
        found = self._db.query("SELECT * FROM citations WHERE version = ? ORDER BY start", [version])
        return [Citation(row["key"], row["kind"], row["quote"], row["start"], row["end"]) for row in found]

    def citing(self, work: str, kind: CitationKind | None = None) -> list[dict[str, Any]]:
        """The documents whose newest version cites a work, first seen first, one row a document.

        Keys: document, work, source, url, title, published, state, kind, quote, start, and `works`: how many works the
        name may mean; 1 where it is certain. Documents of the work itself are left out.
        """
        where, args = ("AND c.kind = ?", [work, work, kind]) if kind else ("", [work, work])
        sql = (
            "SELECT d.id AS document, d.work, d.source, d.url, v.title, v.published, d.state, c.kind, c.quote, c.start,"
            " (SELECT count(*) FROM names m WHERE m.key = c.key) AS works"
            " FROM names n JOIN citations c ON c.key = n.key JOIN versions v ON v.id = c.version"
            f" JOIN documents d ON d.latest = v.id WHERE n.work = ? AND d.work <> ? {where}"
            " ORDER BY works, c.kind = 'cites', c.start"
        )
        first: dict[str, dict[str, Any]] = {}
        for row in self._db.query(sql, args):
            first.setdefault(row["document"], row)
        order = {row["id"]: row["rowid"] for row in self._rowids(list(first))}
        return sorted(first.values(), key=lambda row: order[row["document"]])

    def _rowids(self, documents: Sequence[str]) -> Iterable[dict[str, Any]]:
        marks = ",".join("?" * len(documents))
        return self._db.query(f"SELECT id, rowid FROM documents WHERE id IN ({marks})", list(documents))

    # Texts nearly alike

    def sign(self, version: str, signature: bytes, bands: Iterable[int]) -> None:
        """Keep the signature of a version where near texts will find it."""
        row = self._db.execute("SELECT rowid FROM versions WHERE id = ?", [version]).fetchone()
        self._db.execute("INSERT OR IGNORE INTO signatures (version, signature) VALUES (?, ?)", [row[0], signature])
        values = [(band, row[0]) for band in bands]
        self._many("INSERT OR IGNORE INTO bands (band, version) VALUES (?, ?)", values)

    def near(self, bands: Sequence[int], limit: int = 12) -> list[tuple[int, bytes]]:
        """Signed versions that share most of these bands: (row, signature)."""
        one = f"SELECT version FROM (SELECT version FROM bands WHERE band = ? ORDER BY version DESC LIMIT {_NEWEST})"
        found = self._db.execute(" UNION ALL ".join([one] * len(bands)), list(bands)).fetchall()
        best = [row for row, _ in Counter(row for (row,) in found).most_common(limit)]
        marks = ",".join("?" * len(best))
        return list(self._db.execute(f"SELECT version, signature FROM signatures WHERE version IN ({marks})", best))

    def signed_version(self, row: int) -> Version:
        """The version behind a row of `near`."""
        return rows.version(next(iter(self._db.query("SELECT * FROM versions WHERE rowid = ?", [row]))))

    # Ends

    def add_repeal(self, work: str, by: Version, document: str, seen: datetime, due: date | None) -> bool:
        """Note that a version ends a work, on the day `due` or now; False where its end is noted already."""
        row = {"work": work, "document": document, "version": by.id, "source": by.source, "seen": rows.stamp(seen)}
        if self.repeal(work):
            return False
        rows.insert(self._db, "repeals", row | {"due": due and due.isoformat()})
        return True

    def repeal(self, work: str) -> dict[str, Any] | None:
        """What is noted of a work's end: work, document, version (that says it), source, seen, due, change (told)."""
        return next(iter(self._db.query("SELECT * FROM repeals WHERE work = ?", [work])), None)

    def repeals_due(self, today: date) -> list[dict[str, Any]]:
        """The ends declared for a day that has come and not told yet."""
        sql = "SELECT * FROM repeals WHERE change IS NULL AND due <= ? ORDER BY rowid"
        return list(self._db.query(sql, [today.isoformat()]))

    def tell_repeal(self, work: str, change: str) -> None:
        """Note the change by which an end was told."""
        self._db.execute("UPDATE repeals SET change = ? WHERE work = ?", [change, work])

    def forget_repeal_of_itself(self, work: str) -> None:
        """Drop an end that a page said of itself and took back before it was told."""
        self._db.execute("DELETE FROM repeals WHERE work = ? AND due IS NULL AND change IS NULL", [work])
