"""The API's own place at the archive: one connection, one thread, what is declared and set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request

from config.declarations import Declarations
from config.settings import Settings
from digests.optout import Key
from index.archive.archive import Archive

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Desk:
    """`await desk(work, ...)` runs `work(archive, ...)` in the one thread; `stopping` is set when the server ends."""

    def __init__(self, declared: Declarations, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.declared, self.settings, self.clock = declared, settings, clock
        self.key = Key(settings.home)
        self.stopping = asyncio.Event()
        self._archive: Archive | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="api")

    async def __call__(self, work: Callable[Concatenate[Archive, _P], _T], *args: _P.args, **named: _P.kwargs) -> _T:
        """What `work` returns or raises."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: work(self._opened(), *args, **named)
        )

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
        self._thread.submit(self._let_go).result()
        self._thread.shutdown()

    def _opened(self) -> Archive:
        self._archive = self._archive or Archive(self.settings.home)
        return self._archive

    def _let_go(self) -> None:
        if self._archive is not None:
            self._archive.close()


def _of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_of)]
"""What a route asks for to read the archive."""
