"""The sources: how each is doing, its last visit, its problems with what to do, and what each host is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.responses import Response

from agent.web.blindness import source_name
from agent.web.gate import PageRoute
from agent.web.kept import kept
from agent.web.page import show
from agent.web.visit import AtVisit, Visit
from config.region import REGIONS
from config.source import Source
from crawlers.health import WORST_FIRST, state
from digests.plain import line
from index.archive.archive import Archive
from index.records import Problem, Run

_ORDER = (*WORST_FIRST, "late", "quiet", "ok", "new", "off")

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/sources")
async def sources(visit: AtVisit) -> Response:
    """All sources, those in trouble first."""
    return show(visit, "sources.html.j2", await visit.desk(_values, visit))


def _values(archive: Archive, visit: Visit) -> dict[str, Any]:
    open_ = archive.health.problems()
    rows = [_row(archive, one, [p for p in open_ if p.source == one.id], visit) for one in _declared(visit)]
    rows.sort(key=lambda one: (_ORDER.index(one["state"]), one["id"]))
    counts: dict[str, int] = {}
    for one in rows:
        counts[one["class"]] = counts.get(one["class"], 0) + 1
    return {
        "section": "sources",
        "title": visit.words("desk.nav.sources"),
        "rows": [one for one in rows if one["state"] not in {"off", "new"}],
        "never": [one for one in rows if one["state"] == "new"],
        "off": [one for one in rows if one["state"] == "off"],
        "counts": counts,
        "hosts": _hosts(rows),
    }


def _declared(visit: Visit) -> list[Source]:
    return list(visit.declared.sources.values())


def _row(archive: Archive, source: Source, problems: Sequence[Problem], visit: Visit) -> dict[str, Any]:
    run = archive.health.last_run(source.id)
    found = state(source, run, problems, _newest(archive, source, visit), visit.now)
    return {
        "id": source.id,
        "title": source_name(source, visit),
        "where": visit.words("list_comma").join((visit.words(f"tier.{source.tier}"), _region(source, visit))),
        "host": urlsplit(source.urls[0]).hostname or "",
        "url": source.urls[0],
        "every": source.cron or _rhythm(source, visit),
        "state": found,
        "class": _class(found),
        "word": visit.words(f"desk.sources.state.{found}"),
        "run": run,
        "took": _seconds(run),
        "missing": line(source.missing or "", 400),
        "problems": [_problem(one, visit) for one in _gravest(problems)],
    }


def _region(source: Source, visit: Visit) -> str:
    return REGIONS[source.region][0 if visit.chinese else 1] if source.region in REGIONS else source.region


def _newest(archive: Archive, source: Source, visit: Visit) -> datetime | None:
    """When something new was last seen; asked only where it can make a difference, and once for a state."""
    if not (source.enabled and source.expect.quiet_days):
        return None
    asked = archive.documents.newest_of
    return kept(visit.desk, ("newest", source.id), archive.catalogue.mark(), lambda: asked(source.id))


def _gravest(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: (WORST_FIRST.index(one.kind), one.opened_at))[:4]


def _problem(one: Problem, visit: Visit) -> dict[str, Any]:
    return {
        "kind": visit.words(f"problem.{one.kind}"),
        "since": one.opened_at,
        "message": line(one.message, 300),
        "url": one.url,
        "advice": visit.words(f"desk.sources.advice.{one.kind}"),
    }


def _class(found: str) -> str:
    """bad, late, ok or off: what is counted above the table."""
    if found in WORST_FIRST:
        return "bad"
    return {"late": "late", "quiet": "late", "ok": "ok", "new": "new"}.get(found, "off")


def _rhythm(source: Source, visit: Visit) -> str:
    """Every 2 hours, every 30 minutes."""
    minutes = int(source.every.total_seconds()) // 60 if source.every else 0
    whole = minutes % 60 == 0
    return visit.words("desk.sources.hours" if whole else "desk.sources.minutes", n=minutes // 60 if whole else minutes)


def _seconds(run: Run | None) -> str:
    if run is None or run.ended_at is None:
        return ""
    seconds = round((run.ended_at - run.started_at).total_seconds())
    return f"{seconds} s" if seconds else ""


def _hosts(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the last visits asked of each host, the most asked first."""
    hosts: dict[str, dict[str, Any]] = {}
    for one in rows:
        if one["run"] is None:
            continue
        found = hosts.setdefault(
            one["host"], {"host": one["host"], "sources": 0, "requests": 0, "bytes": 0, "listed": 0, "problems": 0}
        )
        run: Run = one["run"]
        found["sources"] += 1
        found["problems"] += len(one["problems"])
        for name in ("requests", "bytes", "listed"):
            found[name] += getattr(run, name)
    return sorted(hosts.values(), key=lambda one: (-one["requests"], one["host"]))
