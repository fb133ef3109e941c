"""The API's own place at the archive: what is declared and set, and threads with a connection each.

Quick reads go through one thread; what may take a second (search, books, boards) through another, so that no reader of
the feed waits for an analyst; a third says how we are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request

from agent.api.attempts import Attempts
from agent.api.finder import Finder
from agent.place import open_archive
from agent.pulse import Pulse
from config.declarations import Declarations
from config.settings import Settings
from digests.optout import Key
from index.archive.archive import Archive

STATE_WAIT_MS = 2_000
"""How long a look at how we are waits for another's transaction."""

if TYPE_CHECKING:
    from agent.api.metrics import Instruments

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Desk:
    """`await desk(work, ...)` runs `work(archive, ...)` in the quick thread, `desk.slowly` in the other.

    `stopping` is set when the server ends.
    """

    def __init__(self, declared: Declarations, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.declared, self.settings, self.clock = declared, settings, clock
        self.attempts = Attempts()
        self.finder = Finder(declared, settings)
        self.stopping = asyncio.Event()
        self.pulse = Pulse()
        self.instruments: Instruments
        self._aside = _Seat(settings, "api-state", STATE_WAIT_MS)
        self._quick, self._slow = _Seat(settings, "api"), _Seat(settings, "api-slow")

    async def __call__(self, work: Callable[Concatenate[Archive, _P], _T], *args: _P.args, **named: _P.kwargs) -> _T:
        """What `work` returns or raises."""
        return await self._quick.ask(lambda archive: work(archive, *args, **named))

    async def slowly(self, work: Callable[Concatenate[Archive, _P], _T], *args: _P.args, **named: _P.kwargs) -> _T:
        """The same for work that may take a second."""
        return await self._slow.ask(lambda archive: work(archive, *args, **named))

    async def aside(self, work: Callable[Concatenate[Archive, _P], _T], *args: _P.args, **named: _P.kwargs) -> _T:
        """The same for who asks how we are: never behind a reader, and soon, though the archive be held."""
        return await self._aside.ask(lambda archive: work(archive, *args, **named))

    @cached_property
    def key(self) -> Key:
        """The secret of this home, made where there is none."""
        return Key(self.settings.home)

    @property
    def horizon(self) -> datetime:
        """The time from which on events are served."""
        return self.clock() - timedelta(days=self.settings.retention_days)

    async def pause(self, seconds: float) -> bool:
        """Wait, and say whether the server goes on."""
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return True
        return False

    def close(self) -> None:
        """Wait for what is being done, then let go."""
        self._quick.close()
        self._slow.close()
        self._aside.close()


class _Seat:
    """One thread with its own connection, opened when something is first asked."""

    def __init__(self, settings: Settings, name: str, busy_ms: int | None = None) -> None:
        self._settings, self._busy_ms = settings, busy_ms
        self._archive: Archive | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def ask(self, work: Callable[[Archive], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(self._opened()))

    def close(self) -> None:
        self._thread.submit(self._let_go).result()
        self._thread.shutdown()

    def _opened(self) -> Archive:
        self._archive = self._archive or open_archive(self._settings, self._busy_ms)
        return self._archive

    def _let_go(self) -> None:
        if self._archive is not None:
            self._archive.close()


def _of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_of)]
"""What a route asks for to read the archive."""
