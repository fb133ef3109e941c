"""The archive in one SQLite file of a home, with the bytes beside it."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from index.archive.schema import MIGRATIONS
from index.archive.store import ArchiveProblem
from index.blobs import FileBlobs


class SqliteRows(Database):
    """sqlite-utils' database, with queries that ask and nothing else.

    Its own `query` guards each SELECT by a savepoint: 60 of the 130 statements that a new document takes.
    """

    def query(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> Generator[dict[Any, Any], None, None]:
        """The rows of a SELECT as mappings, fetched as they are asked for."""
        cursor = self.conn.execute(sql, params or ())
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)


class SqliteStore:
    """`HOME/archive.db` and `HOME/blobs/`."""

    near = None

    def __init__(self, home: Path, wait_ms: int) -> None:
        """Open, creating the folder. Raises ArchiveProblem."""
        self._file = home / "archive.db"
        self.blobs = FileBlobs(home / "blobs")
        try:
            home.mkdir(parents=True, exist_ok=True)
            self.db = SqliteRows(sqlite3.connect(self._file, timeout=wait_ms / 1000, check_same_thread=False))
            self.db.enable_wal()
            self.db.execute("PRAGMA synchronous = NORMAL")
            self._refuse_newer(home)
            MIGRATIONS.apply(self.db)
        except (OSError, sqlite3.OperationalError) as error:
            raise ArchiveProblem(f"{home}: {error}. Is the folder writable, and is there room on the disk?") from error

    def _refuse_newer(self, home: Path) -> None:
        newer = ", ".join(sorted({step.name for step in MIGRATIONS.applied(self.db)} - _names()))
        if newer:
            raise ArchiveProblem(f"{home}: written by a newer Vedette ({newer}). Upgrade vedette, then try again.")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """As `Store.transaction`: BEGIN IMMEDIATE, so that a second writer waits instead of failing half way."""
        if self.db.conn.in_transaction:
            with self.db.atomic():
                yield
            return
        try:
            self.db.conn.execute("BEGIN IMMEDIATE")
            yield
            self.db.conn.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self.db.rollback()
            raise ArchiveProblem(f"{self._file}: {error}; nothing already archived is changed") from error
        except BaseException:
            self.db.rollback()
            raise

    @contextmanager
    def moment(self) -> Iterator[None]:
        """As `Store.moment`."""
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.db.rollback()

    def copy(self, place: Path) -> Path:
        """As `Store.copy`."""
        try:
            with closing(sqlite3.connect(place)) as target:
                self.db.conn.backup(target)
        except sqlite3.OperationalError as error:
            raise OSError(f"{place}: {error}") from error
        return place

    def damage(self) -> Iterator[str]:
        """As `Store.damage`."""
        return (said for (said,) in self.db.execute("PRAGMA integrity_check(20)") if said != "ok")

    def size(self) -> int:
        """As `Store.size`: the file, with what is not folded in yet."""
        parts = (self._file, self._file.with_name(f"{self._file.name}-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())

    def now(self) -> datetime:
        """As `Store.now`."""
        return datetime.now(UTC)

    @contextmanager
    def alone(self, name: str, *, shared: bool = False) -> Iterator[bool]:
        """As `Store.alone`, by a file in the home; the kernel gives it back when its holder dies."""
        with (self._file.parent / f".{name}.lock").open("a") as file:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def close(self) -> None:
        """Close the file; SQLite folds the write-ahead log in."""
        self.db.close()


def _names() -> set[str]:
    empty = Database(memory=True)
    names = {migration.name for migration in MIGRATIONS.pending(empty)}
    empty.close()
    return names
