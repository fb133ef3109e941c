"""Opens the archive of one home and holds its shelves."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from index.archive.catalogue import Catalogue
from index.archive.documents import Documents
from index.archive.exports import Exports
from index.archive.feed import Feed
from index.archive.feedback import Feedback
from index.archive.figures import FigureShelf
from index.archive.health import Health
from index.archive.integrity import Integrity
from index.archive.judgements import Judgements
from index.archive.kinship import Kinship
from index.archive.leases import Leases
from index.archive.ledger import Ledger
from index.archive.log import Log
from index.archive.pages import Pages
from index.archive.passages import Passages
from index.archive.reminders import Reminders
from index.archive.retention import Retention
from index.archive.store import ArchiveProblem, open_store
from index.archive.tallies import Tallies
from index.archive.templates import Templates
from index.archive.tokens import Tokens
from index.archive.told import Told

if TYPE_CHECKING:
    from index.archive.postgres_vectors import NearVectors

__all__ = ["BUSY_MS", "Archive", "ArchiveProblem"]

BUSY_MS = 30_000
"""How long a writer waits for another process' transaction."""


class Archive:
    """The archive of one home: its rows, and the bytes of pages. Close it, or use it as a context manager."""

    def __init__(self, home: Path, busy_ms: int = BUSY_MS, url: str | None = None) -> None:
        """Open, creating the folder and bringing the schema up to date.

        `busy_ms`: how long a write waits for another's transaction; a caller that must not stall gives less.

        `url`: a PostgreSQL server that holds the rows and the bytes instead of the home.

        Raises ArchiveProblem where the rows cannot be reached or a newer Vedette wrote them.
        """
        self.home, self.url = home, url
        self._store = open_store(home, url, busy_ms)
        self._db, self.blobs = self._store.db, self._store.blobs
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
        self.integrity = Integrity(self._db, self.log, self._store.damage)
        self.retention = Retention(self._db, self.log)
        self.catalogue = Catalogue(self._db)
        self.exports = Exports(self._db)
        self.tokens = Tokens(self._db)
        self.leases = Leases(self._db)
        self.tallies = Tallies(self._db)

    def _take_up_log(self) -> None:
        """Log what an archive from before the log holds."""
        if not self.log.frontier().size and any(self._db.execute("SELECT 1 FROM pages LIMIT 1")):
            with self.transaction():
                self.log.adopt()

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside happen, or none. May be nested; the outermost one commits.

        Raises ArchiveProblem where the disk is full or another process held the archive too long; nothing is lost.
        """
        return self._store.transaction()

    def moment(self) -> AbstractContextManager[None]:
        """All reads inside see the archive of one moment, while others write on. Write nothing inside."""
        return self._store.moment()

    def copy(self, place: Path) -> Path:
        """Copy the rows as of one moment to a new SQLite file, while others write on; returns `place`.

        Raises OSError where there is no room.
        """
        return self._store.copy(place)

    def size(self) -> int:
        """Bytes of the database, the bytes of pages only where it holds them."""
        return self._store.size()

    @property
    def near(self) -> NearVectors | None:
        """As `Store.near`."""
        return self._store.near

    def now(self) -> datetime:
        """The time by which all who share the archive agree, in UTC: that of the server, or of this machine."""
        return self._store.now()

    def alone(self, name: str, *, shared: bool = False) -> AbstractContextManager[bool]:
        """Whether this connection has a lock by name while inside, among all who share the archive; waits for nobody.

        `shared`: others may have it shared too. It ends with the process at the latest.
        """
        return self._store.alone(name, shared=shared)

    def again(self, busy_ms: int = BUSY_MS) -> Archive:
        """A second connection to the same archive, for another thread."""
        return Archive(self.home, busy_ms, self.url)

    def close(self) -> None:
        """Let go of the rows."""
        self._store.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
