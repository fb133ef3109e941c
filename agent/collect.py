"""The crawl stage: which sources, with events written to a file and progress shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from agent import telling
from agent.progress import progress
from config.settings import Settings
from config.source import Source
from crawlers.crawl import crawl
from index.archive.archive import Archive
from index.records import Problem, Run


@dataclass(frozen=True)
class Collecting:
    """How one call collects. `clock` gives aware times and may be simulated; `events` is a file to append to."""

    settings: Settings
    clock: Callable[[], datetime]
    recheck: bool = False
    events: Path | None = None


def chosen(declared: Mapping[str, Source], names: Sequence[str]) -> list[Source]:
    """The sources named, enabled or not; without names all that are enabled. Raises UsageError for an unknown name."""
    unknown = [name for name in names if name not in declared]
    if unknown:
        raise click.UsageError(f"no source {', '.join(unknown)}; `vedette sources` lists them")
    return [declared[name] for name in names] or [source for source in declared.values() if source.enabled]


def within_hours(
    sources: Sequence[Source], names: Sequence[str], now: datetime, tell: Callable[[str], None]
) -> list[Source]:
    """The sources that may be read now; those that were named always. Each that is left out is told, with the time."""
    found = []
    for source in sources:
        opens = source.opens(now)
        if opens == now or source.id in names:
            found.append(source)
        else:
            local = f"{opens.astimezone(ZoneInfo(source.timezone)):%Y-%m-%d %H:%M}"
            tell(
                f"left out {source.id}: its hours are {source.hours} ({source.timezone}), the next begin on {local}; "
                f"`vedette crawl {source.id}` reads it now"
            )
    return found


def told(problem: Problem) -> str:
    """A problem as a line for the operator: source, kind, address, and what to do."""
    at = "" if problem.url in problem.message else f"{problem.url}: "
    return f"problem  {problem.source}: {problem.kind}: {at}{problem.message}"


def collect(archive: Archive, sources: Sequence[Source], how: Collecting) -> tuple[Run, ...]:
    """Crawl once; events go to the file after what they tell of is in the archive."""
    with _appending(how.events) as tell, progress("crawl") as shown:
        runs = crawl(
            archive,
            sources,
            how.settings,
            clock=how.clock,
            recheck=how.recheck,
            events=tell,
            progress=lambda source, done, _: shown(source, done),
        )
    for run in runs:
        telling.crawled(run)
    return runs


@contextmanager
def _appending(path: Path | None) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    if path is None:
        yield telling.found
        return
    with path.open("a", encoding="utf-8") as out:

        def tell(event: Mapping[str, Any]) -> None:
            out.write(json.dumps(event, ensure_ascii=False) + "\n")
            out.flush()
            telling.found(event)

        yield tell
