"""Who may ask the API for what: tokens by name, kept as the sha256 of what their holder sends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from index.archive import rows


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret: `digest` is the hex sha256 of it. It works until it expires or is revoked."""

    name: str
    digest: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def works(self, now: datetime) -> bool:
        """Whether it lets anybody in at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Tokens:
    """The shelf of tokens. Nothing is deleted: a revoked token stays in the list, and its name is free again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, token: Token) -> bool:
        """Keep a token; False where one of that name has not been revoked. Write inside `archive.transaction()`."""
        if next(iter(self._db.query("SELECT 1 FROM tokens WHERE name = ? AND revoked_at IS NULL", [token.name])), None):
            return False
        times = {"made_at": rows.stamp(token.made_at), "expires_at": token.expires_at and rows.stamp(token.expires_at)}
        named = {"name": token.name, "digest": token.digest, "scopes": rows.dump(token.scopes)}
        rows.insert(self._db, "tokens", named | times)
        return True

    def with_digest(self, digest: str) -> Token | None:
        """The token of this digest, whether it still works or not."""
        return next((_token(row) for row in self._db.query("SELECT * FROM tokens WHERE digest = ?", [digest])), None)

    def all(self) -> list[Token]:
        """Every token ever made, oldest first."""
        return [_token(row) for row in self._db.query("SELECT * FROM tokens ORDER BY id")]

    def any(self) -> bool:
        """Whether any token was ever made."""
        return next(iter(self._db.query("SELECT 1 FROM tokens LIMIT 1")), None) is not None

    def revoke(self, name: str, at: datetime) -> bool:
        """End a token; False where none of that name works or waits to expire."""
        sql = "UPDATE tokens SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL"
        return self._db.execute(sql, [rows.stamp(at), name]).rowcount > 0

    def used(self, digest: str, at: datetime) -> None:
        """Note when a token was last used."""
        self._db.execute("UPDATE tokens SET used_at = ? WHERE digest = ?", [rows.stamp(at), digest])


def _token(row: dict[str, Any]) -> Token:
    return Token(
        name=row["name"],
        digest=row["digest"],
        scopes=tuple(json.loads(row["scopes"])),
        made_at=rows.moment(row["made_at"]),
        expires_at=rows.maybe_moment(row["expires_at"]),
        used_at=rows.maybe_moment(row["used_at"]),
        revoked_at=rows.maybe_moment(row["revoked_at"]),
    )
