"""Signs of life of a running agent, which its threads leave and `/readyz` and `/metrics` read. In memory only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

SCHEDULE_LATE = 60.0
"""Seconds after which a schedule that has not ticked counts as stopped; it ticks every five."""
WORKER_LATE = 120.0
"""Seconds after which a worker that has finished nothing and does nothing counts as dead."""
WORKER_BUSY = 3600.0
"""Seconds that one round of the stages may take: a first crawl of everything is thousands of changes to judge."""


class Pulse:
    """Who left a sign when, by a clock that never goes back. `watching`: this process visits and judges at all."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self.watching = False
        self.model = False
        self.blobs: int | None = None
        """Bytes of the folder of pages as of the last daily report."""
        self.failure = ""
        self._ticked = self._worked = seconds()
        self._busy: float | None = None

    def tick(self) -> None:
        """The schedule is alive."""
        self._ticked = self._seconds()

    @contextmanager
    def working(self) -> Iterator[None]:
        """The worker does a round inside; one that raises is remembered until one does not."""
        self._busy = self._seconds()
        try:
            yield
        except BaseException as error:
            self.failure = type(error).__name__
            raise
        else:
            self._worked, self.failure = self._seconds(), ""
        finally:
            self._busy = None

    def silence(self) -> dict[str, float]:
        """Seconds since the last sign of schedule and worker; a worker that is busy is silent since it began."""
        now = self._seconds()
        return {"schedule": now - self._ticked, "worker": now - (self._busy or self._worked)}

    def wrong(self) -> dict[str, str]:
        """What is not as it should be, by part, each with what to do; empty where all is well or nothing runs."""
        if not self.watching:
            return {}
        silent, found = self.silence(), {}
        if silent["schedule"] > SCHEDULE_LATE:
            found["schedule"] = f"no tick for {silent['schedule']:.0f} seconds; restart `vedette run`"
        if self.failure:
            found["worker"] = f"its last round failed ({self.failure}); the log says why, the next round tries again"
        elif silent["worker"] > (WORKER_BUSY if self._busy else WORKER_LATE):
            found["worker"] = f"silent for {silent['worker']:.0f} seconds; read the log and restart `vedette run`"
        return found
