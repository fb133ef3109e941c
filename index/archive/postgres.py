"""The archive on a PostgreSQL server: rows, bytes, words and vectors, shared by workers on several hosts."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg

from index.archive.postgres_rows import PostgresRows, defined
from index.archive.postgres_vectors import NearVectors
from index.archive.schema import FOLDER, statements
from index.archive.store import ArchiveProblem
from index.blobs import CorruptBlob

if TYPE_CHECKING:
    from sqlite_utils import Database

_LOCKS = 0x5EDE
"""The first number of the advisory locks that have a name."""
_BEFORE = Path(__file__).with_name("postgres.sql")


class PostgresStore:
    """One database of a PostgreSQL server, all of it Vedette's."""

    def __init__(self, url: str, wait_ms: int) -> None:
        """Connect and bring the schema up to date. Raises ArchiveProblem."""
        self._url = url
        try:
            self.rows = PostgresRows(url, wait_ms)
            self._migrate()
        except psycopg.OperationalError as error:
            raise ArchiveProblem(f"{_shown(url, error)}. Is the server up, and the URL right?") from error
        self.db = cast("Database", self.rows)  # what the shelves use of it, it has: the conformance tests say so
        self.blobs = PostgresBlobs(self.rows)

    def _migrate(self) -> None:
        shipped = {path.stem: path for path in sorted(FOLDER.glob("*.sql"))}
        before = _BEFORE.read_text(encoding="utf-8")
        mark = f"{_BEFORE.name}@{sha256(before.encode()).hexdigest()[:12]}"
        if self._missing({mark, *shipped}):  # looked at first without the lock: an opening waits for no writer
            with self.rows.writing():
                missing = self._missing({mark, *shipped})
                if mark in missing:
                    self.rows.run(before)
                for name in sorted(missing - {mark}):
                    for statement in statements(shipped[name].read_text(encoding="utf-8")):
                        self.rows.run(defined(statement))
                for name in missing:
                    self.rows.execute("INSERT INTO migrations (name) VALUES (?)", [name])

    def _missing(self, wanted: set[str]) -> set[str]:
        """What is not applied yet. Raises ArchiveProblem where more is."""
        if self.rows.execute("SELECT to_regclass('migrations')").fetchone() == (None,):
            return wanted
        applied = {name for (name,) in self.rows.execute("SELECT name FROM migrations")}
        if newer := ", ".join(sorted(name for name in applied - wanted if not name.startswith(_BEFORE.name))):
            raise ArchiveProblem(f"{_shown(self._url)}: written by a newer Vedette ({newer}). Upgrade vedette.")
        return wanted - applied

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """As `Store.transaction`, by an advisory lock. A lost connection is no ArchiveProblem: its locks went with it.

        Raises psycopg.OperationalError then; the process ends, and whoever supervises it starts it again.
        """
        try:
            with self.rows.atomic():
                yield
        except psycopg.errors.LockNotAvailable as error:  # in SQLite's words, by which crawls know to try again
            problem = f"{_shown(self._url)}: database is locked by another writer; nothing already archived is changed"
            raise ArchiveProblem(problem) from error
        except psycopg.OperationalError as error:
            if self.rows.lost:
                raise
            raise ArchiveProblem(f"{_shown(self._url, error)}; nothing already archived is changed") from error

    @contextmanager
    def moment(self) -> Iterator[None]:
        """As `Store.moment`."""
        with self.rows.moment():
            yield

    def copy(self, place: Path) -> Path:
        """Refused: the server has its own tools."""
        raise ArchiveProblem(f"{place}: rows on a PostgreSQL server are backed up by pg_dump, not by `vedette backup`")

    def damage(self) -> Iterator[str]:
        """Nothing: PostgreSQL checks its own pages (data checksums), and says so in its log."""
        return iter(())

    def size(self) -> int:
        """As `Store.size`."""
        (size,) = self.rows.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        return int(size)

    @cached_property
    def near(self) -> NearVectors | None:
        """As `Store.near`: by pgvector."""
        return NearVectors(self.rows) if NearVectors.offered(self.rows) else None

    def now(self) -> datetime:
        """As `Store.now`: the server's clock."""
        (now,) = self.rows.execute("SELECT clock_timestamp()").fetchone() or (None,)
        return cast("datetime", now).astimezone(UTC)

    @contextmanager
    def alone(self, name: str, *, shared: bool = False) -> Iterator[bool]:
        """As `Store.alone`, by an advisory lock of the session, which ends with the connection."""
        kind = "_shared" if shared else ""
        (mine,) = self.rows.execute(
            f"SELECT pg_try_advisory_lock{kind}(?, hashtext(?))", [_LOCKS, name]
        ).fetchone() or (False,)
        try:
            yield bool(mine)
        finally:
            if mine:
                with suppress(psycopg.OperationalError):  # the connection is gone, and the lock with it
                    self.rows.execute(f"SELECT pg_advisory_unlock{kind}(?, hashtext(?))", [_LOCKS, name])

    def close(self) -> None:
        """Close the connection."""
        self.rows.close()


class PostgresBlobs:
    """Bytes in a table, gzipped, under their sha256."""

    def __init__(self, rows: PostgresRows) -> None:
        self.rows = rows

    def put(self, content: bytes) -> str:
        """As `Blobs.put`."""
        digest = sha256(content).hexdigest()
        if not self.rows.execute("SELECT 1 FROM blobs WHERE sha256 = ?", [digest]).fetchone():
            packed = gzip.compress(content, compresslevel=5, mtime=0)
            self.rows.execute("INSERT OR IGNORE INTO blobs (sha256, packed) VALUES (?, ?)", [digest, packed])
        return digest

    def get(self, digest: str) -> bytes:
        """As `Blobs.get`."""
        packed = self.packed(digest)
        if packed is None:
            raise CorruptBlob(f"blobs {digest}: not there; restore it from a backup, or fetch the page again")
        try:
            content = gzip.decompress(packed)
        except (OSError, EOFError, zlib.error) as error:
            raise CorruptBlob(f"blobs {digest}: {error}; restore it from a backup") from error
        if sha256(content).hexdigest() != digest:
            raise CorruptBlob(f"blobs {digest}: content no longer has the sha256 of its name; restore it from a backup")
        return content

    def packed(self, digest: str) -> bytes | None:
        """As `Blobs.packed`."""
        found = self.rows.execute("SELECT packed FROM blobs WHERE sha256 = ?", [digest]).fetchone()
        return bytes(found[0]) if found else None

    def forget(self, digest: str) -> None:
        """As `Blobs.forget`."""
        self.rows.execute("DELETE FROM blobs WHERE sha256 = ?", [digest])

    def where(self, digest: str) -> str:
        """The row that holds them."""
        return f"table blobs, sha256 {digest}"


def _shown(url: str, error: object = "") -> str:
    """The URL and what was said of it, without its password."""
    parts = urlsplit(url)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    plain = urlunsplit(parts._replace(netloc=f"{user}:…@" * bool(user) + parts.netloc.rpartition("@")[2], query=""))
    text = f"{plain}: {error}" if error else plain
    return text.replace(unquote(password), "…").replace(password, "…") if password else text
