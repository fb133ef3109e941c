"""Signing in: a form takes an API token once and sets a cookie that stands for it, signed and expiring.

The cookie holds the token's digest, not the token, so that revoking the token ends every session of it. It is
HttpOnly and SameSite=Strict: no script reads it and no other site's form or link sends it. Where no token exists the
server is bound to loopback and the pages are open, as the API is.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from agent.api.access import ANYBODY, Caller, check, guarded
from agent.api.desk import AtDesk, Desk
from agent.api.problems import Problem
from agent.tokens import Scope, digest, recognise
from agent.web.gate import PageRoute
from agent.web.page import show
from agent.web.same_site import fields
from agent.web.visit import SESSION_COOKIE, AtVisit, local
from index.archive.archive import Archive

LASTS = timedelta(days=7)
_PURPOSE = "session:desk"
"""Signed with the home's key; no subscription can have this name, so that no link of a mail is a session."""
_LONGEST = 500
"""Characters of a token that are read."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A dependency that lets a reader with a scope pass. Raises Problem: 401, which pages turn into the way to the
    form, or 403.
    """

    scope: Scope = "archive:read"

    async def __call__(self, request: Request, desk: AtDesk) -> Caller:
        """Who reads."""
        caller = await desk(_whose, desk, _digest_of(request.cookies.get(SESSION_COOKIE, ""), desk))
        if caller is None:
            raise Problem(401, "No access", "Sign in with a token.")
        if not caller.may(self.scope):
            raise Problem(403, "Missing scope", f"This needs the scope {self.scope}.", scope=self.scope)
        return caller


@router.get("/sign-in")
async def ask(visit: AtVisit) -> Response:
    """The form."""
    return _form(visit, local(visit.asked("back")))


@router.post("/sign-in")
async def enter(visit: AtVisit) -> Response:
    """Take a token; a wrong one shows the form again, and many wrong ones make every further one wait."""
    given = await fields(visit.request)
    back, token = local(given.get("back", "/")), given.get("token", "").strip()[:_LONGEST]
    client = visit.request.client
    try:
        await check(token, client.host if client else "", visit.desk)
    except Problem as problem:
        return _form(visit, back, wrong="wait" if problem.status == 429 else "wrong", status=problem.status)
    answer = RedirectResponse(back, 303, {"Cache-Control": "no-store"})
    secure = visit.request.url.scheme == "https" or (visit.desk.settings.public_url or "").startswith("https:")
    answer.set_cookie(
        SESSION_COOKIE,
        _signed(visit.desk, digest(token)),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=secure,
    )
    return answer


@router.post("/sign-out")
async def leave(visit: AtVisit) -> Response:
    """Forget the cookie."""
    await fields(visit.request)
    answer = RedirectResponse("/sign-in", 303, {"Cache-Control": "no-store"})
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return answer


def _form(visit: AtVisit, back: str, *, wrong: str = "", status: int = 200) -> Response:
    values = {"section": "", "title": visit.words("desk.sign.title"), "back": back, "wrong": wrong}
    return show(visit, "sign_in.html.j2", values, 403 if status == 401 else status)


def _signed(desk: Desk, mark: str) -> str:
    until = int((desk.clock() + LASTS).timestamp())
    return desk.key.token(_PURPOSE, f"{until}.{mark}")


def _digest_of(cookie: str, desk: Desk) -> str:
    """The digest of the token that a cookie stands for, empty where it is not ours or has expired."""
    read = desk.key.read(cookie) if cookie else None
    if read is None or read[0] != _PURPOSE:
        return ""
    until, _, mark = read[1].partition(".")
    return mark if desk.clock() < datetime.fromtimestamp(int(until), UTC) else ""


def _whose(archive: Archive, desk: Desk, mark: str) -> Caller | None:
    """Who signed in with the token of a digest; without any token everybody on this machine."""
    if not guarded(archive, desk.settings):
        return ANYBODY
    own = desk.settings.token
    if own is not None and hmac.compare_digest(mark, digest(own.get_secret_value())):
        return Caller("VEDETTE_TOKEN", frozenset({"admin"}))
    token = recognise(archive, mark, desk.clock()) if mark else None
    return Caller(token.name, frozenset(token.scopes)) if token else None
