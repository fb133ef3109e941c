"""What is asked of the child process and what it answers: limits, the text of a file, the reasons for having none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["pdf", "docx", "doc", "xlsx", "xls", "wps", "ofd", "zip", "unknown"]
Flag = Literal["scan", "encrypted", "too_large", "broken", "unsupported", "bomb", "timeout"]

KINDS: frozenset[str] = frozenset({"pdf", "docx", "doc", "xlsx", "xls", "wps", "ofd", "zip", "unknown"})
FLAGS: frozenset[str] = frozenset({"scan", "encrypted", "too_large", "broken", "unsupported", "bomb", "timeout"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Sizes are bytes, times seconds; a file over a limit is flagged."""

    content: int = 32 << 20
    text: int = 4 << 20
    wall_seconds: float = 60.0
    cpu_seconds: int = 30
    memory: int = 1 << 30
    pages: int = 2_000
    members: int = 200
    parts: int = 10_000
    ratio: int = 100
    expanded: int = 200 << 20


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of one file: one block a line, the cells of a table row joined by ` | `.

    `kind` is told by the content. `count`: pages (pdf, ofd), sheets (xlsx, xls), members (zip), else 1; 0 where that
    cannot be told. `flag`: why the text is missing or incomplete, None where all was read; `why` says it in words.
    Text with a flag must not be compared with text without one: a shorter text would look like a deletion. In a zip,
    `flag` is that of its worst member and `why` names each member that was not read.
    """

    text: str = ""
    kind: Kind = "unknown"
    flag: Flag | None = None
    count: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser found: lines (may be lazy), a count, and, where that is not all of the file, a flag and why."""

    lines: Iterable[str]
    count: int = 1
    flag: Flag | None = None
    why: str = ""


def cut(lines: Iterable[str], count: int, most: int) -> Reading:
    """A reading of paged files, flagged where only the first `most` pages were read."""
    over = count > most
    return Reading(lines, count, "too_large" if over else None, f"{count} pages, the first {most} read" if over else "")


class UnreadableError(Exception):
    """Raised by parsers inside the child; the child answers with its flag. It never leaves the child process."""

    def __init__(self, flag: Flag, why: str) -> None:
        super().__init__(why)
        self.flag: Flag = flag
        self.why = why
