"""The crawls of one worker among several: each site is read by one worker at a time, whoever comes first.

Nobody plans visits for others: what is due follows from the runs in the archive, so a worker that dies leaves its
sources due, and its leases lapse. A site is left alone for a source's delay when it goes from hand to hand.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent import telling
from agent.pipeline import Pipeline
from agent.schedule import next_visit
from config.source import Source
from crawlers.crawl import AT_ONCE, crawl_async
from index.archive.archive import ArchiveProblem

_PLAIN_SUFFIX, _LONG_SUFFIX = 2, 3
_SECOND_LEVEL = frozenset({"gov", "com", "org", "net", "edu", "ac", "mil"})

log = logging.getLogger("vedette")


def site(host: str) -> str:
    """The part of the work that a host belongs to: its registered domain, so that *.mof.gov.cn and its hosts are one.

    All below a second-level domain such as gov.cn counts one label more. Addresses in numbers stand for themselves.
    """
    labels = host.lower().removeprefix("*.").split(".")
    if labels[-1].isdigit() or ":" in host:
        return host
    length = _LONG_SUFFIX if len(labels[-1]) == 2 and labels[-2:-1] and labels[-2] in _SECOND_LEVEL else _PLAIN_SUFFIX
    return ".".join(labels[-length:])


def sites(source: Source) -> frozenset[str]:
    """The sites that a source may ask, as parts of the work."""
    return frozenset(f"site {site(host)}" for host in source.hosts)


@dataclass
class Crawls:
    """What one worker (`holder`) reads now. `term`: how long a lease holds when nothing is heard of its holder."""

    stages: Pipeline
    sources: tuple[Source, ...]
    holder: str
    term: timedelta
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _sites: Counter[str] = field(default_factory=Counter)
    _due: dict[str, datetime] = field(default_factory=dict)

    def turn(self) -> None:
        """Renew what is held, let go of what was lost, and begin what is due and free. Raises ArchiveProblem."""
        archive = self.stages.archive
        with archive.transaction():
            kept = archive.leases.renew(self.holder, archive.now() + self.term)
        self._reap(set(self._sites) - kept)
        for source in self._waiting():
            if len(self._tasks) < AT_ONCE and self._taken(source):
                self._tasks[source.id] = asyncio.get_running_loop().create_task(self._crawl(source))

    async def end(self) -> None:
        """Cut short what is being read; what came in is kept."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _reap(self, lost: Collection[str]) -> None:
        for name, task in list(self._tasks.items()):
            if task.done():
                self._tasks.pop(name).result()  # a bug of ours is raised here
        for source in self.sources:
            if source.id in self._tasks and sites(source) & set(lost):
                log.warning("another worker has taken over; cut short", extra={"source": source.id})
                self._tasks[source.id].cancel()

    def _waiting(self) -> Iterator[Source]:
        """The sources that seem due, longest first."""
        now = self.stages.clock()
        due = [one for one in self.sources if one.id not in self._tasks and self._due.get(one.id, now) <= now]
        return iter(sorted(due, key=lambda one: (self._due.get(one.id, now), one.id)))

    def _taken(self, source: Source) -> bool:
        """Whether a source is due, and its sites are ours now."""
        archive, parts = self.stages.archive, sites(source)
        if not self._is_due(source) or not archive.leases.free(parts, self.holder, archive.now()):
            return False
        with archive.transaction():
            now = archive.now()
            if not archive.leases.take(parts, self.holder, now, now + self.term):
                return False
        self._sites.update(parts)
        if self._is_due(source):  # another worker may have read it since we looked
            return True
        self._give_back(source, timedelta(0))
        return False

    def _is_due(self, source: Source) -> bool:
        last, now = self.stages.archive.health.last_run(source.id), self.stages.clock()
        self._due[source.id] = next_visit(source, last.started_at if last else None, now)
        return self._due[source.id] <= now

    async def _crawl(self, source: Source) -> None:
        of = self.stages
        try:
            (run,) = await crawl_async(of.archive, [source], of.settings, clock=of.clock, events=telling.found)
            telling.crawled(run)
        except asyncio.CancelledError:
            log.info("cut short; what it read is kept", extra={"source": source.id})
        finally:
            self._give_back(source, timedelta(seconds=source.delay))

    def _give_back(self, source: Source, rest: timedelta) -> None:
        archive, parts = self.stages.archive, sites(source)
        self._sites.subtract(parts)
        over = {part for part in parts if self._sites[part] <= 0}
        for part in over:
            del self._sites[part]
        try:
            with archive.transaction():
                archive.leases.release(over, self.holder, archive.now() + rest if rest else None)
        except ArchiveProblem as error:  # it lapses by itself
            log.warning("%s", error, extra={"source": source.id})
