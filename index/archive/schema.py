"""The tables, as numbered migrations: `migrations/NNNN_name.sql`, applied in the order of their numbers, each once.

A released one is never edited; a change is a new file. Statements end with a semicolon at the end of a line.

Texts are zlib blobs (`rows.pack`): a Chinese document of 3,000 characters is 9 kB in UTF-8 and about 4 kB packed.
Times are ISO 8601 text in UTC, dates ISO text. No table that sqlite-utils fills is WITHOUT ROWID: version 4.2 cannot
`insert(ignore=True)` into one ("no such column: rowid", tried November 2026).
"""

from __future__ import annotations

import re
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

FOLDER = Path(__file__).parent / "migrations"
MIGRATIONS = Migrations("vedette")

_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)


def statements(script: str) -> list[str]:
    """The statements of one migration, without comments."""
    return [found for part in _COMMENT.sub("", script).split(";\n") if (found := part.strip())]


def _step(path: Path) -> None:
    @MIGRATIONS(name=path.stem)
    def apply(db: Database) -> None:
        for statement in statements(path.read_text(encoding="utf-8")):
            db.conn.execute(statement)


for _path in sorted(FOLDER.glob("*.sql")):
    _step(_path)
