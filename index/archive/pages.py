"""Pages as received, and what is remembered of an address between visits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlite_utils import Database

from index.archive import rows
from index.archive.log import Log
from index.blobs import Blobs, CorruptBlob
from index.records import FetchState, Page


class Pages:
    """The shelf of pages; bodies lie in the blob store under their sha256."""

    def __init__(self, db: Database, blobs: Blobs, log: Log) -> None:
        self._db, self._log = db, log
        self._blobs = blobs

    def add(self, page: Page) -> str:
        """Keep a page and return the sha256 of its body. Keeping it again changes nothing."""
        digest = self._blobs.put(page.body)
        row = {
            "url": page.url,
            "source": page.source,
            "fetched_at": rows.stamp(page.fetched_at),
            "status": page.status,
            "headers": rows.dump(dict(page.headers)),
            "sha256": digest,
            "final_url": page.final_url,
            "size": len(page.body),
        }
        with rows.whole(self._db):
            if rows.insert(self._db, "pages", row):
                sql = "SELECT id FROM pages WHERE url = ? AND sha256 = ? AND fetched_at = ?"
                (number,) = self._db.execute(sql, [row["url"], digest, row["fetched_at"]]).fetchone()
                self._log.append("page", str(number), {"id": number} | row)
        return digest

    def body(self, digest: str) -> bytes:
        """The bytes of a page by sha256. Raises CorruptBlob, which says so where they were given up."""
        try:
            return self._blobs.get(digest)
        except CorruptBlob as error:
            gone = self._db.execute("SELECT at FROM released WHERE sha256 = ?", [digest]).fetchone()
            if gone is None:
                raise
            kept = "VEDETTE_KEEP_BYTES_DAYS"
            raise CorruptBlob(
                f"{digest}: given up on {gone[0][:10]} as {kept} says; its hash stays in the log"
            ) from error

    def received(self, digest: str) -> list[dict[str, Any]]:
        """Each receipt of these bytes, oldest first: url, source, fetched_at, status, headers, final_url, size."""
        return list(self._db.table("pages").rows_where("sha256 = ?", [digest], order_by="id"))

    def fetch_state(self, url: str) -> FetchState | None:
        """What is remembered of an address, or None where it was never asked for."""
        row = next(self._db.table("fetches").rows_where("url = ?", [url]), None)
        return rows.fetch_state(row) if row else None

    def fetch_states(self, source: str) -> list[FetchState]:
        """What is remembered of every address of a source, longest unvisited first."""
        found = self._db.table("fetches").rows_where("source = ?", [source], order_by="checked_at")
        return [rows.fetch_state(row) for row in found]

    def remember(self, states: Iterable[FetchState]) -> None:
        """Remember addresses, replacing what was remembered of them."""
        spelled = [
            asdict(state)
            | {
                "checked_at": rows.stamp(state.checked_at),
                "missing_since": state.missing_since and rows.stamp(state.missing_since),
                "read_at": state.read_at and rows.stamp(state.read_at),
            }
            for state in states
        ]
        self._db.table("fetches").insert_all(spelled, replace=True)
