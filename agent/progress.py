"""Progress of long work: a bar on a terminal, a plain line now and then elsewhere; always on standard error."""

from __future__ import annotations

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
    if sys.stderr.isatty():
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=total)
            yield lambda name, done: bar.update(task, description=f"{title} {name}", completed=done)
    else:
        yield _Lines(title, total).show


class _Lines:
    def __init__(self, title: str, total: int | None) -> None:
        self._title, self._total, self._shown = title, total, monotonic()

    def show(self, name: str, done: int) -> None:
        if monotonic() - self._shown >= _EVERY:
            self._shown = monotonic()
            of = f"/{self._total}" if self._total else ""
            print(f"{self._title}: {done}{of} {name}", file=sys.stderr, flush=True)  # noqa: T201 - the plain form
