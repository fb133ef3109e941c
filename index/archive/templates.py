"""What was learnt of the sites of sources: their templates, as text that only the crawler reads."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from index.archive import rows


class Templates:
    """The shelf of templates: one in force for each source, and the one before its site was rebuilt."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def current(self, source: str) -> str | None:
        """The template in force."""
        return self._newest(source, "retired_at IS NULL")

    def retired(self, source: str) -> str | None:
        """The template that was in force before the site was last rebuilt; its older pages are read with it."""
        return self._newest(source, "retired_at IS NOT NULL")

    def keep(self, source: str, template: str, at: datetime) -> None:
        """Put a template into force, in place of the one that is."""
        sql = (
            "SELECT coalesce(max(number), 0) AS number, count(*) FILTER (WHERE retired_at IS NULL) AS open"
            " FROM templates WHERE source = ?"
        )
        newest = next(iter(self._db.query(sql, [source])))
        number = newest["number"] if newest["open"] else newest["number"] + 1
        row = {"source": source, "number": number, "at": rows.stamp(at), "template": rows.pack(template)}
        self._db.table("templates").insert(row | {"retired_at": None}, replace=True)

    def retire(self, source: str, at: datetime) -> None:
        """Take the template of a source out of force: its site was rebuilt."""
        sql = "UPDATE templates SET retired_at = ? WHERE source = ? AND retired_at IS NULL"
        self._db.execute(sql, [rows.stamp(at), source])

    def compare_with(self, document: str, version: str, page_sha256: str) -> None:
        """Note the page that shows a version's text as the site builds its pages now."""
        row = {"document": document, "version": version, "page_sha256": page_sha256}
        self._db.table("rebuilt").insert(row, replace=True)

    def page_of(self, version: str, document: str) -> str | None:
        """The sha256 of the page noted by `compare_with` for this version; None where its own page still holds."""
        sql = "SELECT page_sha256 FROM rebuilt WHERE document = ? AND version = ?"
        row = next(iter(self._db.query(sql, [document, version])), None)
        return row["page_sha256"] if row else None

    def _newest(self, source: str, where: str) -> str | None:
        sql = f"SELECT template FROM templates WHERE source = ? AND {where} ORDER BY number DESC LIMIT 1"
        row = next(iter(self._db.query(sql, [source])), None)
        return rows.unpack(row["template"]) if row else None
