"""Moves an archive from its SQLite file to a PostgreSQL server: every row with its number, all bytes, the same log.

Words are not copied but made again from the texts, since an FTS5 table without content cannot be read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from sqlite_utils import Database

from index import bigrams
from index.archive import rows
from index.archive.archive import BUSY_MS, Archive
from index.archive.integrity import Integrity
from index.archive.log import Log
from index.archive.postgres import PostgresStore
from index.archive.postgres_rows import PostgresRows
from index.archive.sqlite import SqliteStore
from index.archive.store import ArchiveProblem
from index.passages import embedded_text

Say = Callable[[str], None]
_MADE_BY_SCHEMA = {"log_state"}
_BLOCK = 500


class Moved(NamedTuple):
    """What stands on the server now: rows without those of words, blobs, and the log as it was and is."""

    rows: int
    blobs: int
    log_size: int
    log_root: str


def move(home: Path, url: str, say: Say = lambda _: None) -> Moved:
    """Copy the archive of a home to an empty database; all of it, checked, or nothing. The home is left as it is.

    Nobody else may write to the home meanwhile: others wait 30 seconds, then give up. `say` hears each table's name.
    Raises ArchiveProblem where the database is not empty, a row cannot be taken, or what was copied is not the same.
    """
    Archive(home).close()  # brings its schema and log up to date
    with (
        closing(SqliteStore(home, BUSY_MS)) as source,
        closing(PostgresStore(url, BUSY_MS)) as target,
        source.transaction(),
        target.transaction(),
    ):
        return _Move(source, target.rows, home, say).made(target)


class _Move:
    def __init__(self, source: SqliteStore, target: PostgresRows, home: Path, say: Say) -> None:
        self._from: Database = source.db
        self._to, self._home, self._say = target, home, say

    def made(self, target: PostgresStore) -> Moved:
        tables = self._tables()
        self._refuse_full(tables)
        try:
            counts = [self._table(name) for name in tables]
            self._words()
            blobs = self._blobs()
        except psycopg.DataError as error:
            raise ArchiveProblem(f"{error}; nothing was moved") from error
        self._say("checks")
        self._check(target, counts)
        frontier = Log(target.db).frontier()
        return Moved(sum(count for _, count in counts), blobs, frontier.size, frontier.root.hex())

    def _tables(self) -> list[str]:
        """All tables but those of words, in the order in which they were made: what is referred to comes first."""
        sql = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%_fts%'"
            " AND name NOT LIKE '_sqlite_migrations%' ORDER BY rowid"
        )
        return [name for (name,) in self._from.execute(sql)]

    def _refuse_full(self, tables: Iterable[str]) -> None:
        for name in tables:
            if name not in _MADE_BY_SCHEMA and self._to.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone():
                raise ArchiveProblem(f"the database holds an archive already (table {name}); give an empty one")

    def _table(self, name: str) -> tuple[str, int]:
        self._say(name)
        columns = self._to.columns(name)
        spelled = ", ".join(column if column == "rowid" else f'"{column}"' for column in columns)
        if name in _MADE_BY_SCHEMA:
            self._to.execute(f"DELETE FROM {name}")
        count = self._to.pour(name, columns, self._from.execute(f"SELECT {spelled} FROM {name}"))
        self._to.count_on(name, self._last(name))
        return name, count

    def _last(self, name: str) -> int:
        """The highest number that an AUTOINCREMENT table ever gave; it gives none twice."""
        if not self._from.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            return 0
        row = self._from.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [name]).fetchone()
        return int(row[0]) if row else 0

    def _words(self) -> None:
        self._say("words")
        for table, found in (("passages_fts", self._passages()), ("altered_fts", self._altered())):
            sql = f"INSERT INTO {table} (rowid, tokens) VALUES (?, ?)"
            for block in _blocks(found):
                self._to.conn.executemany(sql, block)

    def _passages(self) -> Iterator[tuple[int, str]]:
        sql = (
            'SELECT p.id, p.version, p.start, p."end", v.title, v.text FROM passages p JOIN versions v'
            " ON v.id = p.version ORDER BY p.id"
        )
        known, text = "", ""
        for number, version, start, end, title, packed in self._from.execute(sql):
            if version != known:
                known, text = version, rows.unpack(packed)
            yield number, bigrams.index_text(embedded_text(title, text[start:end]))

    def _altered(self) -> Iterator[tuple[int, str]]:
        sql = 'SELECT a.id, a.position, c.* FROM altered a JOIN changes c ON c.id = a."change"'
        for row in self._from.query(sql.replace("a.id,", "a.id AS place,")):
            clause = rows.change(row).diff.clauses[row["position"]]
            yield row["place"], bigrams.index_text(clause.after or "")

    def _blobs(self) -> int:
        self._say("bytes")
        files = (self._home / "blobs").glob("??/*.gz")
        found = ((f"{file.parent.name}{file.stem}", file.read_bytes()) for file in files)
        return self._to.pour("blobs", ("sha256", "packed"), found)

    def _check(self, target: PostgresStore, counts: Iterable[tuple[str, int]]) -> None:
        for name, count in counts:
            if (there := self._to.table(name).count) != count or self._from[name].count != count:
                raise ArchiveProblem(f"{name}: {there} rows on the server for {count}; nothing was moved")
        if Log(target.db).frontier() != Log(self._from).frontier():
            raise ArchiveProblem("the log on the server is not the one of the home; nothing was moved")
        held = Integrity(target.db, Log(target.db), target.damage)
        for check in (held.log, held.rows, held.references, held.vectors):
            for fault in check():
                raise ArchiveProblem(f"{fault.where}: {fault.what}; nothing was moved; see `vedette verify`")


def _blocks(found: Iterator[tuple[int, str]]) -> Iterator[list[tuple[Any, ...]]]:
    block: list[tuple[Any, ...]] = []
    for one in found:
        block.append(one)
        if len(block) == _BLOCK:
            yield block
            block = []
    yield block
