"""What a request for alerts may ask: filters, a place, a number, a time to wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Query, Request

from agent.api.desk import AtDesk
from agent.api.problems import Problem
from config.declaration import Severity, Tier
from config.region import REGIONS
from config.subscription import Filter

Names = Annotated[list[str], Query(max_length=50)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most events of one answer.")]
Timeout = Annotated[int, Query(ge=0, le=60_000, description="Milliseconds to wait where there is nothing new.")]
Cursor = Annotated[
    str | None, Query(alias="lastEventId", description="Id of the last event you finished; left out, from the oldest.")
]


def _asked(
    desk: AtDesk,
    trigger: Names = [],  # noqa: B006 - FastAPI copies it
    scenario: Names = [],  # noqa: B006
    tier: Annotated[list[Tier], Query()] = [],  # noqa: B006
    region: Names = [],  # noqa: B006
    severity: Annotated[Severity | None, Query(description="Least severity.")] = None,
) -> Filter | None:
    """The filter of a request; each may be given several times, and one of its values must hold."""
    _known("trigger", trigger, desk.declared.triggers)
    _known("scenario", scenario, desk.declared.scenarios)
    _known("region", region, REGIONS)
    wanted = Filter(
        triggers=tuple(trigger),
        scenarios=tuple(scenario),
        tiers=tuple(tier),
        regions=tuple(region),
        min_severity=severity,
    )
    return None if wanted == Filter() else wanted


Wanted = Annotated[Filter | None, Depends(_asked)]
"""The filter of a request, None where it asks for everything; faults are Problem 400."""


def next_address(request: Request, seen: str | None) -> str:
    """The same request from the event `seen` on."""
    given = request.url.include_query_params(lastEventId=seen) if seen else request.url
    return f"{given.path}?{given.query}" if given.query else given.path


def _known(name: str, given: Iterable[str], known: Iterable[str]) -> None:
    names = sorted(known)
    for one in given:
        if one not in names:
            raise Problem(400, "Unknown filter", f"{name}: {one[:60]!r} is not known; known are {', '.join(names)}.")
