"""`vedette run --only-serve`: the pages and the API of a home, and nothing is visited, judged or sent.

A demo's home is shown at the moment its last day ended: months later nothing would be new, and every sign would have
faded from the scenario board.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from agent.api.serving import Api
from agent.place import DEMO_MARK, open_archive, utc_now
from agent.replica.days import places
from config.declarations import Declarations
from config.settings import Settings
from index.archive.archive import Archive

MARK = DEMO_MARK


@dataclass(frozen=True)
class Exhibit:
    """What is shown: a home with its settings, what is declared for it, and the clock by which its pages are made."""

    declared: Declarations
    settings: Settings
    clock: Callable[[], datetime]


def exhibit(declared: Declarations, settings: Settings) -> Exhibit:
    """A home as it is shown: that of a demo with its sixteen sources and its last moment, any other one now."""
    last = _last(settings, declared) if (settings.home / MARK).exists() else None
    if last is None:
        return Exhibit(declared, settings, utc_now)
    sources = {name: one for name, one in declared.sources.items() if name in places()}
    return Exhibit(replace(declared, sources=sources), settings.model_copy(update={"deployment": "demo"}), lambda: last)


def show(what: Exhibit, note: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises CannotListen and DeclarationError, as the API does."""
    asyncio.run(_show(Api(what.declared, what.settings, what.clock), what.settings.home, note))


async def _show(api: Api, home: Path, note: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    api.start()
    note(f"{home}: open {api.address}/ in a browser. Nothing is visited or sent. Ctrl-C ends.")
    ready = loop.create_task(api.ready_search())
    await stop.wait()
    await api.close()
    await ready


def _last(settings: Settings, declared: Declarations) -> datetime | None:
    """The last moment that the archive knows of; None for an empty one."""
    with open_archive(settings) as archive:
        return max(_moments(archive, declared), default=None)


def _moments(archive: Archive, declared: Declarations) -> Iterator[datetime]:
    yield from (line.at for line in archive.told.before(2**62, 1))
    for name in declared.sources:
        if run := archive.health.last_run(name):
            yield run.ended_at or run.started_at
    for name in declared.subscriptions:
        yield from (datetime.fromisoformat(row["made_at"]) for row in archive.ledger.issues(name)[-1:])
