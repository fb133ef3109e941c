"""The report of one day for its operator: what was read and what failed, what came of it, and how the machine is."""

from __future__ import annotations

import json
import os
import resource
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import disk_usage
from typing import Any
from zoneinfo import ZoneInfo

from agent.report_view import text
from config.declarations import Declarations
from config.settings import Settings
from index.archive.archive import Archive, ArchiveProblem
from index.records import Alert, Problem, ProblemKind, Run

FOLDER = "out/reports"
ADVICE: Mapping[ProblemKind, str] = {
    "blocked": "Look at the page in a browser. Read more slowly (delay, every), ask the publisher, or disable it.",
    "redesigned": "Look at the page; correct `list` or `detail` in the source's declaration.",
    "empty": "Look at the page: is the list empty, or are its rows elsewhere now? Correct `list`.",
    "http": "Wait for the site, or correct the address in the source's declaration.",
    "timeout": "Wait for the site; from abroad, some sites answer only from China.",
    "dns": "Check the address, and this machine's name server.",
    "encoding": "Look at the page; tell Vedette's developers if a browser shows it well.",
    "oversize": "Nothing, unless the page matters: then read it by hand.",
    "robots": "Leave it: the publisher asks robots to stay away. Ask for permission, or disable it.",
    "silent": "Look at the page: has the publisher moved, or is there nothing new? Adjust expect.quiet_days.",
    "storage": "Make room on the disk, or mend the rights of the home.",
}
"""What to do about each kind of problem."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Where and of what a report is made. `day` is a date in the time zone of the settings."""

    archive: Archive
    declarations: Declarations
    settings: Settings
    day: date

    @property
    def since(self) -> datetime:
        """The beginning of the day, aware."""
        return datetime.combine(self.day, datetime.min.time(), ZoneInfo(self.settings.timezone))

    @property
    def until(self) -> datetime:
        """The beginning of the next day."""
        return datetime.combine(self.day + timedelta(days=1), datetime.min.time(), ZoneInfo(self.settings.timezone))


def report(of: Reported, now: datetime) -> dict[str, Any]:
    """The report as JSON values. What waits, the log and the machine are as of `now`, everything else of the day."""
    archive, since, until = of.archive, of.since, of.until
    runs = [one for one in archive.health.runs(since) if one.started_at < until]
    problems = archive.health.problems_between(since, until)
    settled, ledger = archive.tallies.settled(since, until), archive.tallies.deliveries()
    frontier = archive.log.frontier()
    changes = archive.tallies.changes_between(since, until)
    return {
        "day": of.day.isoformat(),
        "timezone": of.settings.timezone,
        "made_at": now.isoformat(timespec="seconds"),
        "complete": now >= until,
        "deployment": of.settings.deployment,
        "sources": _sources(of, runs, problems),
        "crawl": {
            **{name: sum(getattr(run, name) for run in runs) for name in ("requests", "bytes")},
            "runs": len(runs),
            "pages": archive.tallies.pages_between(since, until),
        },
        "changes": {kind: changes.get(kind, 0) for kind in ("new", "amended", "moved", "withdrawn", "restored")},
        "alerts": _alerts(archive.feed.between(since, until)),
        "deliveries": {
            "sent": settled.get("sent", 0),
            "given_up": settled.get("dead", 0),
            "pending_now": ledger.get("pending", 0),
            "dead_now": ledger.get("dead", 0),
        },
        "problems": _problems(problems, since, until),
        "waiting": {
            "classify": archive.tallies.waiting("classify"),
            "alert": archive.tallies.waiting("alert", after="classify"),
        },
        "log": {"size": frontier.size, "root": frontier.root.hex()},
        "machine": _machine(of),
    }


class ReportFileProblem(ArchiveProblem):
    """A report cannot be written. Says what to do."""


def daily(archive: Archive, declarations: Declarations, settings: Settings, now: datetime) -> dict[str, Any] | None:
    """Write the report of yesterday to `out/reports` and return it; None where it is there, or nothing was crawled yet.

    The root of the log is noted as told, so that `verify` checks the archive against it from then on.
    """
    day = now.astimezone(ZoneInfo(settings.timezone)).date() - timedelta(days=1)
    place = archive.home / FOLDER / f"{day}.json"
    of = Reported(archive, declarations, settings, day)
    if place.exists() or (began := archive.tallies.began()) is None or began >= of.until:
        return None
    with archive.transaction():
        archive.log.tell(now)
    made = report(of, now)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _replace(place.with_suffix(".txt"), text(made))
        _replace(place, json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise ReportFileProblem(f"{place}: {error.strerror or error}. Make room or set permissions") from error
    return made


def _replace(place: Path, content: str) -> None:
    """Write so that the file is whole or as it was."""
    fresh = place.with_name(f".{place.name}")
    fresh.write_text(content, encoding="utf-8")
    fresh.replace(place)


def _sources(of: Reported, runs: Sequence[Run], problems: Iterable[Problem]) -> dict[str, Any]:
    """Those read and those that failed, with what to do; of sources that are watched, those not read at all."""
    read = {run.source for run in runs if run.new + run.amended + run.unchanged + run.listed > 0}
    watched = {one.id for one in of.declarations.sources.values() if one.enabled}
    failed: dict[tuple[str, str], list[Problem]] = {}
    for one in problems:
        failed.setdefault((one.source, one.kind), []).append(one)
    return {
        "watched": len(watched),
        "read": sorted(read),
        "unread": sorted(watched - read - {source for source, _ in failed}),
        "failed": [
            {
                "source": source,
                "problem": kind,
                "addresses": len(found),
                "open": any(one.closed_at is None for one in found),
                "since": found[0].opened_at.isoformat(timespec="seconds"),
                "message": found[-1].message[:500],
                "do": ADVICE[found[0].kind],
            }
            for (source, kind), found in sorted(failed.items())
        ],
    }


def _alerts(alerts: Sequence[Alert]) -> dict[str, Any]:
    severities = Counter(one.event["data"]["severity"] for one in alerts)
    return {
        "count": len(alerts),
        "by_trigger": dict(sorted(Counter(one.trigger for one in alerts).items())),
        "by_severity": {name: severities[name] for name in ("extreme", "severe", "moderate", "minor", "unknown")},
    }


def _problems(problems: Iterable[Problem], since: datetime, until: datetime) -> dict[str, Any]:
    found = list(problems)
    return {
        "opened": dict(sorted(Counter(one.kind for one in found if since <= one.opened_at < until).items())),
        "closed": dict(
            sorted(Counter(one.kind for one in found if one.closed_at and since <= one.closed_at < until).items())
        ),
        "open_at_end": sum(one.closed_at is None or one.closed_at >= until for one in found),
    }


def _machine(of: Reported) -> dict[str, int]:
    """Bytes: free disk, what the home takes, and the most memory that this process had."""
    home = of.archive.home
    return {
        "disk_free": disk_usage(home).free,
        "database": of.archive.size(),
        "blobs": size_of(home / "blobs"),
        "vectors": size_of(home / "vectors"),
        "memory_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder, 0 where there is none; files that vanish meanwhile count as nothing."""
    total, folders = 0, [str(folder)] if folder.is_dir() else []
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                try:
                    total += entry.stat(follow_symlinks=False).st_size
                except FileNotFoundError:
                    continue
    return total
