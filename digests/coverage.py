"""What could be seen and what could not: sources read, open problems, recoveries, refusals.

Silence of a digest is worth as much as its coverage, so every issue says both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.source import Source
from index.records import Problem, ProblemKind, Run

_CRON_GAP = timedelta(days=8)
"""A source with a cron line counts as read where it was read within this time."""


@dataclass(frozen=True, slots=True)
class Blind:
    """An open problem of a source: `count` addresses have it, the first since `since`."""

    source: Source
    kind: ProblemKind
    since: datetime
    count: int
    message: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The state of all enabled sources over one window. A source stands in one of the lists at most."""

    total: int
    read: int
    unread: tuple[Source, ...] = ()
    open: tuple[Blind, ...] = ()
    recovered: tuple[Source, ...] = ()
    refused: tuple[Source, ...] = ()

    @property
    def full(self) -> bool:
        """Whether nothing is known to be missing."""
        return self.read == self.total and not self.open and not self.refused


def horizon(sources: Mapping[str, Source], since: datetime, until: datetime) -> datetime:
    """How far back `coverage` needs the runs."""
    return min((until - _reach(source, until - since) for source in sources.values()), default=since)


def coverage(
    sources: Mapping[str, Source], runs: Iterable[Run], problems: Iterable[Problem], since: datetime, until: datetime
) -> Coverage:
    """What the runs and problems say of the enabled sources between `since` and `until`.

    A source is read where a run brought a list, a document or "not modified" within the window, or within two of its
    own intervals where those are longer. `problems` are those open at some time in the window.
    """
    enabled = {name: source for name, source in sources.items() if source.enabled}
    told = [one for one in problems if one.source in enabled]
    standing = [one for one in told if one.closed_at is None or one.closed_at >= until]
    refused = {one.source for one in standing if one.kind == "robots"}
    troubled = {one.source for one in standing}
    read = _read(enabled, runs, until - since, until) - refused
    recovered = {one.source for one in told if one not in standing} - troubled
    return Coverage(
        total=len(enabled),
        read=len(read),
        unread=_named(enabled, set(enabled) - read - troubled),
        open=_blind(enabled, standing),
        recovered=_named(enabled, recovered),
        refused=_named(enabled, refused),
    )


def _read(sources: Mapping[str, Source], runs: Iterable[Run], window: timedelta, until: datetime) -> set[str]:
    return {
        run.source
        for run in runs
        if run.source in sources
        and until - _reach(sources[run.source], window) <= run.started_at < until
        and (run.listed or run.new or run.amended or run.unchanged)
    }


def _reach(source: Source, window: timedelta) -> timedelta:
    return max(window, 2 * source.every if source.every else _CRON_GAP)


def _named(sources: Mapping[str, Source], names: set[str]) -> tuple[Source, ...]:
    return tuple(sources[name] for name in sorted(names))


def _blind(sources: Mapping[str, Source], standing: Iterable[Problem]) -> tuple[Blind, ...]:
    groups: dict[tuple[str, ProblemKind], list[Problem]] = {}
    for one in standing:
        if one.kind != "robots":
            groups.setdefault((one.source, one.kind), []).append(one)
    found = [
        Blind(sources[name], kind, min(one.opened_at for one in group), len(group), group[-1].message)
        for (name, kind), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda blind: (blind.since, blind.source.id)))
