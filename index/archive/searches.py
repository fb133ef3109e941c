"""Saved searches: the vector each was given when it was first put, and the changes that answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from index.archive import rows
from index.records import Quote


class SearchMatch(NamedTuple):
    """A change that answered a saved search, in the version of its declaration, and the quotes that do."""

    search: str
    version: str
    change: str
    score: float
    quotes: tuple[Quote, ...]


class Searches:
    """The shelf of saved searches."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def vector(self, search: str, version: str, model: str) -> bytes | None:
        """The frozen vector (float32 bytes) of a search under a model; None before its first use."""
        sql = "SELECT vector FROM searches WHERE search = ? AND version = ? AND model = ?"
        found = self._db.execute(sql, [search, version, model]).fetchone()
        return found[0] if found else None

    def freeze(self, search: tuple[str, str], model: str, query: str, vector: bytes, at: datetime) -> None:
        """Keep the vector of a search, given by id and version of its declaration; the first stays."""
        sql = "INSERT OR IGNORE INTO searches (search, version, model, query, vector, at) VALUES (?, ?, ?, ?, ?, ?)"
        self._db.execute(sql, [*search, model, query, vector, rows.stamp(at)])

    def add_match(self, match: SearchMatch, at: datetime) -> None:
        """Note that a change answered. Of one search and one change the first match stays."""
        quotes = rows.dump([asdict(quote) for quote in match.quotes])
        columns = 'search, version, "change", score, quotes, at'
        sql = f"INSERT OR IGNORE INTO search_matches ({columns}) VALUES (?, ?, ?, ?, ?, ?)"
        self._db.execute(sql, [match.search, match.version, match.change, match.score, quotes, rows.stamp(at)])

    def matches(self, changes: Sequence[str] | None = None) -> list[SearchMatch]:
        """The matches, or those of some changes, oldest first."""
        sql = 'SELECT search, version, "change", score, quotes FROM search_matches'
        if changes is not None:
            sql += f' WHERE "change" IN ({",".join("?" * len(changes))})'
        found = self._db.execute(sql + " ORDER BY rowid", list(changes or ()))
        return [_match(*row) for row in found]

    def untold(self, stage: str) -> list[SearchMatch]:
        """The matches of changes that a stage has not dealt with, oldest first."""
        sql = (
            'SELECT search, version, "change", score, quotes FROM search_matches m'
            " WHERE NOT EXISTS (SELECT 1 FROM done d WHERE d.stage = ? AND d.change = m.change) ORDER BY rowid"
        )
        return [_match(*row) for row in self._db.execute(sql, [stage])]


def _match(search: str, version: str, change: str, score: float, quotes: str) -> SearchMatch:
    return SearchMatch(search, version, change, score, tuple(Quote(**one) for one in json.loads(quotes)))
