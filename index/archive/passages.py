"""Passages, their words and their vectors: what search reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from index.archive import rows
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
        added = self._db.table("passages").insert(row | {"start": passage.start, "end": passage.end})
        identity = int(added.last_rowid or 0)
        self._db.table("passages_fts").insert({"rowid": identity, "tokens": passage.tokens})
        return identity

    def unindexed(self) -> list[str]:
        """The ids of versions without passages, oldest first."""
        sql = (
            "SELECT id FROM versions v WHERE NOT EXISTS (SELECT 1 FROM passages p WHERE p.version = v.id)"
            " AND NOT EXISTS (SELECT 1 FROM done d WHERE d.stage = 'index' AND d.change = v.id) ORDER BY v.rowid"
        )
        return [row["id"] for row in self._db.query(sql)]

    def lexical(self, match: str, langs: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """Current passages that match an FTS5 expression, best first, with BM25 (higher is better)."""
        marks = ",".join("?" * len(langs))
        sql = (
            "SELECT p.id, -bm25(passages_fts) AS score FROM passages_fts JOIN passages p ON p.id = passages_fts.rowid"
            f" WHERE passages_fts MATCH ? AND p.current AND p.lang IN ({marks}) ORDER BY score DESC LIMIT ?"
        )
        return [(row["id"], row["score"]) for row in self._db.query(sql, [match, *langs, limit])]

    def get(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Passages by id, with their text."""
        found: dict[int, Passage] = {}
        for batch in _batches(ids):
            sql = (
                "SELECT p.id, p.version, p.document, p.start, p.end, v.text FROM passages p"
                f" JOIN versions v ON v.id = p.version WHERE p.id IN ({','.join('?' * len(batch))})"
            )
            for row in self._db.query(sql, batch):
                text = rows.unpack(row.pop("text"))
                found[row["id"]] = Passage(**row, text=text[row["start"] : row["end"]])
        return found

    def titles(self) -> list[dict[str, Any]]:
        """Current versions: document, version, title, doc_number, index_number, lang, source, published."""
        sql = (
            "SELECT d.id AS document, v.id AS version, v.title, v.doc_number, v.index_number, v.lang, v.source,"
            " v.published FROM documents d JOIN versions v ON v.id = d.latest"
        )
        return list(self._db.query(sql))

    def tagged(self, trigger: str) -> set[str]:
        """Documents with a change for which this trigger fired."""
        sql = "SELECT DISTINCT c.document FROM tags t JOIN changes c ON c.id = t.change WHERE t.trigger = ? AND t.fires"
        return {row["document"] for row in self._db.query(sql, [trigger])}

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

    def embedded(self, model: str) -> Iterator[tuple[int, str, str, str, bytes]]:
        """Every passage of a current version with its vector: (id, document, lang, sha, float16 bytes)."""
        sql = (
            "SELECT p.id, p.document, p.lang, p.sha, x.vector FROM passages p"
            " JOIN vectors x ON x.model = ? AND x.sha = p.sha WHERE p.current ORDER BY p.id"
        )
        for row in self._db.query(sql, [model]):
            yield row["id"], row["document"], row["lang"], row["sha"], row["vector"]


def _batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for value in values:
        batch.append(value)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
