"""`vedette run`: scheduler, crawls and HTTP API in one asyncio loop, the slower stages in one thread beside it.

Crawls, the schedule and the API share Twisted's asyncio reactor. Classifying, alerting, making digests and delivering
take the model and the network, so they run one after the other in a single worker thread with its own connection to the
archive: the loop never waits for them, and no two of them ever run at once.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from agent import logs, telling
from agent.api.serving import Api
from agent.judge import Judge
from agent.lock import held, sole
from agent.pipeline import Pipeline
from agent.pulse import Pulse
from agent.schedule import next_visit, trigger
from config.source import Source
from crawlers.crawl import crawl_async, event_loop
from index.archive.archive import ArchiveProblem
from index.zone import CHINA

PROCESS_EVERY = 5
"""Seconds between looks for something to classify, alert, make or deliver."""
LOOP_WAIT_MS = 5_000
"""How long a write of the loop waits for the worker's: a crawl keeps its finds and tries again."""
GRACE = timedelta(hours=1)
"""How late a visit may start and still be made; later ones wait for the next."""

log = logging.getLogger("vedette")


@dataclass
class Agent:
    """A running Vedette. `sources` are those to watch, `api` is open and not yet started."""

    stages: Pipeline
    sources: tuple[Source, ...]
    api: Api

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then stop cleanly: crawls are cut short, what they read is kept."""
        with held(self.stages.archive.home / "agent.lock"), sole(self.stages.archive):
            loop = event_loop()
            logs.twisted()
            loop.run_until_complete(self._run())

    async def _run(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        worker = _Worker(self.stages, self.api.pulse)
        scheduler = self._scheduler(loop, worker)
        scheduler.start()
        self.api.start()
        self.api.pulse.watching = True
        home = self.stages.archive.home
        log.info("running", extra={"sources": len(self.sources), "home": home, "api": self.api.address})
        await stop.wait()
        self.api.pulse.watching = False
        log.info("stopping")
        scheduler.shutdown(wait=False)
        await self.api.close()
        await self._end_crawls()
        await worker.close()
        log.info("stopped")

    def _scheduler(self, loop: asyncio.AbstractEventLoop, worker: _Worker) -> AsyncIOScheduler:
        grace = int(GRACE.total_seconds())
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": grace}
        zone = self.stages.settings.timezone
        scheduler = AsyncIOScheduler(event_loop=loop, timezone=zone, job_defaults=defaults)
        now = self.stages.clock()
        for source in self.sources:
            last = self.stages.archive.health.last_run(source.id)
            due = next_visit(source, last.started_at if last else None, now)
            when = trigger(source, due)
            scheduler.add_job(self._crawl, when, args=[source], id=source.id, next_run_time=due, replace_existing=True)
        scheduler.add_job(worker.process, "interval", seconds=PROCESS_EVERY, id="process", next_run_time=now)
        scheduler.add_job(_ticking(self.api.pulse), "interval", seconds=PROCESS_EVERY, id="pulse", next_run_time=now)
        return scheduler

    async def _crawl(self, source: Source) -> None:
        stages = self.stages
        try:
            (run,) = await crawl_async(
                stages.archive, [source], stages.settings, clock=stages.clock, events=telling.found
            )
        except asyncio.CancelledError:  # the stop; raised on, APScheduler would log it as a crash
            log.info("cut short; what it read is kept", extra={"source": source.id})
            return
        telling.crawled(run)

    async def _end_crawls(self) -> None:
        crawls = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in crawls:
            task.cancel()
        await asyncio.gather(*crawls, return_exceptions=True)


def _ticking(pulse: Pulse) -> Callable[[], Coroutine[object, object, None]]:
    """A job for the loop itself; APScheduler would run a plain function in a thread."""

    async def tick() -> None:
        pulse.tick()

    return tick


class _Worker:
    """The one thread of the slower stages, with its own connection and the model once something needs it."""

    def __init__(self, stages: Pipeline, pulse: Pulse) -> None:
        self._of, self._pulse = stages, pulse
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stages")
        self._judge: Judge | None = None
        self._stages: Pipeline | None = None
        self._day: date | None = None

    async def process(self) -> None:
        """Do what waits; called again while it still works, it is passed over by the scheduler."""
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, self._process))

    async def close(self) -> None:
        """Wait for what is being done, then let go."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._let_go)
        self._thread.shutdown()

    def _process(self) -> None:
        try:
            with self._pulse.working():
                self._do_what_waits()
        except ArchiveProblem as error:  # nothing is lost: what waits is looked for again
            log.error("%s; tried again every %d seconds", error, PROCESS_EVERY, extra={"home": self._of.archive.home})

    def _do_what_waits(self) -> None:
        stages = self._opened()
        today = stages.clock().astimezone(CHINA).date()
        if today != self._day:
            stages.daily()
            self._day = today
        if made := stages.report():
            self._pulse.blobs = made["machine"]["blobs"]
        if stages.archive.documents.pending("classify"):
            self._judge = self._judge or stages.open_judge()
            self._pulse.model = True
            stages.classify(self._judge)
        stages.alert()
        stages.digest()
        stages.deliver()

    def _opened(self) -> Pipeline:
        if self._stages is None:
            of = self._of
            self._stages = Pipeline(of.archive.again(), of.declarations, of.settings, of.clock)
        return self._stages

    def _let_go(self) -> None:
        if self._stages is not None:
            self._stages.archive.close()
