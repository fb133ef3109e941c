"""One agent a home: a lock that names its holder and dies with it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Held(Exception):
    """Another agent works on this home; says which process."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock while inside; the kernel frees a dead holder's. Raises Held at once where somebody else has it."""
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise Held(f"{path}: held by process {file.read().strip() or 'unknown'}; stop it first") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
