"""Analysts' verdicts over HTTP: right or wrong, said of an alert; and who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from agent import verdicts
from agent.api.access import Caller, Needs, recognised
from agent.api.desk import AtDesk
from agent.api.models import Answer, Text
from agent.api.problems import Problem
from agent.api.replying import READING, faults
from agent.verdicts import Taken, Word
from config.declarations import Declarations
from digests.alert import Moment
from index.archive.archive import Archive


class Said(BaseModel):
    """What an analyst says of an alert."""

    model_config = ConfigDict(extra="forbid")

    alert: str = Field(min_length=1, max_length=200, description="Id or key of the alert.")
    right: bool = Field(strict=True, description="Whether the trigger is right for the alert's document.")
    trigger: str | None = Field(default=None, max_length=100, description="Another trigger; left out, the alert's own.")
    note: str = Field(default="", max_length=2000, description="Why; read by people only.")
    by: str = Field(default="", max_length=100, description="Who says so; left out, the name of the token.")


class VerdictRecord(Answer):
    """A verdict, with the model whose tag it judges."""

    alert: str = Field(description="Id of the alert.")
    change: str = Field(description="Id of the change.")
    version: str = Field(description="Id of the version.")
    trigger: str = Field(description="Id of the trigger.")
    trigger_version: str = Field(description="Version of the trigger's declaration.")
    right: bool = Field(description="Whether the trigger is right.")
    note: Text = Field(description="Why.")
    model: str = Field(description="Encoder and head that judged.")
    by: Text = Field(description="Who says so.")
    at: Moment = Field(description="When.")


class VerdictTaken(Answer):
    """What became of a verdict."""

    verdict: VerdictRecord = Field(description="As kept.")
    new: bool = Field(description="False where the same analyst had said the same.")
    against: list[VerdictRecord] = Field(description="Verdicts on the same document and trigger that say the opposite.")


class WhoAsks(Answer):
    """Who asks, and what they may do."""

    name: str = Field(description="Name of the token; empty where no token is needed.")
    scopes: list[str] = Field(description="What it may do; admin may do everything.")


router = APIRouter(responses=READING)
_KNOWN: dict[int | str, dict[str, Any]] = {200: {"model": VerdictTaken, "description": "It was known already."}}
_MAY = Annotated[Caller, Depends(Needs("feedback:write"))]


@router.post(
    "/v1/feedback", response_model=VerdictTaken, status_code=201, responses=faults(404, 413, 415, 422) | _KNOWN
)
async def say(said: Said, desk: AtDesk, caller: _MAY) -> Response:
    """Keep a verdict on an alert. Said again, it changes nothing and answers 200: repeat it after a broken connection.

    `vedette train` learns from verdicts that do not contradict each other.
    """
    word = Word(said.right, said.trigger, said.note, said.by or caller.name)
    taken = await desk(_give, desk.declared, said.alert, word, desk.clock())
    answer = VerdictTaken.model_validate(taken)
    return Response(answer.model_dump_json(), 201 if taken.new else 200, media_type="application/json")


@router.get("/v1/token", response_model=WhoAsks)
async def token(caller: Annotated[Caller, Depends(recognised)]) -> WhoAsks:
    """Whose token this is and what it may do."""
    return WhoAsks(name=caller.name, scopes=sorted(caller.scopes))


def _give(archive: Archive, declared: Declarations, alert: str, word: Word, now: datetime) -> Taken:
    try:
        return verdicts.give(archive, declared, alert, word, now)
    except verdicts.UnknownAlert as error:
        raise Problem(
            404, "No such alert", f"The feed has no alert {alert[:80]!r}. GET /v1/alerts has them."
        ) from error
    except KeyError as error:
        known = ", ".join(declared.triggers)
        raise Problem(
            422, "Unknown trigger", f"trigger: {str(word.trigger)[:80]!r} is none; known are {known}."
        ) from error
