"""`vedette demo`: the whole job against the built-in replica, over simulated days, with no network but loopback.

The real source declarations run unchanged: their requests are sent to the replica, as VEDETTE_MIRROR would do. Each
day is visited in the evening and again next morning, before the digest of 07:30: what disappeared is looked for twice.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from agent.judge import Judge
from agent.pipeline import Pipeline
from agent.replica.days import Day, days, places
from agent.replica.server import Replica, serving
from agent.showing import MARK
from config.declarations import load
from config.settings import Settings, read
from config.source import Source
from index.archive.archive import Archive
from index.records import Alert, Change, Problem
from index.zone import CHINA

EVENING, MORNING, DIGEST = timedelta(hours=19), timedelta(hours=30.5), timedelta(hours=31.5)
"""Hours after the midnight that begins a day: visits at 19:00 and at 06:30, the digest at 07:30."""


class NotADemo(Exception):
    """The folder holds an archive that no demo made; says what to do."""


@dataclass
class Clock:
    """A clock that the demo sets."""

    now: datetime = field(default_factory=lambda: datetime(2026, 4, 28, tzinfo=CHINA))

    def __call__(self) -> datetime:
        """The time set last."""
        return self.now


@dataclass(frozen=True, slots=True)
class Seen:
    """What one day brought."""

    day: Day
    changes: tuple[Change, ...]
    alerts: tuple[Alert, ...]
    opened: tuple[Problem, ...]
    recovered: tuple[Problem, ...]
    issues: tuple[str, ...]


def demo(home: Path) -> Iterator[Seen]:
    """Play all days in `home`, which is emptied of an earlier demo first; yields each day as it ends.

    Raises NotADemo where the folder holds something else.
    """
    prepare(home)
    declarations = load()
    sources = [declarations.sources[name] for name in places()]
    with serving() as replica, _stages(home, replica) as (stages, clock):
        judge = stages.open_judge()
        for day in days():
            yield _day(stages, clock, judge, (replica, day, sources))


@contextmanager
def _stages(home: Path, replica: Replica) -> Iterator[tuple[Pipeline, Clock]]:
    settings = demo_settings(home, replica.address)
    clock = Clock()
    with Archive(home) as archive:
        yield Pipeline(archive, load(), settings, clock), clock


def demo_settings(home: Path, mirror: str) -> Settings:
    """The settings of a demo: the replica as mirror, loopback allowed, no mail relay."""
    return read(home=home, mirror=mirror, allow_networks=(ip_network("127.0.0.0/8"),), deployment="demo")


def prepare(home: Path) -> None:
    """Empty a folder that an earlier demo made, but for the decoded model. Raises NotADemo."""
    if (home / "archive.db").exists() and not (home / MARK).exists():
        raise NotADemo(f"{home} holds an archive that no demo made; give another folder with --home")
    for name in ("archive.db", "archive.db-wal", "archive.db-shm"):
        (home / name).unlink(missing_ok=True)
    for name in ("blobs", "vectors", "out"):
        shutil.rmtree(home / name, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).touch()


def _day(stages: Pipeline, clock: Clock, judge: Judge, shown: tuple[Replica, Day, list[Source]]) -> Seen:
    replica, day, sources = shown
    midnight = datetime(day.day.year, day.day.month, day.day.day, tzinfo=CHINA)
    last_alert = stages.archive.feed.last_seq()
    replica.show(day)
    for hours in (EVENING, MORNING):
        clock.now = midnight + hours
        stages.crawl(sources, recheck=True)
        stages.classify(judge)
        stages.alert()
    clock.now = midnight + DIGEST
    issues = tuple(issue.id for issue in stages.digest())
    stages.deliver()
    since, until = midnight + EVENING, midnight + DIGEST
    problems = stages.archive.health.problems_between(since, until)
    return Seen(
        day=day,
        changes=tuple(stages.archive.documents.changes_between(since, until)),
        alerts=tuple(stages.archive.feed.after(last_alert)),
        opened=tuple(one for one in problems if one.opened_at >= since),
        recovered=tuple(one for one in problems if one.closed_at),
        issues=issues,
    )
