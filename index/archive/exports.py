"""The archive row by row in the order it grew, for export: nested values as values, times as text in UTC.

Rows are asked for in blocks, each after the place where the last one ended, so that memory stays flat.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from index.archive import rows

_AT_ONCE = 200

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is exported: seen from `since` on, of one source, of one document; None takes all."""

    since: datetime | None = None
    source: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """`columns` of `tables`, joined; `place` only grows; `of` names the columns that `Chosen` is asked of."""

    columns: str
    tables: str
    place: str
    since: str
    source: str
    document: str
    nested: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


_CHANGE = " JOIN changes c ON c.id = "
_TABLES = {
    "documents": _Table(
        "d.id, d.url, d.source, d.work, d.state, d.first_seen, d.latest AS version, v.number AS versions, v.title,"
        " v.lang, v.published, v.written, v.effective, v.expires, v.comments_close, v.issuer, v.doc_number,"
        " v.index_number",
        "documents d JOIN versions v ON v.id = d.latest",
        *("d.rowid", "d.first_seen", "d.source", "d.id"),
    ),
    "versions": _Table(
        "v.id, v.document, v.work, v.source, v.number, v.previous, v.first_seen, v.extractor, v.page_sha256, v.url,"
        " v.title, v.lang, v.published, v.written, v.effective, v.expires, v.comments_close, v.issuer, v.doc_number,"
        " v.index_number, v.attachments, v.text",
        "versions v",
        *("v.rowid", "v.first_seen", "v.source", "v.document"),
        nested=("attachments",),
    ),
    "changes": _Table(
        "c.id, c.kind, c.cause, c.document, c.work, c.source, c.at, c.before, c.after, c.baseline, c.silent, c.repost,"
        " c.diff",
        "changes c",
        *("c.seq", "c.at", "c.source", "c.document"),
        nested=("diff",),
        flags=("baseline", "silent", "repost"),
    ),
    "tags": _Table(
        "t.change, c.document, t.trigger, t.trigger_version, t.model, t.score, t.fires, t.direction, t.scope,"
        " t.evidence",
        f"tags t{_CHANGE}t.change",
        *("t.rowid", "c.at", "c.source", "c.document"),
        nested=("evidence",),
        flags=("fires",),
    ),
    "facts": _Table(
        'f.version, v.document, f.position, f.kind, f."values", f.start, f."end", v.text',
        "facts f JOIN versions v ON v.id = f.version",
        *("f.rowid", "v.first_seen", "v.source", "v.document"),
        nested=("values",),
    ),
    "alerts": _Table(
        "a.seq, a.id, a.change, c.document, a.trigger, a.work, a.at, a.event",
        f"alerts a{_CHANGE}a.change",
        *("a.seq", "a.at", "c.source", "c.document"),
        nested=("event",),
    ),
}
TABLES = tuple(_TABLES)
"""What can be exported as rows."""

_PAGES = _Table(
    "p.id, p.url, p.source, p.fetched_at, p.status, p.headers, p.sha256, p.final_url, p.size",
    "pages p",
    *("p.id", "p.fetched_at", "p.source", ""),
    nested=("headers",),
)
_UNCHANGED = _Table(
    "f.url, f.source, f.sha256, f.checked_at, f.read_at, f.etag, f.last_modified",
    "fetches f",
    *("f.rowid", "f.checked_at", "f.source", "f.document"),
)


_CITED = (
    "SELECT c.kind, c.key, c.quote, (SELECT min(n.work) FROM names n WHERE n.key = c.key) AS work"
    " FROM citations c WHERE c.version = ? ORDER BY c.start"
)


class Exports:
    """The shelf that reads everything once."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def rows(self, table: str, chosen: Chosen = Chosen()) -> Iterator[Row]:
        """The rows of one of `TABLES`, oldest first. A fact has its `quote`, literal from the text."""
        for row in self._stream(_TABLES[table], _conditions(_TABLES[table], chosen)):
            text = row.pop("text", None)
            if text is not None and table == "versions":
                row["text"] = rows.unpack(text)
            elif text is not None:
                row["quote"] = rows.unpack(text)[row["start"] : row["end"]]
            yield row

    def citations(self, chosen: Chosen = Chosen()) -> Iterator[Row]:
        """What newest versions cite: document, version, kind, key, quote, and the work that is named, where known."""
        for row in self.rows("documents", chosen):
            found = self._db.query(_CITED, [row["version"]])
            yield from ({"document": row["id"], "version": row["version"]} | dict(cited) for cited in found)

    def receipts(self, chosen: Chosen = Chosen()) -> Iterator[Row]:
        """Each page as received, first one first: url, source, fetched_at, status, headers, sha256, final_url, size."""
        document = chosen.document
        conditions = _conditions(_PAGES, Chosen(chosen.since, chosen.source))
        if document is not None:
            conditions["p.sha256 IN (SELECT page_sha256 FROM versions WHERE document = ?)"] = document
        return self._stream(_PAGES, conditions)

    def unchanged(self, chosen: Chosen = Chosen()) -> Iterator[Row]:
        """Addresses that answered 304 when last asked: url, source, sha256, checked_at, read_at, etag, last_modified.

        Only the last answer of an address is remembered.
        """
        conditions = _conditions(_UNCHANGED, chosen) | {"f.status = ?": 304}
        return (row for row in self._stream(_UNCHANGED, conditions) if row["sha256"])

    def _stream(self, table: _Table, conditions: Mapping[str, Any]) -> Iterator[Row]:
        where = " AND ".join([f"{table.place} > ?", *conditions])
        sql = (
            f"SELECT {table.columns}, {table.place} AS place_in_table FROM {table.tables} WHERE {where}"
            f" ORDER BY {table.place} LIMIT {_AT_ONCE}"
        )
        place, full = -1, True
        while full:
            block = list(self._db.query(sql, [place, *conditions.values()]))
            full = len(block) == _AT_ONCE
            for row in block:
                place = row.pop("place_in_table")
                yield _spelled(row, table)


def _spelled(row: Row, table: _Table) -> Row:
    turned: dict[str, Callable[[Any], Any]] = dict.fromkeys(table.nested, json.loads) | dict.fromkeys(table.flags, bool)
    return {name: turned[name](value) if name in turned else value for name, value in row.items()}


def _conditions(table: _Table, chosen: Chosen) -> dict[str, Any]:
    asked = {
        f"{table.since} >= ?": chosen.since and rows.stamp(chosen.since),
        f"{table.source} = ?": chosen.source,
        f"{table.document} = ?": chosen.document,
    }
    return {text: value for text, value in asked.items() if value is not None}
