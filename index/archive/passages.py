"""Passages, their words and their vectors: what search reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from index.archive import rows
from index.archive.altered import Altered
from index.archive.listing import Listing, current_before
from index.archive.searches import Searches
from index.records import Passage, Version

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as it enters the index: its place in the text, the sha that names its vector, its search tokens."""

    start: int
    end: int
    sha: str
    tokens: str


class Passages:
    """The shelf of search: words in a contentless FTS5 table, vectors by the sha of what was embedded."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.listing = Listing(db)
        self.altered = Altered(db)
        self.searches = Searches(db)

    def add(self, version: Version, passages: Sequence[Indexed]) -> list[int]:
        """Index the passages of a version and return their ids; those of older versions are no longer current.

        A version that is indexed already is left as it is.
        """
        have = self._db.table("passages").rows_where("version = ?", [version.id], select="id", order_by="id")
        if known := [row["id"] for row in have]:
            return known
        self._db.execute("UPDATE passages SET current = 0 WHERE document = ?", [version.document])
        return [self._add_one(version, passage) for passage in passages]

    def _add_one(self, version: Version, passage: Indexed) -> int:
        row = {"version": version.id, "document": version.document, "lang": version.reading.lang, "sha": passage.sha}
        identity = rows.insert_numbered(self._db, "passages", row | {"start": passage.start, "end": passage.end})
        self._db.execute("INSERT INTO passages_fts (rowid, tokens) VALUES (?, ?)", [identity, passage.tokens])
        return identity

    def unindexed(self) -> list[str]:
        """The ids of versions without passages, oldest first."""
        sql = (
            "SELECT id FROM versions v WHERE NOT EXISTS (SELECT 1 FROM passages p WHERE p.version = v.id)"
            " AND NOT EXISTS (SELECT 1 FROM done d WHERE d.stage = 'index' AND d.change = v.id) ORDER BY v.rowid"
        )
        return [row["id"] for row in self._db.query(sql)]

    def lexical(
        self, match: str, langs: Sequence[str], limit: int, until: datetime | None = None
    ) -> list[tuple[int, float]]:
        """Current passages that match an FTS5 expression, best first, with BM25 (higher is better).

        `until`: the passages that were current before that moment instead.
        """
        marks = ",".join("?" * len(langs))
        chosen, moments = "p.current = 1", list[str]()
        if until is not None:
            chosen, moments = (
                f"EXISTS (SELECT 1 FROM versions v WHERE v.id = p.version AND {current_before('v')})",
                [rows.stamp(until)] * 2,
            )
        sql = (
            "SELECT p.id, -bm25(passages_fts) AS score FROM passages_fts JOIN passages p ON p.id = passages_fts.rowid"
            f" WHERE passages_fts MATCH ? AND {chosen} AND p.lang IN ({marks}) ORDER BY score DESC LIMIT ?"
        )
        return [(row["id"], row["score"]) for row in self._db.query(sql, [match, *moments, *langs, limit])]

    def count(self, token: str) -> int:
        """How many passages, of old versions too, hold a token."""
        sql = "SELECT count(*) FROM passages_fts WHERE passages_fts MATCH ?"
        return int(self._db.execute(sql, [f'"{token}"']).fetchone()[0])

    def get(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Passages by id, with their text."""
        found: dict[int, Passage] = {}
        for batch in _batches(ids):
            marks = ",".join("?" * len(batch))
            sql = f'SELECT id, version, document, start, "end" FROM passages WHERE id IN ({marks})'
            rows_found = list(self._db.query(sql, batch))
            texts = self._texts({row["version"] for row in rows_found})
            for row in rows_found:
                found[row["id"]] = Passage(**row, text=texts[row["version"]][row["start"] : row["end"]])
        return found

    def text(self, version: str) -> str:
        """The text of a version's reading; empty where there is no such version."""
        return self._texts([version]).get(version, "")

    def _texts(self, versions: Iterable[str]) -> dict[str, str]:
        wanted = list(versions)
        sql = f"SELECT id, text FROM versions WHERE id IN ({','.join('?' * len(wanted))})"
        return {row["id"]: rows.unpack(row["text"]) for row in self._db.query(sql, wanted)}

    def ids_of(self, versions: Sequence[str]) -> dict[str, list[int]]:
        """Passage ids by version."""
        found: dict[str, list[int]] = {}
        for batch in _batches(versions):
            where = f"version IN ({','.join('?' * len(batch))})"
            for row in self._db.table("passages").rows_where(where, batch, select="id, version", order_by="id"):
                found.setdefault(row["version"], []).append(row["id"])
        return found

    def vectors(self, model: str, shas: Sequence[str]) -> dict[str, bytes]:
        """The stored vectors (float16 bytes) of a model by sha; those not stored are absent."""
        found: dict[str, bytes] = {}
        for batch in _batches(shas):
            where = f"model = ? AND sha IN ({','.join('?' * len(batch))})"
            for row in self._db.table("vectors").rows_where(where, [model, *batch]):
                found[row["sha"]] = row["vector"]
        return found

    def put_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        """Keep vectors (float16 bytes) of a model by sha."""
        spelled = [{"model": model, "sha": sha, "vector": vector} for sha, vector in vectors.items()]
        self._db.table("vectors").insert_all(spelled, ignore=True)

    def current(self) -> Iterator[int]:
        """The ids of the passages of current versions."""
        return (identity for (identity,) in self._db.execute("SELECT id FROM passages WHERE current = 1"))

    def embedded(self, model: str, ids: Sequence[int] | None = None) -> Iterator[tuple[int, str, str, str, bytes]]:
        """Passages of current versions with their vector: (id, document, lang, sha, float16 bytes).

        All, in the order of their ids, or those of some ids; without those that have no vector of this model.
        """
        sql = (
            # CROSS JOIN: passages first, by their ids; SQLite would rather sort a million vectors
            "SELECT p.id, p.document, p.lang, p.sha, x.vector FROM passages p"
            " CROSS JOIN vectors x WHERE x.model = ? AND x.sha = p.sha AND p.current = 1"
        )
        if ids is None:
            yield from self._db.execute(f"{sql} ORDER BY p.id", [model])
            return
        for batch in _batches(ids):
            yield from self._db.execute(f"{sql} AND p.id IN ({','.join('?' * len(batch))})", [model, *batch])


def _batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for value in values:
        batch.append(value)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
