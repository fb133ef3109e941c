"""One agent a home: a lock that names its holder and dies with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digests import lock


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
