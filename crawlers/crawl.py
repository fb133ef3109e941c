"""Crawls sources: once from the command line (`crawl`), or again and again in a running loop (`crawl_async`).

Scrapy runs in its reactor mode on asyncio: the guard against private addresses works only there. Sources run side by
side; requests to one host keep its pace whichever source sends them (`crawlers.pace`).
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.utils.reactor import install_reactor
from twisted.python.failure import Failure

from config.settings import Settings
from config.source import Source
from crawlers.faults import Fault
from crawlers.guards import GuardedResolver
from crawlers.keeper import Event, Keeper, StorageProblem
from crawlers.recording import told_of
from crawlers.round import Round
from crawlers.scrapy_settings import scrapy_settings
from crawlers.spiders import KINDS
from crawlers.terms import Terms
from index.archive.archive import Archive
from index.records import Run
from index.repeals import tell_due
from index.zone import CHINA

AT_ONCE = 16
"""Sources crawled side by side; most of the time each waits for the delay of its host."""

COLLECT_AFTER = (20_000, 20, 50)
"""Python's `gc` thresholds while crawling. Reading a page makes thousands of objects that reference counting frees; the
usual 700 has them searched for cycles several times a page, which was 8% of a crawl's time (November 2026)."""

STOP_SECONDS = 5.0
"""How long a crawl that is cut short may take to hang up."""

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def crawl(  # noqa: PLR0913 - the call is fixed for all callers; all but three are options
    archive: Archive,
    sources: Sequence[Source],
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    recheck: bool = False,
    events: Callable[[Event], None] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Run, ...]:
    """Crawl each source once and return the runs, in the order of `sources`.

    May be called again and again, but not from inside a running loop: there use `crawl_async`, which tells the rest.
    An interrupt (Ctrl-C) keeps what was read and is raised again.
    """
    loop = event_loop()
    work = loop.create_task(
        crawl_async(archive, sources, settings, clock=clock, recheck=recheck, events=events, progress=progress)
    )
    try:
        return loop.run_until_complete(work)
    except KeyboardInterrupt:
        work.cancel()
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(work)
        raise


def event_loop() -> asyncio.AbstractEventLoop:
    """The loop in which crawls run: made and joined to Twisted's reactor on the first call, the same one ever after.

    A program with other work in the loop (scheduler, HTTP server) runs all of it here.
    """
    install_reactor(_REACTOR)
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one, so it must come second

    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    if not reactor.running:
        asyncio.set_event_loop(loop)
        reactor.startRunning(installSignalHandlers=False)
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
    return loop


async def crawl_async(  # noqa: PLR0913 - as `crawl`
    archive: Archive,
    sources: Sequence[Source],
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    recheck: bool = False,
    events: Callable[[Event], None] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Run, ...]:
    """Crawl each source once, inside `event_loop()`.

    `clock` gives aware times, which may be simulated. `recheck`: read every known document again, due or not.
    `events` is told of changes and problems after they are in the archive (design, section 4); `progress` of source id,
    documents done and documents asked for so far. What the outside world does wrong is recorded per source; anything
    raised is a bug of ours.
    """
    from twisted.internet import reactor  # noqa: PLC0415 - see event_loop

    logging.getLogger("scrapy").setLevel(logging.CRITICAL)  # problems are told in our own words
    guard = reactor.nameResolver
    if not isinstance(guard, GuardedResolver) or guard.allowed != settings.allow_networks:
        guard = GuardedResolver(settings.allow_networks)
        reactor.installNameResolver(guard)
    terms = Terms(
        archive=archive,
        settings=settings,
        clock=clock,
        recheck=recheck,
        emit=events or (lambda _: None),
        progress=progress or (lambda *_: None),
    )
    _tell_due(terms)
    places = asyncio.Semaphore(AT_ONCE)

    async def one(source: Source) -> Run:
        async with places:
            return await _crawl_source(source, terms, guard)

    return tuple(await asyncio.gather(*(one(source) for source in sources)))


def _tell_due(terms: Terms) -> None:
    """Tell of the ends that notices declared for a day that has come; where the archive is held, the next call does."""
    archive, now = terms.archive, terms.clock()
    if archive.kinship.repeals_due(now.astimezone(CHINA).date()):
        keeper = Keeper(archive, terms.emit)
        with suppress(StorageProblem):
            keeper.keep(lambda: told_of(archive, tell_due(archive, now)))
            keeper.flush()


async def _crawl_source(source: Source, terms: Terms, guard: GuardedResolver) -> Run:
    of = Round(source, terms)
    crawler = Crawler(KINDS[source.kind], scrapy_settings(source, terms.settings))
    bugs: list[Failure] = []

    def note(failure: Failure) -> None:
        bugs.append(failure)

    crawler.signals.connect(note, signals.spider_error)
    runner = AsyncCrawlerRunner()
    try:
        await runner.crawl(crawler, of=of, guard=guard)
    except asyncio.CancelledError:
        of.cut_short()
        with suppress(TimeoutError):
            await asyncio.wait_for(runner.stop(), STOP_SECONDS)
        of.cut_short()
        raise
    if bugs:
        bugs[0].raiseException()
    try:
        return of.finish()
    except StorageProblem as error:
        of.cannot_store(Fault("storage", str(error), stops=True), source.urls[0])
        return of.run(terms.clock())
