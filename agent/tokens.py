"""Tokens of the HTTP API: what they may do, how they are made, how one is recognised.

A token is 256 random bits, and what is kept is its plain sha256. A slow hash (scrypt, argon2) would add nothing: it
makes guessing dear where a secret is short enough to be guessed, and nobody guesses 256 bits; it would cost each
request 50 ms and 16 MB or more, which anybody could make us spend.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args

from index.archive.archive import Archive
from index.archive.tokens import Token

Scope = Literal["feed:read", "archive:read", "feedback:write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What a token may do: read alerts; read the rest; say right or wrong of alerts; everything."""
PREFIX = "vdt_"
"""Begins every token, so that secret scanners can tell one."""
_NOTED_EVERY = timedelta(minutes=1)


def digest(secret: str) -> str:
    """What is kept of a token: the hex sha256."""
    return sha256(secret.encode()).hexdigest()


def make(archive: Archive, name: str, scopes: Sequence[Scope], now: datetime, expires: datetime | None) -> str | None:
    """Make a token and return it: it is never shown again. None where one of that name has not been revoked."""
    secret = PREFIX + secrets.token_urlsafe(32)
    with archive.transaction():
        added = archive.tokens.add(Token(name, digest(secret), tuple(scopes), now, expires))
    return secret if added else None


def recognise(archive: Archive, given: str, now: datetime) -> Token | None:
    """The token of a digest, where it works at `now`; notes the use, at most once a minute."""
    known = archive.tokens.with_digest(given)
    if known is None or not hmac.compare_digest(known.digest, given) or not known.works(now):
        return None
    if known.used_at is None or now - known.used_at >= _NOTED_EVERY:
        with archive.transaction():
            archive.tokens.used(given, now)
    return known
