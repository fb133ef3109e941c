"""Puts what changes inserted or replaced into search, so that `in:changes` finds it. Nothing is embedded twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

import numpy as np

from index import bigrams
from index.archive.altered import AlteredClause
from index.archive.archive import Archive
from index.embedding import Encoder
from index.passages import embedded_text
from index.records import Change, Version

STAGE = "altered"
_AT_ONCE = 64
"""Clauses embedded between two commits."""


def index_changes(archive: Archive, encoder: Encoder, now: datetime) -> int:
    """Index what the changes not dealt with yet inserted or replaced; return how many clauses were found.

    The clauses of one change and the note that it is dealt with are one transaction; the model works outside of it.
    """
    return sum(_index_one(archive, encoder, change, now) for change in archive.documents.pending(STAGE))


def _index_one(archive: Archive, encoder: Encoder, change: Change, now: datetime) -> int:
    version = archive.documents.version(change.after) if change.after and change.diff.clauses else None
    found = list(_pieces(change, version)) if version else []
    _embed(archive, encoder, {clause.sha: text for clause, text in found})
    with archive.transaction():
        if version:
            archive.passages.altered.add(change, version.reading.lang, [clause for clause, _ in found])
        archive.judgements.done(STAGE, [change.id], now)
    return len(found)


def _pieces(change: Change, version: Version) -> Iterator[tuple[AlteredClause, str]]:
    """Each clause inserted or replaced, with the text that is embedded: under its document's title, as passages are."""
    for position, clause in enumerate(change.diff.clauses):
        if clause.op in {"insert", "replace"} and clause.after and (tokens := bigrams.index_text(clause.after)):
            embedded = embedded_text(version.reading.title, clause.after)
            sha = sha256(f"passage: {embedded}".encode()).hexdigest()
            yield AlteredClause(position, sha, tokens), embedded


def _embed(archive: Archive, encoder: Encoder, texts: dict[str, str]) -> None:
    kept = archive.passages.vectors(encoder.id, list(texts))
    missing = [(sha, text) for sha, text in texts.items() if sha not in kept]
    for block in _blocks(missing):
        vectors = encoder.encode_passages([text for _, text in block]).astype(np.float16)
        with archive.transaction():
            made = {sha: vector.tobytes() for (sha, _), vector in zip(block, vectors, strict=True)}
            archive.passages.put_vectors(encoder.id, made)


def _blocks(texts: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    return (texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE))
