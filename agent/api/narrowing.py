"""The filters that lists of changes, documents and numbers share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated

from fastapi import Depends, Query

from agent.api.desk import AtDesk
from agent.api.problems import Problem
from agent.api.replying import Day
from config.declaration import Tier
from config.region import REGIONS, within
from config.source import Source
from index.archive.catalogue import Asked
from index.zone import CHINA

_NAMES = Query(max_length=50)
_EXCLUSIVE = Query(description="Earlier than this day in China.")


def _asked(  # noqa: PLR0913, PLR0917 - one parameter a query parameter
    desk: AtDesk,
    trigger: Annotated[list[str], _NAMES] = [],  # noqa: B006 - FastAPI copies it
    source: Annotated[list[str], _NAMES] = [],  # noqa: B006
    tier: Annotated[list[Tier], Query(max_length=5)] = [],  # noqa: B006
    region: Annotated[list[str], _NAMES] = [],  # noqa: B006
    since: Annotated[Day | None, Query(description="Seen on this day in China or later.")] = None,
    before: Annotated[Day | None, _EXCLUSIVE] = None,
) -> Asked:
    """The filters of a request; each name may be given several times, and one of its values must hold."""
    known("trigger", trigger, desk.declared.triggers)
    known("source", source, desk.declared.sources)
    known("region", region, REGIONS)
    narrowed = bool(source or tier or region)
    wanted = (one.id for one in desk.declared.sources.values() if _holds(one, source, tier, region))
    return Asked(
        triggers=tuple(sorted(set(trigger))),
        sources=tuple(sorted(wanted)) if narrowed else None,
        since=_midnight(since),
        until=_midnight(before),
    )


Wanted = Annotated[Asked, Depends(_asked)]
"""The filters of a list; faults are Problem 400 and name the nearest value there is."""


def known(name: str, given: Iterable[str], values: Iterable[str]) -> None:
    """Raises Problem 400 for a value that is none of these."""
    those = sorted(values)
    for one in given:
        if one not in those:
            near: str | None = next(iter(get_close_matches(one, those, 1)), None)
            hint = f"did you mean {near!r}?" if near else f"known are {', '.join(those[:40])}."
            raise Problem(400, "Unknown filter", f"{name}: {one[:60]!r} is not known; {hint}", nearest=near)


def _holds(one: Source, sources: list[str], tiers: list[Tier], regions: list[str]) -> bool:
    return (
        (not sources or one.id in sources)
        and (not tiers or one.tier in tiers)
        and (not regions or any(within(one.region, region) for region in regions))
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) if day else None
