"""Links by which a receiver ends a subscription: a token that only this installation can make (HMAC-SHA256)."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_BYTES = 32


class Key:
    """The secret of one home, made on first use and readable by its owner only."""

    def __init__(self, home: Path) -> None:
        path = home / "optout.key"
        if not path.exists():
            home.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".optout.{os.getpid()}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_BYTES))
            with suppress(FileExistsError):  # another process made it between: its key counts
                os.link(fresh, path)
            fresh.unlink()
        self._secret = path.read_bytes()

    def token(self, subscription: str, receiver: str) -> str:
        """URL-safe text that names subscription and receiver and proves that we wrote it."""
        said = f"{subscription}\n{receiver}".encode()
        return f"{_text(said)}.{_text(self._mark(said))}"

    def read(self, token: str) -> tuple[str, str] | None:
        """Subscription and receiver of a token, or None where we did not write it."""
        head, _, tail = token.partition(".")
        try:
            said, mark = _bytes(head), _bytes(tail)
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(mark, self._mark(said)):
            return None
        subscription, _, receiver = said.decode().partition("\n")
        return subscription, receiver

    def _mark(self, said: bytes) -> bytes:
        return hmac.digest(self._secret, b"optout\n" + said, sha256)


def unsubscribe_url(public_url: str, token: str) -> str:
    """Where a token is used: GET shows a form, POST ends the subscription (RFC 8058)."""
    return f"{public_url.rstrip('/')}/unsubscribe/{token}"


def preferences_url(public_url: str, token: str) -> str:
    """Where the same token lists all subscriptions of its receiver."""
    return f"{public_url.rstrip('/')}/preferences/{token}"


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
