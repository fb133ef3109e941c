"""Puts versions into search: passages cut, words and vectors kept. Nothing is embedded twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import numpy as np

from index import bigrams
from index.archive.archive import Archive
from index.archive.passages import Indexed
from index.embedding import Encoder
from index.passages import embedded_text, split
from index.records import Version

_AT_ONCE = 64
"""Passages embedded between two commits: an interrupted run loses at most these."""


def index_versions(archive: Archive, encoder: Encoder, versions: Sequence[Version]) -> int:
    """Index versions that are not indexed yet, each in one transaction; return how many vectors were computed."""
    return sum(_index_one(archive, encoder, version) for version in versions)


def embed_missing(archive: Archive, encoder: Encoder, versions: Sequence[Version]) -> int:
    """Embed the passages of indexed versions that have no vector of this encoder, as after a change of model."""
    texts = {sha: text for version in versions for _, sha, text in pieces(version)}
    return _embed(archive, encoder, texts)


def _index_one(archive: Archive, encoder: Encoder, version: Version) -> int:
    cut = list(pieces(version))
    computed = _embed(archive, encoder, {sha: text for _, sha, text in cut})
    with archive.transaction():
        archive.passages.add(version, [piece for piece, _, _ in cut])
    return computed


def pieces(version: Version) -> Iterator[tuple[Indexed, str, str]]:
    """Each passage of a version, the sha that names its vector, and the text that is embedded."""
    reading = version.reading
    for span in split(reading.text) or split(reading.title):
        passage = reading.text[span.start : span.end]
        embedded = embedded_text(reading.title, passage)
        sha = sha256(f"passage: {embedded}".encode()).hexdigest()
        yield Indexed(span.start, min(span.end, len(reading.text)), sha, bigrams.index_text(embedded)), sha, embedded


def _embed(archive: Archive, encoder: Encoder, texts: dict[str, str]) -> int:
    kept = archive.passages.vectors(encoder.id, list(texts))
    missing = [(sha, text) for sha, text in texts.items() if sha not in kept]
    for start in range(0, len(missing), _AT_ONCE):
        block = missing[start : start + _AT_ONCE]
        vectors = encoder.encode_passages([text for _, text in block]).astype(np.float16)
        with archive.transaction():
            found = {sha: vector.tobytes() for (sha, _), vector in zip(block, vectors, strict=True)}
            archive.passages.put_vectors(encoder.id, found)
    return len(missing)
