"""Which bytes may be given up, and which were: the hash of each stays in the log for ever."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from index.archive import rows
from index.archive.log import Log

_STALE = """
SELECT p.sha256 FROM pages p GROUP BY p.sha256 HAVING max(p.fetched_at) < ?
    AND p.sha256 NOT IN (SELECT sha256 FROM released)
    AND p.sha256 NOT IN (SELECT v.page_sha256 FROM versions v JOIN documents d ON d.latest = v.id)
    AND p.sha256 NOT IN (SELECT v.page_sha256 FROM versions v JOIN changes c ON v.id IN (c.before, c.after)
        JOIN alerts a ON a.change = c.id)
ORDER BY p.sha256
"""


class Retention:
    """The shelf of bytes given up."""

    def __init__(self, db: Database, log: Log) -> None:
        self._db, self._log = db, log

    def stale(self, before: datetime) -> list[str]:
        """The sha256 of bytes received only before a time, that no newest version, its files or an alert rest on."""
        files = self._files()
        found = self._db.execute(_STALE, [rows.stamp(before)])
        return [digest for (digest,) in found if digest not in files]

    def _files(self) -> set[str]:
        """The attachments of newest versions, and of versions that an alert tells of."""
        sql = (
            "SELECT attachments FROM versions v WHERE attachments <> '[]' AND (EXISTS (SELECT 1 FROM documents d"
            " WHERE d.latest = v.id) OR EXISTS (SELECT 1 FROM changes c JOIN alerts a ON a.change = c.id"
            " WHERE v.id IN (c.before, c.after)))"
        )
        return {file["sha256"] for (files,) in self._db.execute(sql) for file in json.loads(files) if file["sha256"]}

    def release(self, digests: Iterable[str], at: datetime) -> None:
        """Note bytes as given up, in the log too; call inside a transaction, and remove the blobs after it."""
        for digest in digests:
            row = {"sha256": digest, "at": rows.stamp(at)}
            if rows.insert(self._db, "released", row):
                self._log.append("release", digest, row)

    def released(self, digest: str) -> datetime | None:
        """When these bytes were given up, or None."""
        row = self._db.execute("SELECT at FROM released WHERE sha256 = ?", [digest]).fetchone()
        return rows.moment(row[0]) if row else None
