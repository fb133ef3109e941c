"""How often one host is asked, whichever sources ask it: at most so many at once, and so many seconds apart.

Scrapy keeps a delay within one crawler; this holds over all crawlers of a process, so that two sources on one host do
not double its load. Times are the loop's own clock, never the clock of the archive.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

MOST_SECONDS = 60.0
"""A Crawl-delay beyond this is cut, as other crawlers do."""


@dataclass(slots=True)
class _Host:
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    inside: int = 0
    last: float = float("-inf")
    floor: float = 0.0


class Pace:
    """The turns of all hosts in one event loop."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def slow(self, host: str, seconds: float) -> None:
        """Ask a host no oftener than this from now on, as its robots.txt wishes (Crawl-delay)."""
        self._host(host).floor = min(seconds, MOST_SECONDS)

    @asynccontextmanager
    async def turn(self, host: str, delay: float, connections: int) -> AsyncIterator[None]:
        """Wait until the host may be asked; inside the block it is being asked.

        `delay` seconds pass after the start of the last request, and at most `connections` are open at once. First
        come, first served.
        """
        state = self._host(host)
        if delay or state.floor or state.inside >= connections or state.door.locked():
            await self._queue(state, max(delay, state.floor), connections)
        state.inside += 1
        state.last = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            state.inside -= 1
            state.freed.set()

    def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            self._hosts[host] = _Host()
        return self._hosts[host]

    async def _queue(self, state: _Host, delay: float, connections: int) -> None:
        async with state.door:
            while state.inside >= connections:
                state.freed.clear()
                await state.freed.wait()
            pause = state.last + delay - asyncio.get_running_loop().time()
            if pause > 0:
                await asyncio.sleep(pause)


_paces: WeakKeyDictionary[asyncio.AbstractEventLoop, Pace] = WeakKeyDictionary()


def of_running_loop() -> Pace:
    """The pace of this event loop: one for all crawls of a process."""
    return _paces.setdefault(asyncio.get_running_loop(), Pace())
