"""Where one call of the command line works: its home, declarations, settings and archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.declarations import Declarations
    from config.settings import Settings
    from index.archive.archive import Archive

DONE, PROBLEMS, USAGE = 0, 1, 2
"""Exit codes: done; ran, with source problems or bad lines; a declaration or usage fault."""

DEMO_MARK = ".vedette-demo"
"""The file by which the home of a demo is told."""


@dataclass(frozen=True)
class Place:
    """`home` for data and `config` laid over the shipped declarations; None means as the environment says."""

    home: Path | None
    config: Path | None

    def settings(self) -> Settings:
        """The settings of this call. Raises DeclarationError."""
        from config.settings import read  # noqa: PLC0415 - pydantic is not needed for --help

        return read(home=self.home, config=self.config)

    def declarations(self) -> Declarations:
        """All declarations of this call. Raises DeclarationError for the first fault."""
        from config.declarations import load  # noqa: PLC0415 - as above

        return load(self.settings().config)

    def archive(self) -> Archive:
        """The archive of this call's home. Raises ArchiveProblem."""
        return open_archive(self.settings())


def open_archive(settings: Settings, busy_ms: int | None = None) -> Archive:
    """The archive that the settings name: on a PostgreSQL server, or in the home; that of a demo always in its home.

    `busy_ms`: how long a write waits for another's, if not as usual. Raises ArchiveProblem.
    """
    from index.archive.archive import BUSY_MS, Archive  # noqa: PLC0415 - as above

    return Archive(settings.home, BUSY_MS if busy_ms is None else busy_ms, _url(settings))


def is_archived(settings: Settings) -> bool:
    """Whether there is an archive to read, or a server that has one."""
    return _url(settings) is not None or (settings.home / "archive.db").exists()


def _url(settings: Settings) -> str | None:
    if settings.database_url is None or (settings.home / DEMO_MARK).exists():
        return None
    return settings.database_url.get_secret_value()


def utc_now() -> datetime:
    """The clock of real runs."""
    return datetime.now(UTC)
