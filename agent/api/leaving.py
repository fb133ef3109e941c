"""The pages behind the links of a mail: unsubscribe (RFC 8058) and preferences.

GET changes nothing, since mail programs and scanners open every link. The token in the address proves that we wrote it
to this receiver; there is no login, no cookie and no redirect.
"""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from agent.api.desk import AtDesk
from agent.api.problems import Problem
from config.declarations import Declarations
from digests import leaving
from index.archive.archive import Archive

_LONGEST = 8192


router = APIRouter(include_in_schema=False)


@router.get("/unsubscribe/{token}")
async def ask(token: str, desk: AtDesk) -> HTMLResponse:
    """A form; opening it changes nothing."""
    who = desk.key.read(token)
    return _page(leaving.ask(desk.declared, who, token) if who else leaving.unknown())


@router.post("/unsubscribe/{token}")
async def leave(token: str, request: Request, desk: AtDesk) -> HTMLResponse:
    """End the subscription, from the form or from a mail program's own button."""
    who = desk.key.read(token)
    if who is None:
        return _page(leaving.unknown())
    if (await _fields(request)).get("List-Unsubscribe") != "One-Click":
        raise Problem(400, "Not a one-click unsubscription", "Send the form field List-Unsubscribe=One-Click.")
    await desk(_silence, who, desk.clock())
    return _page(leaving.left(desk.declared, who, token))


@router.get("/preferences/{token}")
async def choose(token: str, desk: AtDesk) -> HTMLResponse:
    """The subscriptions of the receiver."""
    who = desk.key.read(token)
    return _page(await desk(_choices, who, token, desk.declared) if who else leaving.unknown())


@router.post("/preferences/{token}")
async def change(token: str, request: Request, desk: AtDesk) -> HTMLResponse:
    """End or resume one of them."""
    who = desk.key.read(token)
    if who is None:
        return _page(leaving.unknown())
    fields = await _fields(request)
    named = fields.get("subscription", "")
    if fields.get("wanted") not in {"yes", "no"} or named not in leaving.offered(desk.declared, who[1]):
        raise Problem(400, "No such choice", "Send the form fields subscription and wanted=yes or wanted=no.")
    await desk(_silence if fields["wanted"] == "no" else _resume, (named, who[1]), desk.clock())
    return _page(await desk(_choices, who, token, desk.declared))


def _page(made: leaving.Page) -> HTMLResponse:
    return HTMLResponse(made.html, 200 if made.known else 404, {"Cache-Control": "no-store"})


def _choices(archive: Archive, who: tuple[str, str], token: str, declared: Declarations) -> leaving.Page:
    off = {one.subscription for one in archive.told.silenced() if one.receiver == who[1]}
    return leaving.choose(declared, who, token, off)


def _silence(archive: Archive, who: tuple[str, str], now: datetime) -> None:
    with archive.transaction():
        archive.told.silence(*who, "unsubscribed", now)
        archive.told.give_up(*who, leaving.REASON, now)


def _resume(archive: Archive, who: tuple[str, str], _: datetime) -> None:
    with archive.transaction():
        archive.told.resume(*who)


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a small form, urlencoded or multipart, as RFC 8058 allows both."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST:
            raise Problem(413, "Too large", f"A form here has at most {_LONGEST} bytes.")
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    message = message_from_bytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body, policy=policy.HTTP)
    named = ((part.get_param("name", header="content-disposition"), part) for part in message.walk())
    return {str(name): str(part.get_payload()).strip() for name, part in named if name}
