"""Who may read: whoever has the token, where one is set."""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256

from fastapi import Request

from agent.api.desk import AtDesk
from agent.api.problems import Problem


def access(request: Request, desk: AtDesk) -> None:
    """A dependency that lets a request pass, or raises Problem 401.

    The token comes as `Authorization: Bearer`, or as the password of Basic, which is what feed readers can send. It is
    compared as a digest and in constant time, so that neither length nor beginning shows in the time taken.
    """
    if desk.settings.token is None:
        return
    asked = sha256(desk.settings.token.get_secret_value().encode()).digest()
    given = sha256(_given(request.headers.get("authorization", "")).encode()).digest()
    if not hmac.compare_digest(given, asked):
        raise Problem(401, "No access", "Send the token as `Authorization: Bearer TOKEN`.")


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
