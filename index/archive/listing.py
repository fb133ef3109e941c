"""What search knows of every document without reading it: names, place, dates, tags. As it stands, or stood once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from index.archive import rows

_AT_ONCE = 500


class Listed(NamedTuple):
    """One document in the state asked for. `published` is ISO text; `number` and `index_number` as printed."""

    document: str
    version: str
    work: str
    source: str
    lang: str
    published: str | None
    state: str
    title: str
    number: str | None
    index_number: str | None


class Listing:
    """Reads the archive's documents for search."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def documents(self, until: datetime | None = None) -> Iterator[Listed]:
        """Every document with its newest version, first seen first; `until`: as all was before that moment."""
        columns = (
            "SELECT d.id, v.id, v.work, v.source, v.lang, v.published, d.state, v.title, v.doc_number, v.index_number"
            " FROM documents d JOIN versions v ON "
        )
        if until is None:
            yield from map(Listed._make, self._db.execute(columns + "v.id = d.latest ORDER BY d.rowid"))
            return
        gone = self._withdrawn(until)
        sql = columns + f"v.document = d.id AND {current_before('v')} ORDER BY d.rowid"
        for row in self._db.execute(sql, _moments(until)):
            found = Listed._make(row)
            yield found._replace(state="withdrawn" if found.document in gone else "live")

    def _withdrawn(self, until: datetime) -> set[str]:
        sql = "SELECT document, kind FROM changes WHERE kind IN ('withdrawn', 'restored') AND at < ? ORDER BY seq"
        last = dict(self._db.execute(sql, [rows.stamp(until)]).fetchall())
        return {document for document, kind in last.items() if kind == "withdrawn"}

    def fired(self, until: datetime | None = None) -> Iterator[tuple[str, str]]:
        """Each document with each trigger that fired on a change of it."""
        sql = "SELECT DISTINCT c.document, t.trigger FROM tags t JOIN changes c ON c.id = t.change WHERE t.fires = 1"
        yield from self._db.execute(*_before(sql, until))

    def kinds(self, until: datetime | None = None) -> Iterator[tuple[str, str]]:
        """Each document with each kind of change it has had."""
        sql = "SELECT DISTINCT c.document, c.kind FROM changes c WHERE c.cause = 'source'"
        yield from self._db.execute(*_before(sql, until))

    def shown(self, versions: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What a hit shows of a version, by version: url, title, doc_number, index_number, issuer, first_seen …"""
        sql = (
            "SELECT id, url, title, lang, source, published, doc_number, index_number, issuer, first_seen FROM versions"
        )
        found = (
            row for part in _parts(versions) for row in self._db.query(f"{sql} WHERE id IN ({_marks(part)})", part)
        )
        return {row["id"]: row for row in found}

    def addresses(self, works: Sequence[str], until: datetime | None = None) -> dict[str, list[tuple[str, str]]]:
        """The documents and addresses of works, first publisher first."""
        found: dict[str, list[tuple[str, str]]] = {}
        for part in _parts(works):
            sql = f"SELECT work, id, url, first_seen FROM documents WHERE work IN ({_marks(part)}) ORDER BY rowid"
            for work, document, url, seen in self._db.execute(sql, part):
                if until is None or seen < rows.stamp(until):
                    found.setdefault(work, []).append((document, url))
        return found

    def holding(self, match: str, until: datetime | None = None) -> set[str]:
        """The documents of which a passage matches an FTS5 expression, in the state asked for."""
        sql = "SELECT DISTINCT p.document FROM passages_fts JOIN passages p ON p.id = passages_fts.rowid"
        if until is None:
            found = self._db.execute(f"{sql} WHERE passages_fts MATCH ? AND p.current = 1", [match])
        else:
            sql += f" JOIN versions v ON v.id = p.version WHERE passages_fts MATCH ? AND {current_before('v')}"
            found = self._db.execute(sql, [match, *_moments(until)])
        return {row[0] for row in found}

    def vectors_of(self, version: str, model: str) -> Iterator[tuple[str, bytes]]:
        """Language and vector (float16 bytes) of each passage of a version, where one is kept."""
        sql = (
            "SELECT p.lang, x.vector FROM passages p JOIN vectors x ON x.model = ? AND x.sha = p.sha"
            " WHERE p.version = ? ORDER BY p.id"
        )
        yield from self._db.execute(sql, [model, version])

    def superseded(self, until: datetime, model: str) -> Iterator[tuple[int, str, str, bytes | None]]:
        """Passages current before a moment and no longer: id, document, lang, vector (float16 bytes) if kept."""
        sql = (
            "SELECT p.id, p.document, p.lang, x.vector FROM passages p JOIN versions v ON v.id = p.version"
            " LEFT JOIN vectors x ON x.model = ? AND x.sha = p.sha WHERE p.current = 0 AND " + current_before("v")
        )
        yield from self._db.execute(sql, [model, *_moments(until)])


def current_before(version: str) -> str:
    """SQL that holds where a row of `versions` was its document's newest before a moment, which is bound twice."""
    return (
        f"{version}.first_seen < ? AND NOT EXISTS (SELECT 1 FROM versions later WHERE later.document ="
        f" {version}.document AND later.number > {version}.number AND later.first_seen < ?)"
    )


def _moments(until: datetime) -> list[str]:
    return [rows.stamp(until)] * 2


def _before(sql: str, until: datetime | None) -> tuple[str, list[str]]:
    return (sql, []) if until is None else (f"{sql} AND c.at < ?", [rows.stamp(until)])


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(values))
    return (unique[start : start + _AT_ONCE] for start in range(0, len(unique), _AT_ONCE))


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
