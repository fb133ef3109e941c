"""What is watched: each source with its state, last visit and open problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from config.source import Source
from crawlers.health import state
from index.archive.archive import Archive


def watched(archive: Archive, sources: Iterable[Source], now: datetime) -> Iterator[dict[str, Any]]:
    """One row a source, as `vedette sources --json` prints it."""
    for source in sources:
        run = archive.health.last_run(source.id)
        problems = archive.health.problems(source.id)
        seen = archive.documents.newest_of(source.id)
        yield {
            "id": source.id,
            "title": source.title,
            "tier": source.tier,
            "region": source.region,
            "state": state(source, run, problems, seen, now),
            "last_visit": run.started_at.isoformat() if run else None,
            "last_new": seen.isoformat() if seen else None,
            "listed": run.listed if run else 0,
            "new": run.new if run else 0,
            "requests": run.requests if run else 0,
            "bytes": run.bytes if run else 0,
            "problems": [f"{one.kind} since {one.opened_at:%Y-%m-%d}: {one.message}" for one in problems],
            "enabled": source.enabled,
            "confidence": source.confidence,
            "missing": source.missing,
        }
