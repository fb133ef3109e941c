"""Progress of long work: a bar on a terminal, a line of the log or a plain line now and then elsewhere.

Always on standard error, which under VEDETTE_LOG=json holds nothing but JSON lines.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_EVERY = 5.0
"""Seconds between plain lines."""

Shown = Callable[[str, int], None]
"""Takes what is being worked on and how much is done."""


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Shown]:
    """Show the progress of one stretch of work; `total` None where it cannot be known."""
    if os.environ.get("VEDETTE_LOG") == "json":
        yield _Lines(title, total, _logged).show
    elif sys.stderr.isatty():
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=total)
            yield lambda name, done: bar.update(task, description=f"{title} {name}", completed=done)
    else:
        yield _Lines(title, total, _printed).show


class _Lines:
    def __init__(self, title: str, total: int | None, say: Callable[[str, int, int | None, str], None]) -> None:
        self._title, self._total, self._say, self._shown = title, total, say, monotonic()

    def show(self, name: str, done: int) -> None:
        if monotonic() - self._shown >= _EVERY:
            self._shown = monotonic()
            self._say(self._title, done, self._total, name)


def _printed(title: str, done: int, total: int | None, name: str) -> None:
    of = f"/{total}" if total else ""
    print(f"{title}: {done}{of} {name}", file=sys.stderr, flush=True)  # noqa: T201 - the plain form


def _logged(title: str, done: int, total: int | None, name: str) -> None:
    extra = {"stage": title, "done": done, "total": total, "at": name}
    logging.getLogger("vedette").info("progress", extra=extra)
