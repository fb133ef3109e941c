"""Where an archive's rows lie: one SQLite file, or a PostgreSQL server named by a URL. Shelves do not know which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlite_utils import Database

from index.blobs import Blobs

if TYPE_CHECKING:
    from index.archive.postgres_vectors import NearVectors


class ArchiveProblem(Exception):
    """The archive cannot be opened or written (disk full, no permission, newer schema). Says what to do."""


class Store(Protocol):
    """What the archive asks of the place where its rows lie. `db` speaks sqlite-utils to the shelves."""

    @property
    def db(self) -> Database:
        """What the shelves read and write by."""

    @property
    def blobs(self) -> Blobs:
        """Where the bytes of pages lie."""

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside happen, or none; only one writer at a time. Raises ArchiveProblem; nothing is lost."""

    def moment(self) -> AbstractContextManager[None]:
        """All reads inside see one moment, while others write on."""

    def copy(self, place: Path) -> Path:
        """Copy the rows as of one moment to a new SQLite file. Raises OSError where there is no room."""

    def damage(self) -> Iterator[str]:
        """What the database says is wrong with itself."""

    def size(self) -> int:
        """Bytes of the database."""

    @property
    def near(self) -> NearVectors | None:
        """The server's own index of vectors, where it has one; else `index.vectors` keeps it in the home."""

    def now(self) -> datetime:
        """The time by which all who share the rows agree, in UTC."""

    def alone(self, name: str, *, shared: bool = False) -> AbstractContextManager[bool]:
        """Whether this connection has a lock by name while inside; waits for nobody. `shared` ones bear each other."""

    def close(self) -> None:
        """Let go of it."""


def open_store(home: Path, url: str | None, wait_ms: int) -> Store:
    """Open the rows of a home, with the schema brought up to date.

    Raises ArchiveProblem where they cannot be reached or a newer Vedette wrote them.
    """
    if url is None:
        from index.archive.sqlite import SqliteStore  # noqa: PLC0415 - each store imports the other's parts of nothing

        return SqliteStore(home, wait_ms)
    try:
        home.mkdir(parents=True, exist_ok=True)  # locks, digests and the feed's file lie there all the same
    except OSError as error:
        raise ArchiveProblem(f"{home}: {error}. Is the folder writable, and is there room on the disk?") from error
    with needs_postgres():
        from index.archive.postgres import PostgresStore  # noqa: PLC0415 - psycopg is an optional extra
    return PostgresStore(url, wait_ms)


@contextmanager
def needs_postgres() -> Iterator[None]:
    """Import inside what needs psycopg. Raises ArchiveProblem, naming the extra, where it is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ArchiveProblem(f"PostgreSQL needs the package {error.name}: pip install 'vedette[postgres]'") from error
