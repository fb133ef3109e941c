"""What could not be seen: open problems of sources and sources not read, as the digests say it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agent.web.visit import Visit
from config.source import Source
from digests.coverage import Blind, Coverage, coverage
from index.archive.archive import Archive

_WINDOW = timedelta(days=1)
_SHOWN = 6


def blindness(archive: Archive, visit: Visit) -> dict[str, Any]:
    """How many sources were read lately, the open problems, and the sources that were not read."""
    seen = _coverage(archive, visit)
    return {
        "read": seen.read,
        "total": seen.total,
        "full": seen.full,
        "open": [_blind(one, visit) for one in seen.open[:_SHOWN]],
        "open_more": max(0, len(seen.open) - _SHOWN),
        "unread": [source_name(one, visit) for one in seen.unread],
        "refused": [source_name(one, visit) for one in seen.refused],
    }


def source_name(source: Source, visit: Visit) -> str:
    """A source's name in the reader's language."""
    return source.title if visit.chinese else source.title_en


def name_of(source: str, visit: Visit) -> str:
    """The same by id; the id itself where it is no longer declared."""
    declared = visit.declared.sources.get(source)
    return source_name(declared, visit) if declared else source


def _coverage(archive: Archive, visit: Visit) -> Coverage:
    """Only the last run of each source is looked at: one that failed left a problem, which is told."""
    sources = visit.declared.sources
    runs = [run for name in sources if (run := archive.health.last_run(name))]
    return coverage(sources, runs, archive.health.problems(), visit.now - _WINDOW, visit.now)


def _blind(one: Blind, visit: Visit) -> dict[str, Any]:
    return {
        "id": one.source.id,
        "source": source_name(one.source, visit),
        "problem": visit.words(f"problem.{one.kind}"),
        "since": one.since,
        "count": one.count,
    }
