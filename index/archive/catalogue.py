"""Lists of the archive, newest first and page by page: changes by their place, documents by when they were first seen.

A page goes on where the one before it ended (keyset), so that what is added meanwhile shifts nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlite_utils import Database

from index.archive import rows
from index.records import Alert, Cause, Change, ChangeKind, Fact, Tag

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes or documents are listed; None, or an empty tuple, asks for nothing.

    `triggers`: one of them fired. `since` on and before `until`: for changes when they were seen, for documents when
    they were first seen. `baseline` and `cause` None take both kinds. `kinds`, `baseline` and `cause` are of changes.
    """

    triggers: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None
    kinds: tuple[ChangeKind, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    document: str | None = None
    work: str | None = None
    baseline: bool | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in a list: where it stands, and what its newest version says of itself."""

    id: str
    url: str
    source: str
    work: str
    state: str
    first_seen: datetime
    version: str
    number: int
    title: str
    lang: str
    published: str | None
    effective: str | None
    issuer: str | None
    doc_number: str | None
    index_number: str | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A number with the document whose newest version states it. `place` only grows."""

    place: int
    fact: Fact
    quote: str
    document: str
    version: str
    source: str
    title: str
    url: str
    published: str | None


class Catalogue:
    """The shelf of lists."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def changes(self, asked: Asked, before: int | None, limit: int) -> list[tuple[int, Change]]:
        """Up to `limit` changes with their places, newest first, of those before a place."""
        where, args = _joined([*_of_changes(asked), *([("c.seq < ?", [before])] if before is not None else [])])
        # places first, so that nothing but numbers is sorted
        places = f"SELECT c.seq FROM changes c WHERE {where} ORDER BY c.seq DESC LIMIT ?"
        sql = f"SELECT * FROM changes WHERE seq IN ({places}) ORDER BY seq DESC"
        found = self._db.query(sql, [*args, limit])
        return [(row["seq"], rows.change(row)) for row in found]

    def documents(self, asked: Asked, before: tuple[datetime, str] | None, limit: int) -> list[Entry]:
        """Up to `limit` documents, newest first, of those before another (when it was first seen, its id)."""
        place = [("(d.first_seen, d.id) < (?, ?)", [rows.stamp(before[0]), before[1]])] if before else []
        where, args = _joined([*_of_documents(asked), *place])
        ids = f"SELECT d.id FROM documents d WHERE {where} ORDER BY d.first_seen DESC, d.id DESC LIMIT ?"
        sql = f"{_ENTRY} WHERE d.id IN ({ids}) ORDER BY d.first_seen DESC, d.id DESC"
        found = self._db.query(sql, [*args, limit])
        return [_entry(row) for row in found]

    def facts(self, asked: Asked, kinds: Collection[str], before: int | None, limit: int) -> list[Stated]:
        """Up to `limit` numbers of newest versions, the version read last first, of those before a place.

        `asked` is about the documents; no `kinds` are all.
        """
        more = [(f"f.kind IN ({_marks(kinds)})", kinds)] if kinds else []
        place = [("f.rowid < ?", [before])] if before is not None else []
        where, args = _joined([*_of_documents(asked), *more, *place])
        sql = (
            "SELECT f.rowid AS place, f.*, d.id AS document, d.source, d.url, v.title, v.published, v.text"
            " FROM facts f JOIN versions v ON v.id = f.version"
            " JOIN documents d ON d.id = v.document AND d.latest = v.id"
            f" WHERE {where} ORDER BY f.rowid DESC LIMIT ?"
        )
        return [_stated(row) for row in self._db.query(sql, [*args, limit])]

    def entries(self, documents: Collection[str]) -> dict[str, Entry]:
        """Documents by id; those that are not there are absent. At most 1000 at once, as below."""
        sql = f"{_ENTRY} WHERE d.id IN ({_marks(documents)})"
        return {row["id"]: _entry(row) for row in self._db.query(sql, list(documents))}

    def titles(self, versions: Collection[str]) -> dict[str, str]:
        """Titles of versions by id."""
        sql = f"SELECT id, title FROM versions WHERE id IN ({_marks(versions)})"
        return {row["id"]: row["title"] for row in self._db.query(sql, list(versions))}

    def snapshots(self, versions: Collection[str]) -> dict[str, str]:
        """The sha256 of the page that each version was read from."""
        sql = f"SELECT id, page_sha256 FROM versions WHERE id IN ({_marks(versions)})"
        return {row["id"]: row["page_sha256"] for row in self._db.query(sql, list(versions))}

    def mark(self) -> tuple[int, ...]:
        """Numbers that grow with changes, passages and tags: equal ones mean that search would find the same."""
        numbers = ("seq", "changes"), ("id", "passages"), ("rowid", "tags")
        newest = ", ".join(f"(SELECT coalesce(max({number}), 0) FROM {table})" for number, table in numbers)
        return tuple(self._db.execute(f"SELECT {newest}").fetchone())

    def tags(self, changes: Collection[str]) -> dict[str, list[Tag]]:
        """The tags of changes, by trigger; a change without tags is absent."""
        sql = f"SELECT * FROM tags WHERE change IN ({_marks(changes)}) ORDER BY trigger"
        return _grouped((row["change"], rows.tag(row)) for row in self._db.query(sql, list(changes)))

    def alerts(self, changes: Collection[str]) -> dict[str, list[Alert]]:
        """The alerts that changes gave rise to, in feed order; a change without alerts is absent."""
        sql = f"SELECT * FROM alerts WHERE change IN ({_marks(changes)}) ORDER BY seq"
        return _grouped((row["change"], rows.alert(row)) for row in self._db.query(sql, list(changes)))


_ENTRY = (
    "SELECT d.id, d.url, d.source, d.work, d.state, d.first_seen, v.id AS version, v.number, v.title, v.lang,"
    " v.published, v.effective, v.issuer, v.doc_number, v.index_number FROM documents d"
    " JOIN versions v ON v.id = d.latest"
)
_FIRED = "FROM tags t JOIN changes x ON x.id = t.change WHERE t.fires = 1 AND t.trigger IN"


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**row | {"first_seen": rows.moment(row["first_seen"])})


def _stated(row: dict[str, Any]) -> Stated:
    fact = rows.fact(row)
    names = ("place", "document", "version", "source", "title", "url", "published")
    quote = rows.unpack(row["text"])[fact.start : fact.end]
    return Stated(**{name: row[name] for name in names}, fact=fact, quote=quote)


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _of_changes(asked: Asked) -> Iterator[tuple[str, Collection[Any]]]:
    yield from _of_either(asked, "c", "c.at")
    # times grow with places, but for a clock set back: the first and last place keep the rest unread
    if asked.since is not None:
        yield "c.seq >= (SELECT min(+seq) FROM changes WHERE at >= ?)", [rows.stamp(asked.since)]
    if asked.until is not None:
        yield "c.seq <= (SELECT max(+seq) FROM changes WHERE at < ?)", [rows.stamp(asked.until)]
    if asked.triggers:
        yield f"c.seq IN (SELECT x.seq {_FIRED} ({_marks(asked.triggers)}))", asked.triggers
    if asked.kinds:
        yield f"c.kind IN ({_marks(asked.kinds)})", asked.kinds
    if asked.baseline is not None:
        yield "c.baseline = ?", [int(asked.baseline)]
    if asked.cause is not None:
        yield "c.cause = ?", [asked.cause]


def _of_documents(asked: Asked) -> Iterator[tuple[str, Collection[Any]]]:
    yield from _of_either(asked, "d", "d.first_seen")
    if asked.triggers:
        yield f"d.id IN (SELECT x.document {_FIRED} ({_marks(asked.triggers)}))", asked.triggers


def _of_either(asked: Asked, table: str, time: str) -> Iterator[tuple[str, Collection[Any]]]:
    if asked.sources is not None:
        yield f"{table}.source IN ({_marks(asked.sources)})", asked.sources
    if asked.document is not None:
        yield f"{'d.id' if table == 'd' else 'c.document'} = ?", [asked.document]
    if asked.work is not None:
        yield f"{table}.work = ?", [asked.work]
    if asked.since is not None:
        yield f"{time} >= ?", [rows.stamp(asked.since)]
    if asked.until is not None:
        yield f"{time} < ?", [rows.stamp(asked.until)]


def _joined(conditions: Iterable[tuple[str, Collection[Any]]]) -> tuple[str, list[Any]]:
    found = list(conditions)
    return " AND ".join(text for text, _ in found) or "TRUE", [value for _, values in found for value in values]


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))
