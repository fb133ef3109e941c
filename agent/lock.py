"""One agent a home: a lock that names its holder and dies with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digests import lock
from index.archive.archive import Archive


class Held(Exception):
    """Another agent works on this home; says which process."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock while inside. Raises Held at once where another process has it."""
    with lock.held(path, wait=False) as mine:
        if not mine:
            holder = path.read_text(encoding="utf-8").strip() or "unknown"
            raise Held(f"{path}: held by process {holder}; stop it first")
        path.write_text(str(os.getpid()), encoding="utf-8")
        yield


@contextmanager
def sole(archive: Archive) -> Iterator[None]:
    """Be the only agent of an archive that several hosts may share. Raises Held where a worker or agent has it."""
    with archive.alone("agent") as mine:
        if not mine:
            raise Held("workers or another agent share this archive; stop them first, or start workers only")
        yield


@contextmanager
def sharing(archive: Archive) -> Iterator[None]:
    """Be one of the workers of an archive. Raises Held where a whole agent has it."""
    with archive.alone("agent", shared=True) as ours:
        if not ours:
            raise Held("`vedette run` has this archive; stop it first, and start workers for all roles")
        yield
