"""`vedette worker`: one role of the agent, on any number of hosts that share an archive.

crawl: sites are shared out by leases (`agent.shards`). classify: documents are, so that changes of one stay in their
order. deliver: one worker of all holds the calendar (an advisory lock): what falls due by date, alerts, digests,
deliveries; the others stand by. Nothing is handed over when a worker dies: its locks end with its connection, its
leases after `VEDETTE_LEASE_SECONDS`, and what it had begun is still undone in the archive.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from agent import searches, telling
from agent.classifying import STAGE, classify
from agent.judge import Judge
from agent.lock import sharing
from agent.pipeline import Pipeline
from agent.shards import Crawls
from config.source import Source
from crawlers.crawl import event_loop
from index.altering import index_changes
from index.archive.archive import ArchiveProblem
from index.archive.leases import parts_of
from index.zone import CHINA

Role = Literal["crawl", "classify", "deliver"]
POLL = 2.0
"""Seconds between looks for something to do; a quarter of the lease where that is shorter."""
LOOP_WAIT_MS = 5_000
"""How long a crawl worker waits for another's write: its loop stands still meanwhile, then it keeps its finds."""
CLAIM = 8
"""Changes claimed at once: few, so that workers share even a short queue."""

log = logging.getLogger("vedette")


@dataclass
class Worker:
    """One process with one role. `sources` are those that a crawl worker may read."""

    stages: Pipeline
    sources: tuple[Source, ...]
    role: Role
    _stop: threading.Event = field(default_factory=threading.Event)
    _judge: Judge | None = None
    _day: date | None = None

    def run(self) -> None:
        """Work until SIGTERM or SIGINT. Raises Held where a whole agent (`vedette run`) has the archive."""
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self.term = timedelta(seconds=self.stages.settings.lease_seconds)
        work: dict[Role, Callable[[], None]] = {
            "crawl": self._crawl,
            "classify": lambda: self._again(self._classify_some),
            "deliver": self._deliver,
        }
        with sharing(self.stages.archive):
            log.info("working", extra={"role": self.role, "holder": self.holder})
            work[self.role]()
            log.info("stopped")

    @property
    def _poll(self) -> float:
        return min(POLL, self.term.total_seconds() / 4)

    # Crawl

    def _crawl(self) -> None:
        event_loop().run_until_complete(self._crawling())

    async def _crawling(self) -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        crawls = Crawls(self.stages, self.sources, self.holder, self.term)
        while not stop.is_set():
            try:
                crawls.turn()
            except ArchiveProblem as error:
                log.error("%s; tried again", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._poll)
        await crawls.end()

    # Classify

    def _classify_some(self) -> bool:
        """Judge what nobody else is judging; whether there was anything."""
        archive = self.stages.archive
        if not archive.documents.pending(STAGE):
            return False
        self._judge = self._judge or self.stages.open_judge()
        with archive.transaction():
            now = archive.now()
            claimed = archive.leases.claim(STAGE, self.holder, now, now + self.term, CLAIM)
        for change in claimed:
            with archive.transaction():
                kept = archive.leases.renew(self.holder, archive.now() + self.term)
            if parts_of([change]) <= kept:
                now = self.stages.clock()
                telling.judged(classify(archive, self.stages.declarations, self._judge, now, [change]))
        with archive.transaction():
            archive.leases.release(parts_of(claimed), self.holder)
        self._follow(self._judge)
        return bool(claimed)

    def _follow(self, judge: Judge) -> None:
        """What comes after judging and needs the model, by one worker at a time."""
        of = self.stages
        with of.archive.alone("follow") as mine:
            if mine:
                index_changes(of.archive, judge.encoder, of.clock())
                searches.ask(of.archive, of.declarations, judge.encoder, of.clock())

    # Deliver

    def _deliver(self) -> None:
        self._again(self._hold_calendar)

    def _hold_calendar(self) -> bool:
        with self.stages.archive.alone("calendar") as mine:
            if mine:
                log.info("holds the calendar", extra={"holder": self.holder})
                self._again(self._tell)
        return False

    def _tell(self) -> bool:
        today = self.stages.clock().astimezone(CHINA).date()
        if today != self._day:
            self.stages.daily()
            self._day = today
        self.stages.alert()
        self.stages.digest()
        self.stages.deliver()
        return False

    def _again(self, work: Callable[[], bool]) -> None:
        """Work until told to stop, with a pause whenever there was nothing to do."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stop.set())
        while not self._stop.is_set():
            try:
                found = work()
            except ArchiveProblem as error:  # nothing is lost: what waits is looked for again
                log.error("%s; tried again", error)
                found = False
            if not found:
                self._stop.wait(self._poll)
