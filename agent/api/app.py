"""The application: routes, headers, and who may ask."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.api import feed, leaving
from agent.api.desk import AtDesk, Desk
from agent.api.problems import explain
from agent.version import VERSION
from digests.alert import AlertEvent, shipped_schema

_VERSION = VERSION.partition("/")[2]
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}

_plain = APIRouter()


def create(desk: Desk) -> FastAPI:
    """The application of `vedette run`. Everything below /v1 needs the token, where one is set."""
    app = FastAPI(title="Vedette", version=_VERSION, docs_url=None, redoc_url=None, lifespan=None)
    explain(app)
    app.state.desk = desk
    for router in (feed.router, leaving.router, _plain):
        app.include_router(router)
    app.webhooks.post("alert", description="What webhooks receive; see docs/alerts.md.")(_pushed)
    app.add_middleware(_Headers)
    if desk.settings.token is None:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(desk))
    return app


@_plain.get("/healthz")
async def health(desk: AtDesk) -> dict[str, Any]:
    """Whether the archive can be read, and the place of the newest event."""
    return {"status": "ok", "version": _VERSION, "events": await desk(lambda archive: archive.feed.last_seq())}


@_plain.get("/schemas/alert/1.json")
async def schema() -> JSONResponse:
    """The JSON Schema of an alert."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return JSONResponse(shipped_schema(), headers=headers, media_type="application/schema+json")


def _pushed(event: AlertEvent) -> None:
    """Documented only: the body that a webhook receives."""


def _hosts(desk: Desk) -> list[str]:
    """The names a request may be addressed to where no token guards: a page elsewhere cannot pretend to be us."""
    own = desk.settings.listen.rpartition(":")[0]
    public = urlsplit(desk.settings.public_url or "").hostname
    return ["localhost", "127.0.0.1", own, *([public] if public else [])]


class _Headers:
    """Adds the headers that keep browsers careful to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)
