"""Writes what a run found into the archive, some pages at a time, and tells of it once it is safe there.

One commit costs as much as reading a page, so jobs wait up to half a second, some pages or some megabytes for each
other and share one. Events go out after the commit: what is told has been kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from index.archive.archive import Archive, ArchiveProblem
from index.records import FetchState

Event = dict[str, Any]
Job = Callable[[], Iterable[Event]]
"""Writes to the archive and returns the events to tell once that is committed."""

JOBS, BYTES, SECONDS = 100, 4_000_000, 0.5
HELD_BYTES = 16_000_000
"""So much may wait in memory while another process holds the archive; then the problem is told."""


class StorageProblem(Exception):
    """The archive could not be written; says which file and what to do. The jobs are lost, the archive is unharmed."""


class Keeper:
    """The writing end of one run. Not told of anything, the last jobs wait: call `flush` at the end."""

    def __init__(self, archive: Archive, emit: Callable[[Event], None]) -> None:
        self._archive = archive
        self._emit = emit
        self._jobs: list[Job] = []
        self._states: dict[str, FetchState] = {}
        self._bytes = 0
        self._flushed = monotonic()
        self._held_off = False

    def keep(self, job: Job, size: int = 0) -> None:
        """Write soon. `size`: bytes that the job holds in memory. Raises StorageProblem."""
        self._jobs.append(job)
        self._bytes += size
        self._flush_if_due()

    def remember(self, state: FetchState) -> None:
        """Remember an address, in the same commit as what was found there. Raises StorageProblem."""
        self._states[state.url] = state
        self._flush_if_due()

    def _flush_if_due(self) -> None:
        full = len(self._jobs) + len(self._states) >= 2 * JOBS or self._bytes >= BYTES
        waited = monotonic() - self._flushed >= SECONDS
        if waited if self._held_off else full or waited:
            self._flush(may_wait=self._bytes < HELD_BYTES)

    def flush(self) -> None:
        """Commit everything that waits, then tell of it. Raises StorageProblem, with nothing of it written."""
        self._flush(may_wait=False)

    def _flush(self, *, may_wait: bool) -> None:
        """As `flush`; with `may_wait`, what another's transaction holds off is tried again with the next jobs."""
        jobs, states, size = self._jobs, self._states, self._bytes
        self._jobs, self._states, self._bytes = [], {}, 0
        events: list[Event] = []
        if jobs or states:
            try:
                with self._archive.transaction():
                    for job in jobs:
                        events.extend(job())
                    self._archive.pages.remember(states.values())
            except ArchiveProblem as error:
                if not (may_wait and "locked" in str(error)):
                    raise StorageProblem(str(error)) from error
                self._jobs, self._states, self._bytes, self._held_off = jobs, states, size, True
                self._flushed = monotonic()
                return
            except OSError as error:
                raise StorageProblem(advice(error, self._archive)) from error
        self._flushed, self._held_off = monotonic(), False
        for event in events:
            self._emit(event)


def advice(error: OSError, archive: Archive) -> str:
    """What to do about a disk that cannot be written."""
    place = error.filename or archive.home
    return f"{place}: {error.strerror or error}. Make room on the disk or mend its rights; the next run reads again."
