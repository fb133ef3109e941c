"""Works, documents, versions and changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal

from sqlite_utils import Database

from index.archive import rows
from index.archive.kinship import Kinship
from index.archive.log import Log
from index.records import Change, Version

State = Literal["live", "withdrawn"]


class Documents:
    """The shelf of what was read: a work has documents (addresses), a document versions, and changes between them."""

    def __init__(self, db: Database, log: Log) -> None:
        self._db, self._log = db, log
        self._kinship = Kinship(db)

    def _versions(self, where: str, args: Sequence[Any], order: str = "number") -> Iterator[Version]:
        found = self._db.query(f"SELECT * FROM versions WHERE {where} ORDER BY {order}", list(args))
        return (rows.version(row) for row in found)

    def _first(self, sql: str, *args: str) -> dict[str, Any] | None:
        # fixed SQL: `rows_where` asks for the names of all tables before each query
        return next(iter(self._db.query(sql, list(args))), None)

    def version(self, version: str) -> Version | None:
        """A version by id."""
        return next(self._versions("id = ?", [version]), None)

    def versions(self, document: str) -> list[Version]:
        """All versions of a document, oldest first."""
        return list(self._versions("document = ?", [document]))

    def latest(self, document: str) -> Version | None:
        """The newest version of a document, or None where the document is unknown."""
        return next(self._versions("document = ?", [document], "number DESC LIMIT 1"), None)

    def digest(self, version: str) -> str | None:
        """The content digest stored with a version (`index.identity.content_digest`)."""
        row = self._first("SELECT digest FROM versions WHERE id = ?", version)
        return row["digest"] if row else None

    def state(self, document: str) -> State | None:
        """Whether a document is live or withdrawn; None where it is unknown."""
        row = self._first("SELECT state FROM documents WHERE id = ?", document)
        return row["state"] if row else None

    def set_state(self, document: str, state: State) -> None:
        """Mark a document live or withdrawn."""
        self._db.execute("UPDATE documents SET state = ? WHERE id = ?", [state, document])

    def document(self, key: str) -> dict[str, Any] | None:
        """A document's row (id, url, source, work, first_seen, state, latest) by id or by address."""
        return next(self._db.table("documents").rows_where("id = ? or url = ?", [key, key]), None)

    def of_source(self, source: str) -> list[dict[str, Any]]:
        """The documents first seen at a source (id, url, source, work, first_seen, state, latest), oldest first."""
        return list(self._db["documents"].rows_where("source = ?", [source], order_by="rowid"))

    def ids(self) -> list[str]:
        """The ids of all documents, first seen first."""
        return [row["id"] for row in self._db.query("SELECT id FROM documents ORDER BY rowid")]

    def newest_of(self, source: str) -> datetime | None:
        """When the newest document of a source was first seen."""
        sql = "SELECT max(first_seen) AS seen FROM documents WHERE source = ?"
        return rows.maybe_moment(next(iter(self._db.query(sql, [source])))["seen"])

    def with_number(self, number: str) -> dict[str, Any] | None:
        """The row of the document first seen with this normalised 文号 or this 索引号."""
        where = "doc_number = ? or index_number = ?"
        row = next(self._db.table("versions").rows_where(where, [number, number], order_by="rowid", limit=1), None)
        return self.document(row["document"]) if row else None

    def with_text(self, text_digest: str, limit: int = 5) -> list[Version]:
        """The first versions ever seen with exactly this normalised text, of different documents, oldest first."""
        sql = (
            "SELECT * FROM versions WHERE rowid IN (SELECT min(rowid) FROM versions WHERE text_digest = ?"
            " GROUP BY document ORDER BY 1 LIMIT ?) ORDER BY rowid"
        )
        return [rows.version(row) for row in self._db.query(sql, [text_digest, limit])]

    def text_digest(self, version: str) -> str | None:
        """The digest of a version's normalised text."""
        row = self._first("SELECT text_digest FROM versions WHERE id = ?", version)
        return row["text_digest"] if row else None

    def with_dates_between(self, since: date, until: date) -> list[Version]:
        """The newest versions of live documents that take effect, expire or end their comments from `since` to `until`.

        Both days count. Works that a notice repealed are left out. Oldest first.
        """
        names = ("effective", "expires", "comments_close")
        marks = " OR ".join(f"v.{name} BETWEEN :since AND :until" for name in names)
        sql = (
            f"SELECT v.* FROM versions v JOIN documents d ON d.latest = v.id WHERE ({marks}) AND d.state = 'live'"
            " AND NOT EXISTS (SELECT 1 FROM repeals r WHERE r.work = v.work AND r.change IS NOT NULL) ORDER BY v.rowid"
        )
        found = self._db.query(sql, {"since": since.isoformat(), "until": until.isoformat()})
        return [rows.version(row) for row in found]

    def work(self, work: str) -> dict[str, Any] | None:
        """A work's row: id, title, first_source, first_url, first_seen."""
        return self._first("SELECT * FROM works WHERE id = ?", work)

    def addresses(self, work: str) -> list[dict[str, Any]]:
        """The documents of a work (id, url, source, first_seen, state), first publisher first."""
        return list(self._db.query("SELECT * FROM documents WHERE work = ? ORDER BY rowid", [work]))

    def add_version(self, version: Version, digest: str, text_digest: str) -> None:
        """Keep a version, with its work and document where they are new. Keeping it again changes nothing."""
        reading = version.reading
        seen = rows.stamp(version.first_seen)
        first = {"title": reading.title, "first_source": version.source, "first_url": reading.url, "first_seen": seen}
        document = {"id": version.document, "url": reading.url, "source": version.source, "work": version.work}
        row = rows.version_row(version, digest, text_digest)
        with rows.whole(self._db):
            rows.insert(self._db, "works", {"id": version.work} | first)
            rows.insert(self._db, "documents", document | {"first_seen": seen})
            if rows.insert(self._db, "versions", row):
                self._log.append("version", version.id, row)
            self._db.execute("UPDATE documents SET latest = ? WHERE id = ?", [version.id, version.document])

    def add_change(self, change: Change) -> None:
        """Keep a change. Keeping it again changes nothing."""
        row = rows.change_row(change)
        with rows.whole(self._db):
            if rows.insert(self._db, "changes", row):
                seq = self._db.execute("SELECT seq FROM changes WHERE id = ?", [change.id]).fetchone()[0]
                self._log.append("change", change.id, {"seq": seq} | row)

    def citing(self, work: str) -> list[dict[str, Any]]:
        """As `Kinship.citing`: the documents that cite a work."""
        return self._kinship.citing(work)

    def implementing(self, work: str) -> list[dict[str, Any]]:
        """The documents that carry a work out or pass it on, by what their head or title says; as `citing`."""
        return self._kinship.citing(work, "implements")

    def was_moved(self, version: str) -> bool:
        """Whether a move from this version to another address is recorded."""
        return self._first("SELECT 1 FROM changes WHERE before = ? AND kind = 'moved'", version) is not None

    def change(self, change: str) -> Change | None:
        """A change by id."""
        row = next(self._db.table("changes").rows_where("id = ?", [change]), None)
        return rows.change(row) if row else None

    def changes_of(self, document: str) -> list[Change]:
        """All changes of a document, oldest first."""
        found = self._db.table("changes").rows_where("document = ?", [document], order_by="seq")
        return [rows.change(row) for row in found]

    def changes_between(self, since: datetime, until: datetime) -> list[Change]:
        """The changes seen from `since` on and before `until`, oldest first."""
        bounds = [rows.stamp(since), rows.stamp(until)]
        return [
            rows.change(row)
            for row in self._db.table("changes").rows_where("at >= ? and at < ?", bounds, order_by="seq")
        ]

    def pending(self, stage: str, after: str | None = None) -> list[Change]:
        """The changes that a stage has not done yet, oldest first; with `after`, only those that stage has done."""
        sql = "SELECT * FROM changes c WHERE NOT EXISTS (SELECT 1 FROM done d WHERE d.stage = ? AND d.change = c.id)"
        args = [stage]
        if after:
            sql += " AND EXISTS (SELECT 1 FROM done d WHERE d.stage = ? AND d.change = c.id)"
            args.append(after)
        return [rows.change(row) for row in self._db.query(sql + " ORDER BY c.seq", args)]

    def counts(self) -> dict[str, int]:
        """How many works, documents, versions and changes there are."""
        return {table: self._db.table(table).count for table in ("works", "documents", "versions", "changes")}
