"""How a source is doing, in one word. Pure: from its declaration, its last run and its open problems."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from config.source import Source
from index.records import Problem, ProblemKind, Run

WORST_FIRST: tuple[ProblemKind, ...] = (
    "storage",
    "blocked",
    "robots",
    "dns",
    "timeout",
    "http",
    "redesigned",
    "encoding",
    "oversize",
    "empty",
    "silent",
)
LATE_AFTER = 3
"""Missed visits until a source counts as late: one is a restart, two a bad night."""
_CRON_ROUND = timedelta(days=7)


def state(
    source: Source,
    last_run: Run | None,
    open_problems: Sequence[Problem],
    last_new: datetime | None,
    now: datetime,
) -> str:
    """One of: off, the kind of the worst open problem, new (never read), late, quiet, ok.

    `last_new` is when its newest document was first seen. `late`: the schedule has missed three visits, or a week for a
    source with a cron line. `quiet`: well, but with nothing new for longer than half of `quiet_days`.
    """
    if not source.enabled:
        return "off"
    kinds = {problem.kind for problem in open_problems}
    worst = next((kind for kind in WORST_FIRST if kind in kinds), None)
    if worst:
        return worst
    if last_run is None:
        return "new"
    if now - last_run.started_at > _round(source) * LATE_AFTER:
        return "late"
    days = source.expect.quiet_days
    if days and last_new and now - last_new > timedelta(days=days) / 2:
        return "quiet"
    return "ok"


def _round(source: Source) -> timedelta:
    return source.every or _CRON_ROUND / LATE_AFTER
