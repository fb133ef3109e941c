"""`/metrics`: how the agent is, in the text format of Prometheus; docs/operating.md says what each value means.

What must survive restarts is read from the archive, and serves for REST times as long as reading took. Labels are
sources, kinds of problems, routes and the like, of which there are few; addresses and titles never are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from shutil import disk_usage
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import Response

from agent.api.access import Caller, recognised
from agent.api.counting import Requests
from agent.api.desk import AtDesk, Desk
from agent.version import VERSION
from index.archive.archive import Archive
from index.archive.tallies import Crawled
from index.records import ProblemKind

REST = 30
"""Looking may take a thirtieth of the time: a reading takes a second where there are 300,000 runs and changes."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Readings:
    """What the archive says at one moment."""

    crawled: tuple[Crawled, ...]
    problems: Mapping[tuple[str, ProblemKind], int]
    changes: Mapping[str, int]
    rows: Mapping[str, int]
    waiting: Mapping[str, int]
    deliveries: Mapping[str, int]
    last_seq: int
    log: int
    database: int


@router.get("/metrics", include_in_schema=False)
async def metrics(desk: AtDesk, _: Annotated[Caller, Depends(recognised)]) -> Response:
    """The metrics; needs any token where tokens exist."""
    instruments: Instruments = desk.instruments
    text = await desk.aside(instruments.text)
    return Response(text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"})


class Instruments:
    """The registry of one server. Used by one thread at a time, but for `requests`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._registry = CollectorRegistry()
        self.requests = Requests(self._registry)
        self._state = _State(desk)
        self._registry.register(self._state)
        ProcessCollector(registry=self._registry)
        self._readings: Readings | None = None
        self._serves_until = 0.0

    def text(self, archive: Archive) -> bytes:
        """Everything, as Prometheus reads it."""
        began = monotonic()
        if self._readings is None or began >= self._serves_until:
            self._readings = read(archive)
            ended = monotonic()
            self._serves_until = ended + REST * (ended - began)
        self._state.readings = self._readings
        return generate_latest(self._registry)


def read(archive: Archive) -> Readings:
    """Look at the archive."""
    tallies = archive.tallies
    return Readings(
        crawled=tuple(tallies.crawled()),
        problems=tallies.problems(),
        changes=tallies.changes(),
        rows=tallies.rows("pages", "documents", "versions", "passages"),
        waiting={"classify": tallies.waiting("classify"), "alert": tallies.waiting("alert", after="classify")},
        deliveries=tallies.deliveries(),
        last_seq=archive.feed.last_seq(),
        log=archive.log.frontier().size,
        database=archive.size(),
    )


class _State(Collector):
    """Turns readings into metrics."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.readings: Readings | None = None

    def collect(self) -> Iterator[Metric]:
        """Every metric, by name."""
        if self.readings is not None:
            yield from _of_crawls(self.readings.crawled, self._desk.clock())
            yield from _of_archive(self.readings, self._desk.declared.sources)
        yield from self._of_agent()

    def _of_agent(self) -> Iterator[Metric]:
        pulse, home = self._desk.pulse, self._desk.settings.home
        yield _gauge("vedette_info", "Version of Vedette.", ["version"], [((VERSION.partition("/")[2],), 1)])
        yield _plain("vedette_watching", "Whether this process visits sources and judges.", pulse.watching)
        yield _plain("vedette_model_loaded", "Whether the model is in memory.", pulse.model or self._desk.finder.loaded)
        silences = [((part,), seconds) for part, seconds in pulse.silence().items()] if pulse.watching else []
        yield _gauge("vedette_silence_seconds", "Since schedule and worker last showed life.", ["part"], silences)
        yield _plain("vedette_disk_free_bytes", "Free space on the disk of the home.", disk_usage(home).free)
        if pulse.blobs is not None:
            yield _plain("vedette_blobs_bytes", "Bytes of the folder of pages, as of the last report.", pulse.blobs)


def _of_crawls(crawled: Iterable[Crawled], now: datetime) -> Iterator[Metric]:
    by = ["source"]
    counters = {
        "runs": "Crawls ended.",
        "requests": "Requests sent by crawls.",
        "bytes": "Bytes received by crawls.",
        "new": "New documents found.",
        "amended": "Amended documents found.",
    }
    rows = list(crawled)
    for name, told in counters.items():
        made = CounterMetricFamily(f"vedette_crawl_{name}", told, labels=by)
        for one in rows:
            made.add_metric([one.source], getattr(one, name))
        yield made
    ages = [((one.source,), (now - one.last_success).total_seconds()) for one in rows if one.last_success]
    yield _gauge("vedette_source_success_age_seconds", "Since a crawl last met no problem.", by, ages)
    spans = [((one.source,), one.seconds) for one in rows]
    yield _gauge("vedette_crawl_last_seconds", "How long the newest crawl took.", by, spans)


def _of_archive(found: Readings, sources: Iterable[str]) -> Iterator[Metric]:
    open_ones = [((source, kind), count) for (source, kind), count in sorted(found.problems.items())]
    yield _gauge("vedette_problems_open", "Open problems.", ["source", "kind"], open_ones)
    yield _plain("vedette_sources", "Sources declared.", len(list(sources)))
    changes = CounterMetricFamily("vedette_changes", "Changes found.", labels=["source"])
    for source, count in sorted(found.changes.items()):
        changes.add_metric([source], count)
    yield changes
    rows = [((table,), count) for table, count in found.rows.items()]
    yield _gauge("vedette_archive_rows", "Rows of the archive.", ["table"], rows)
    yield _plain("vedette_archive_bytes", "Bytes of the database.", found.database)
    yield _plain("vedette_log_entries", "Entries of the archive's log.", found.log)
    waiting = [((stage,), count) for stage, count in found.waiting.items()]
    yield _gauge("vedette_changes_waiting", "Changes that wait for a stage.", ["stage"], waiting)
    deliveries = [((status,), found.deliveries.get(status, 0)) for status in ("pending", "sent", "dead")]
    yield _gauge("vedette_deliveries", "Deliveries in the ledger.", ["status"], deliveries)
    yield _plain("vedette_feed_last_seq", "Place of the newest event in the feed.", found.last_seq)


def _plain(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=float(value))


def _gauge(name: str, told: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    made = GaugeMetricFamily(name, told, labels=labels)
    for names, value in values:
        made.add_metric(list(names), value)
    return made
