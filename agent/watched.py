"""What is watched: each source with its state, last visit and open problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from config.source import Source
from crawlers.health import state
from index.archive.archive import Archive
from index.zone import CHINA


def watched(archive: Archive, sources: Iterable[Source], now: datetime) -> Iterator[dict[str, Any]]:
    """One row a source, as `vedette sources --json` prints it; `hosts`: what was asked of each host today, in China."""
    today = now.astimezone(CHINA).date()
    asked = archive.health.asked(today, today)
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
            "hosts": {
                one.host: {"requests": one.requests, "bytes": one.bytes} for one in asked if one.source == source.id
            },
            "hours": str(source.hours) if source.hours else None,
            "problems": [f"{one.kind} since {one.opened_at:%Y-%m-%d}: {one.message}" for one in problems],
            "enabled": source.enabled,
            "confidence": source.confidence,
            "missing": source.missing,
        }


def burdens(archive: Archive, now: datetime) -> list[dict[str, Any]]:
    """What each host was asked by all sources together: requests and bytes of today and of seven days, most first."""
    today = now.astimezone(CHINA).date()
    found: dict[str, dict[str, Any]] = {}
    for days, name in ((0, "today"), (6, "week")):
        for one in archive.health.asked(today - timedelta(days=days), today):
            row = found.setdefault(one.host, {"host": one.host, "sources": set()} | dict.fromkeys(_COUNTS, 0))
            row["sources"].add(one.source)
            row[f"requests_{name}"] += one.requests
            row[f"bytes_{name}"] += one.bytes
    return sorted(found.values(), key=lambda row: (-row["requests_week"], row["host"]))


_COUNTS = ("requests_today", "bytes_today", "requests_week", "bytes_week")
