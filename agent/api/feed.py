"""The alert feed over HTTP: batches by cursor (HTTP Feeds), single events, a stream, and views for feed readers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response, StreamingResponse

from agent.api.access import access
from agent.api.asking import Cursor, Limit, Timeout, Wanted, next_address
from agent.api.desk import AtDesk, Desk
from agent.api.problems import Problem
from agent.api.reading import Batch, forward, newest, place
from config.subscription import Filter
from digests.feeds import Head, atom, json_feed
from index.archive.told import Line

BATCH = "application/cloudevents-batch+json"
EVENT = "application/cloudevents+json"
LOOK = 0.25
"""Seconds between looks for something new while a reader waits."""
ALIVE = 15.0
"""Seconds after which a silent stream says that it lives; proxies cut silent ones after 30 to 60."""
Unchanged = Annotated[str | None, Header(alias="if-none-match")]
LastEventId = Annotated[str | None, Header(alias="last-event-id")]


router = APIRouter(dependencies=[Depends(access)])
"""The routes below `/v1/alerts`."""


@router.get("/v1/alerts", response_class=Response)
async def alerts(  # noqa: PLR0913, PLR0917 - one parameter a query parameter
    request: Request,
    desk: AtDesk,
    wanted: Wanted,
    cursor: Cursor = None,
    limit: Limit = 100,
    timeout: Timeout = 0,
    unchanged: Unchanged = None,
) -> Response:
    """Events after `lastEventId` in feed order; an empty list is the end of the feed."""
    ask = (await desk(place, cursor, desk.horizon), limit, wanted)
    batch = await _wait(desk, request, ask, timeout / 1000)
    full = cursor and len(batch.found) == limit
    headers = {"Link": f'<{next_address(request, batch.seen or cursor)}>; rel="next"'}
    headers["Cache-Control"] = "private, max-age=3600" if full else "private, no-cache"
    return _tagged(_together(batch.found), BATCH, headers, unchanged)


@router.get("/v1/alerts/stream", response_class=StreamingResponse)
async def stream(
    request: Request, desk: AtDesk, wanted: Wanted, cursor: Cursor = None, last_event_id: LastEventId = None
) -> StreamingResponse:
    """Server-sent events after `Last-Event-ID` (or `lastEventId`), then each new one as it comes."""
    start = await desk(place, last_event_id or cursor, desk.horizon)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(desk, request, start, wanted), 200, headers, "text/event-stream")


@router.get("/v1/alerts.atom", response_class=Response)
async def as_atom(
    request: Request, desk: AtDesk, wanted: Wanted, limit: Limit = 50, unchanged: Unchanged = None
) -> Response:
    """The newest events for feed readers, newest first."""
    body = atom(await _newest(desk, limit, wanted), _head(desk, request))
    return _tagged(body, "application/atom+xml", {"Cache-Control": "private, no-cache"}, unchanged)


@router.get("/v1/alerts.json", response_class=Response)
async def as_json_feed(
    request: Request, desk: AtDesk, wanted: Wanted, limit: Limit = 50, unchanged: Unchanged = None
) -> Response:
    """The same as JSON Feed 1.1."""
    body = json_feed(await _newest(desk, limit, wanted), _head(desk, request))
    return _tagged(body, "application/feed+json", {"Cache-Control": "private, no-cache"}, unchanged)


@router.get("/v1/alerts/{event}", response_class=Response)
async def one(desk: AtDesk, event: str, unchanged: Unchanged = None) -> Response:
    """One event by id or by alert key, whatever its age."""
    found = await desk(lambda archive: archive.feed.alert(event))
    if found is None:
        raise Problem(404, "No such event", f"{event[:80]!r} is neither the id of an event nor an alert key.")
    body = json.dumps(found.event, ensure_ascii=False, separators=(",", ":")).encode()
    return _tagged(body, EVENT, {"Cache-Control": "private, max-age=86400, immutable"}, unchanged)


async def _newest(desk: Desk, limit: int, wanted: Filter | None) -> list[dict[str, Any]]:
    return [json.loads(line.event) for line in await desk(newest, limit, wanted, desk.horizon)]


async def _wait(desk: Desk, request: Request, ask: tuple[int, int, Filter | None], seconds: float) -> Batch:
    """A batch that holds something, or an empty one after `seconds`."""
    seq, limit, wanted = ask
    end = asyncio.get_running_loop().time() + seconds
    seen: str | None = None
    while True:
        batch = await _through(desk, seq, limit, wanted)
        seq, seen = batch.place, batch.seen or seen
        left = end - asyncio.get_running_loop().time()
        over = left <= 0 or not await desk.pause(min(LOOK, left)) if not batch.found else True
        if over or await request.is_disconnected():
            return Batch(batch.found, seq, seen, batch.more)


async def _through(desk: Desk, seq: int, limit: int, wanted: Filter | None) -> Batch:
    """Look on, chunk by chunk, until `limit` events are found or the feed ends."""
    found: list[Line] = []
    seen: str | None = None
    while True:
        batch = await desk(forward, seq, limit - len(found), wanted)
        found += batch.found
        seq, seen = batch.place, batch.seen or seen
        if len(found) == limit or not batch.more:
            return Batch(tuple(found), seq, seen, batch.more)


async def _stream(desk: Desk, request: Request, seq: int, wanted: Filter | None) -> AsyncIterator[bytes]:
    yield b"retry: 3000\n\n"
    silent = 0.0
    while not await request.is_disconnected():
        batch = await _through(desk, seq, 100, wanted)
        seq = batch.place
        for line in batch.found:
            yield f"id: {line.id}\nevent: alert\ndata: {line.event}\n\n".encode()
        if batch.found:
            silent = 0.0
            continue
        if not await desk.pause(LOOK):
            return
        silent += LOOK
        if silent >= ALIVE:
            silent = 0.0
            yield b": alive\n\n"


def _together(lines: Sequence[Line]) -> bytes:
    """The stored texts as one JSON array, none of them parsed."""
    return f"[{','.join(line.event for line in lines)}]".encode()


def _tagged(body: bytes, media_type: str, headers: dict[str, str], unchanged: str | None) -> Response:
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers |= {"ETag": tag, "Vary": "Authorization"}
    if unchanged and any(one.strip().removeprefix("W/") in {tag, "*"} for one in unchanged.split(",")):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media_type)


def _head(desk: Desk, request: Request) -> Head:
    base = (desk.settings.public_url or str(request.base_url)).rstrip("/")
    query = f"?{request.url.query}" if request.url.query else ""
    return Head(desk.settings.deployment, f"{base}{request.url.path}{query}", base)
