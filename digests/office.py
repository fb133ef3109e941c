"""What every channel works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config.declarations import Declarations
from config.settings import Settings
from index.archive.archive import Archive


@dataclass(frozen=True, slots=True)
class Office:
    """One run of telling: where things are kept, what is declared and set, and the time (aware)."""

    archive: Archive
    declared: Declarations
    settings: Settings
    now: datetime
