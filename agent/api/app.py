"""The application: routes, headers, and who may ask."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from agent.api import boards, documents, feed, feedback, leaving, lists, metrics, ready, searches, snapshots
from agent.api.access import enterable
from agent.api.bounds import Bounds, Heads
from agent.api.counting import Counted
from agent.api.desk import AtDesk, Desk
from agent.api.openapi import describe, name_of
from agent.api.problems import explain
from agent.version import VERSION
from agent.web import routes
from digests.alert import AlertEvent, shipped_schema

_VERSION = VERSION.partition("/")[2]
_PARTS = (feed, leaving, searches, lists, documents, snapshots, boards, feedback, routes)
_plain = APIRouter()


def create(desk: Desk) -> FastAPI:
    """The application of `vedette run`. Everything below /v1 needs a token, once one is set or made."""
    app = FastAPI(
        title="Vedette",
        version=_VERSION,
        docs_url=None,
        redoc_url=None,
        lifespan=None,
        generate_unique_id_function=name_of,
    )
    explain(app)
    describe(app, [part.router for part in _PARTS])
    app.state.desk = desk
    for part in _PARTS:
        app.include_router(part.router)
    for router in (_plain, metrics.router, ready.router):
        app.include_router(router)
    app.webhooks.post("alert", description="What webhooks receive; see docs/alerts.md.")(_pushed)
    app.add_middleware(Heads)
    app.add_middleware(Bounds, hosts=None if enterable(desk.settings) else _hosts(desk))
    desk.instruments = metrics.Instruments(desk)
    app.add_middleware(Counted, requests=desk.instruments.requests)
    return app


class Health(BaseModel):
    """That the server answers and the archive can be read."""

    status: Literal["ok"] = Field(description="ok.")
    version: str = Field(description="Version of Vedette.")
    events: int = Field(ge=0, description="Place of the newest event in the feed.")


class SchemaResponse(JSONResponse):
    """A JSON Schema."""

    media_type = "application/schema+json"


@_plain.get("/healthz")
async def health(desk: AtDesk) -> Health:
    """Whether the archive can be read, and the place of the newest event."""
    return Health(status="ok", version=_VERSION, events=await desk(lambda archive: archive.feed.last_seq()))


@_plain.get("/schemas/alert/1.json", response_class=SchemaResponse)
async def schema() -> SchemaResponse:
    """The JSON Schema of an alert."""
    return SchemaResponse(shipped_schema(), headers={"Cache-Control": "public, max-age=86400"})


def _pushed(event: AlertEvent) -> None:
    """Documented only: the body that a webhook receives."""


def _hosts(desk: Desk) -> frozenset[str]:
    """The names a request may be addressed to where no token guards: a page elsewhere cannot pretend to be us."""
    own = desk.settings.listen.rpartition(":")[0].strip("[]")
    public = urlsplit(desk.settings.public_url or "").hostname
    return frozenset({"localhost", "127.0.0.1", "::1", own, *([public] if public else [])})
