"""The archive for Datasette: a plain copy with a page of metadata that says what tables and columns mean."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from config.source import Source
from index.archive.archive import Archive
from index.archive.exports import Chosen
from index.archive.plain import write_plain

METADATA = Path(__file__).with_name("datasette.yml")


def as_datasette(archive: Archive, sources: Iterable[Source], folder: Path, chosen: Chosen) -> Iterator[Path]:
    """Write `vedette.db` and `metadata.yml`, and yield each path when it is written."""
    yield write_plain(archive.exports, map(_row, sources), folder / "vedette.db", chosen)
    yield Path(shutil.copyfile(METADATA, folder / "metadata.yml"))


def _row(source: Source) -> dict[str, Any]:
    names = ("id", "title", "title_en", "authority", "tier", "region", "language")
    return {name: getattr(source, name) for name in names}
