"""Who may ask for what: whoever has a token with the scope; everybody on this machine where no token was ever made."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass

from fastapi import Request

from agent.api.desk import AtDesk, Desk
from agent.api.problems import Problem
from agent.place import open_archive
from agent.tokens import Scope, digest, recognise
from config.settings import Settings
from index.archive.archive import Archive


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `name` is the token's, empty where none is needed."""

    name: str
    scopes: frozenset[str]

    def may(self, scope: Scope) -> bool:
        """Whether they may do what needs the scope."""
        return scope in self.scopes or "admin" in self.scopes


ANYBODY = Caller("", frozenset({"admin"}))
"""Who asks where no token was ever made; the server then listens on loopback only."""


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency that lets pass who has the scope, and gives the Caller. Raises Problem 401, 403, 429."""

    scope: Scope

    async def __call__(self, request: Request, desk: AtDesk) -> Caller:
        """Who asks."""
        caller = await recognised(request, desk)
        if not caller.may(self.scope):
            has = ", ".join(sorted(caller.scopes)) or "none"
            detail = f"This needs the scope {self.scope}; the token {caller.name!r} has {has}."
            raise Problem(403, "Missing scope", detail, scope=self.scope)
        return caller


access = Needs("feed:read")
"""What the alert feed needs."""


async def recognised(request: Request, desk: AtDesk) -> Caller:
    """Who asks, whatever they may do. Raises Problem: 401 without a token that works, 429 after many wrong ones.

    The token comes as `Authorization: Bearer`, as the password of Basic, which is what feed readers can send.
    """
    given = _given(request.headers.get("authorization", ""))
    if not await desk(guarded, desk.settings):
        return ANYBODY
    if not given:
        raise Problem(401, "No access", "Send a token as `Authorization: Bearer TOKEN`; `vedette token add` makes one.")
    return await check(given, request.client.host if request.client else "", desk)


async def check(given: str, client: str, desk: Desk) -> Caller:
    """Whose token this is. Raises Problem: 401 where it does not work, 429 after many wrong ones of a client."""
    mark, now = digest(given), desk.clock()
    if wait := desk.attempts.wait(client, mark, now):
        raise Problem(429, "Too many wrong tokens", f"Wait {wait} seconds, then try again.", {"Retry-After": str(wait)})
    caller = await desk(_whose, mark, desk)
    if caller is None:
        desk.attempts.failed(client, now)
        raise Problem(401, "No access", "This token is unknown, expired or revoked; `vedette token list` shows which.")
    desk.attempts.passed(mark)
    return caller


def guarded(archive: Archive, settings: Settings) -> bool:
    """Whether a token is needed: one is set, or one was ever made. Revoking the last one opens nothing."""
    return settings.token is not None or archive.tokens.any()


def enterable(settings: Settings) -> bool:
    """Whether some token is set or made, so that the API may listen beyond this machine."""
    if settings.token is not None:
        return True
    with open_archive(settings) as archive:
        return archive.tokens.any()


def _whose(archive: Archive, mark: str, desk: Desk) -> Caller | None:
    set_one = desk.settings.token
    # digests of equal length, compared in constant time: neither length nor beginning shows in the time taken
    if set_one is not None and hmac.compare_digest(mark, digest(set_one.get_secret_value())):
        return Caller("VEDETTE_TOKEN", frozenset({"admin"}))
    token = recognise(archive, mark, desk.clock())
    return Caller(token.name, frozenset(token.scopes)) if token else None


def _given(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
