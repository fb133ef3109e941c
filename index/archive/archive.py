"""Opens the archive of one home and holds its shelves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from index.archive.catalogue import Catalogue
from index.archive.documents import Documents
from index.archive.feed import Feed
from index.archive.feedback import Feedback
from index.archive.figures import FigureShelf
from index.archive.health import Health
from index.archive.integrity import Integrity
from index.archive.judgements import Judgements
from index.archive.kinship import Kinship
from index.archive.ledger import Ledger
from index.archive.log import Log
from index.archive.pages import Pages
from index.archive.passages import Passages
from index.archive.reminders import Reminders
from index.archive.retention import Retention
from index.archive.schema import MIGRATIONS
from index.archive.templates import Templates
from index.archive.tokens import Tokens
from index.archive.told import Told
from index.blobs import Blobs

BUSY_MS = 30_000
"""How long a writer waits for another process' transaction."""


class ArchiveProblem(Exception):
    """The archive cannot be opened or written (disk full, no permission, newer schema). Says what to do."""


class Archive:
    """The archive of one home: `HOME/archive.db` and `HOME/blobs/`. Close it, or use it as a context manager."""

    def __init__(self, home: Path, busy_ms: int = BUSY_MS) -> None:
        """Open, creating the folder and bringing the schema up to date.

        `busy_ms`: how long a write waits for another's transaction; a caller that must not stall gives less.

        Raises ArchiveProblem where the folder cannot be written or a newer Vedette wrote the archive.
        """
        self.home = home
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._db = Database(sqlite3.connect(home / "archive.db", timeout=busy_ms / 1000, check_same_thread=False))
            self._db.enable_wal()
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._refuse_newer()
            MIGRATIONS.apply(self._db)
        except (OSError, sqlite3.OperationalError) as error:
            raise ArchiveProblem(f"{home}: {error}. Is the folder writable, and is there room on the disk?") from error
        self.blobs = Blobs(home / "blobs")
        self.log = Log(self._db)
        self._take_up_log()
        self.pages = Pages(self._db, self.blobs, self.log)
        self.documents = Documents(self._db, self.log)
        self.kinship = Kinship(self._db)
        self.judgements = Judgements(self._db)
        self.feed = Feed(self._db, self.log)
        self.ledger = Ledger(self._db)
        self.told = Told(self._db)
        self.health = Health(self._db)
        self.templates = Templates(self._db)
        self.passages = Passages(self._db)
        self.reminders = Reminders(self._db)
        self.feedback = Feedback(self._db)
        self.figures = FigureShelf(self._db)
        self.integrity = Integrity(self._db, self.log)
        self.retention = Retention(self._db, self.log)
        self.catalogue = Catalogue(self._db)
        self.tokens = Tokens(self._db)

    def _refuse_newer(self) -> None:
        newer = ", ".join(sorted({step.name for step in MIGRATIONS.applied(self._db)} - _names()))
        if newer:
            raise ArchiveProblem(f"{self.home}: written by a newer Vedette ({newer}). Upgrade vedette, then try again.")

    def _take_up_log(self) -> None:
        """Log what an archive from before the log holds."""
        if not self.log.frontier().size and any(self._db.execute("SELECT 1 FROM pages LIMIT 1")):
            with self.transaction():
                self.log.adopt()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen, or none. May be nested; the outermost one commits.

        Raises ArchiveProblem where the disk is full or another process held the archive too long; nothing is lost.
        """
        if self._db.conn.in_transaction:
            with self._db.atomic():
                yield
            return
        try:
            self._db.conn.execute("BEGIN IMMEDIATE")
            yield
            self._db.conn.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._db.rollback()
            raise ArchiveProblem(f"{self.home / 'archive.db'}: {error}; nothing already archived is changed") from error
        except BaseException:
            self._db.rollback()
            raise

    def copy(self, place: Path) -> Path:
        """Copy the database as of one moment to a new file, while others write on; returns `place`.

        Raises OSError where there is no room.
        """
        try:
            with closing(sqlite3.connect(place)) as target:
                self._db.conn.backup(target)
        except sqlite3.OperationalError as error:
            raise OSError(f"{place}: {error}") from error
        return place

    @contextmanager
    def moment(self) -> Iterator[None]:
        """All reads inside see the archive of one moment, while others write on. Write nothing inside."""
        self._db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self._db.rollback()

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in by SQLite."""
        self._db.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _names() -> set[str]:
    empty = Database(memory=True)
    names = {migration.name for migration in MIGRATIONS.pending(empty)}
    empty.close()
    return names
