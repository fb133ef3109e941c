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
        from index.archive.archive import Archive  # noqa: PLC0415 - as above

        return Archive(self.settings().home)


def utc_now() -> datetime:
    """The clock of real runs."""
    return datetime.now(UTC)
