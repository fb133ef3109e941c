"""Books of prices and quotas, the scenario board, and the sources with their health, over HTTP."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from agent import boarding, booking
from agent.api.access import Needs
from agent.api.answers import BookAnswer
from agent.api.desk import AtDesk
from agent.api.models import Answer, Text
from agent.api.problems import Problem
from agent.api.replying import READING, Day, Unchanged, faults, reply, there
from agent.watched import watched
from config.declaration import Tier
from config.declarations import Declarations
from digests.alert import Moment
from index.archive.archive import Archive
from index.zone import CHINA


class Spoken(Answer):
    """An indicator that spoke."""

    indicator: str = Field(description="Id of the indicator.")
    effect: Literal["raises", "lowers", "confirms"] = Field(description="What it does to the scenario.")
    variable: str | None = Field(description="The scenario's variable that it bears on.")
    at: Moment = Field(description="When last.")
    times: int = Field(ge=0, description="How often so far.")
    share: float = Field(description="What is left of its weight.")
    alert: str = Field(description="Id of the alert by which it last spoke; empty where there is none.")
    headline: Text = Field(description="Headline of that alert.")
    reason: Text = Field(description="One sentence: which conditions held.")
    reason_zh: Text = Field(description="The same in Chinese.")


class Mover(Answer):
    """What would move a scenario now."""

    indicator: str = Field(description="Id of the indicator.")
    effect: Literal["raises", "lowers", "confirms"] = Field(description="What it would do.")
    missing: int = Field(ge=0, description="Matching signals that are still missing.")
    index: float = Field(description="The index if it spoke.")


class IndexOnDay(Answer):
    """The index on one day."""

    day: date = Field(description="The day.")
    index: float = Field(description="The index.")


class ScenarioStanding(Answer):
    """One scenario at one time."""

    scenario: str = Field(description="Id of the scenario.")
    title: str = Field(description="Name in English.")
    title_zh: str = Field(description="Name in Chinese.")
    index: float = Field(ge=-100, le=100, description="-100: all evidence against; 100: all for.")
    change_30d: float = Field(description="Change of the index over 30 days.")
    supporting: list[Spoken] = Field(validation_alias="for", description="What speaks for it, strongest first.")
    opposing: list[Spoken] = Field(validation_alias="against", description="What speaks against it.")
    levers: list[Mover] = Field(description="What would move it.")
    history: list[IndexOnDay] = Field(description="Oldest first.")


class ScenarioBoard(Answer):
    """Every scenario, highest index first."""

    at: Moment = Field(description="The time of the board.")
    half_life_days: int = Field(description="After so many days evidence counts half.")
    scenarios: list[ScenarioStanding] = Field(description="Highest index first.")


class SourceHealth(Answer):
    """A source and how it is doing."""

    id: str = Field(description="Id of the source.")
    title: str = Field(description="Name in its own language.")
    title_en: str = Field(description="Name in English.")
    authority: str = Field(description="Short name of the publisher.")
    tier: Tier = Field(description="Who publishes.")
    region: str = Field(description="ISO 3166-2.")
    urls: list[str] = Field(description="Where it is read.")
    enabled: bool = Field(description="Whether it is watched.")
    state: str = Field(description="ok, new, late, quiet, off, or the kind of the worst open problem.")
    last_visit: datetime | None = Field(description="When it was last visited.")
    last_new: datetime | None = Field(description="When its newest document was first seen.")
    listed: int = Field(ge=0, description="Documents listed at the last visit.")
    new: int = Field(ge=0, description="New ones among them.")
    requests: int = Field(ge=0, description="Requests of the last visit.")
    bytes: int = Field(ge=0, description="Bytes of the last visit.")
    problems: list[Text] = Field(description="Open problems, oldest first.")
    confidence: str = Field(description="How well its structure is known: A, B or C.")
    missing: str | None = Field(description="Why it is not watched.")


class Sources(Answer):
    """The sources, by id."""

    items: list[SourceHealth] = Field(description="All of them, or those asked for.")


router = APIRouter(dependencies=[Depends(Needs("archive:read"))], responses=READING)


@router.get("/v1/books/{kind}", response_model=BookAnswer, responses=faults(404))
async def book(
    desk: AtDesk,
    kind: Literal["pricing", "quota"],
    provider: Annotated[str | None, Query(max_length=100, description="Authority, or id of a source.")] = None,
    since: Annotated[Day | None, Query(description="Only series that changed since this day.")] = None,
    day: Annotated[Day | None, Query(description="As it stood on this day; left out, today.")] = None,
    unchanged: Unchanged = None,
) -> Response:
    """The book of prices or quotas; amounts are decimal text, so that no digit is lost."""
    today = day or desk.clock().astimezone(CHINA).date()
    return reply(await desk.slowly(_book, desk.declared, booking.Choice(kind, provider, since, today)), unchanged)


@router.get("/v1/scenarios", response_model=ScenarioBoard)
async def scenarios(
    desk: AtDesk,
    day: Annotated[Day | None, Query(description="As it stood at the end of this day in China.")] = None,
    unchanged: Unchanged = None,
) -> Response:
    """The scenario board: what speaks for and against each, and what would move it."""
    return reply(await desk.slowly(_board, desk.declared, _end_of(day) or desk.clock()), unchanged)


@router.get("/v1/scenarios/{scenario}", response_model=ScenarioStanding, responses=faults(404))
async def scenario(desk: AtDesk, scenario: str, unchanged: Unchanged = None) -> Response:
    """One scenario now."""
    made = await desk.slowly(_board, desk.declared, desk.clock())
    found = next((one for one in made.scenarios if one.scenario == scenario), None)
    return reply(there(found, "scenario", scenario, "GET /v1/scenarios lists them."), unchanged)


@router.get("/v1/sources", response_model=Sources)
async def sources(
    desk: AtDesk,
    enabled: Annotated[bool | None, Query(description="Only those that are watched, or only the others.")] = None,
    state: Annotated[str | None, Query(max_length=40, description="Only those in this state.")] = None,
    unchanged: Unchanged = None,
) -> Response:
    """The sources with their last visit and open problems."""
    found = await desk(_sources, desk.declared, desk.clock())
    kept = [one for one in found if enabled in {None, one.enabled} and state in {None, one.state}]
    return reply(Sources(items=kept), unchanged)


@router.get("/v1/sources/{source}", response_model=SourceHealth, responses=faults(404))
async def source(desk: AtDesk, source: str, unchanged: Unchanged = None) -> Response:
    """One source."""
    found = next((one for one in await desk(_sources, desk.declared, desk.clock()) if one.id == source), None)
    return reply(there(found, "source", source, "GET /v1/sources lists them."), unchanged)


def _book(archive: Archive, declared: Declarations, choice: booking.Choice) -> BookAnswer:
    try:
        made = booking.open_book(archive, declared, choice)
    except ValueError as error:
        raise Problem(404, "No such provider", f"provider: {error}.") from error
    return BookAnswer.model_validate(booking.as_json(made))


def _board(archive: Archive, declared: Declarations, at: datetime) -> ScenarioBoard:
    return ScenarioBoard.model_validate(boarding.as_json(boarding.open_board(archive, declared, at)))


def _sources(archive: Archive, declared: Declarations, now: datetime) -> list[SourceHealth]:
    return [_health(row, declared) for row in watched(archive, declared.sources.values(), now)]


def _health(row: dict[str, Any], declared: Declarations) -> SourceHealth:
    one = declared.sources[row["id"]]
    more = {"title_en": one.title_en, "authority": one.authority, "urls": list(one.urls)}
    return SourceHealth.model_validate(row | more)


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(days=1)
