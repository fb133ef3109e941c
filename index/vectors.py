"""Keeps the index of vectors in step with the archive, which has every vector as the encoder gave it.

`HOME/vectors/<model>/` is made from the archive and may be deleted at any time. Opening compares ids with the
archive's; only what is missing is read there, and stays in memory until it is worth a new generation of files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from logging import getLogger
from pathlib import Path
from typing import Protocol

import numpy as np

from index import generations, segments
from index import space as spaces
from index.embedding import Encoder, Vectors
from index.generations import Damaged
from index.holdings import Holdings, Ids, as_ids
from index.space import Space
from index.vector_index import VectorIndex, fill

_REFIT = 2
"""The space is fitted and the index laid out anew when the archive has grown by this factor since."""
_STALE = 0.25
"""The same when this share of the rows on disk are of passages no longer held."""
_PENDING, _SHARE = 4096, 64
"""Passages in memory before a new generation is written: this many, and one in `_SHARE` of all."""
_SAMPLE = 100_000
"""Passages that space and lists are fitted to; of a larger archive as many drawn at random (150 MB)."""
_BLOCK = 4096

Row = tuple[int, str, str, str, bytes]

log = getLogger("vedette.vectors")

__all__ = ["Embedded", "VectorIndex", "open_vectors", "passages_by_document"]


class Embedded(Protocol):
    """Where vectors come from: the archive's shelf of passages."""

    def current(self) -> Iterable[int]:
        """The ids of all passages of current versions."""

    def embedded(self, model: str, ids: Sequence[int] | None = None) -> Iterable[Row]:
        """Passages of current versions with their vector: (id, document, language, sha, float16 bytes).

        All, or those of some ids; without those that have no vector of this model.
        """


def open_vectors(home_vectors: Path, store: Embedded, encoder: Encoder) -> VectorIndex:
    """The index of the archive's current passages under this encoder, brought up to date.

    Laid out anew from the archive where it is missing, damaged (which is logged), of another model, or fitted on half
    as much. Several processes may open one folder at the same time: one of them writes.
    """
    folder = home_vectors / re.sub(r"[^A-Za-z0-9._@-]", "_", encoder.id)
    index = _restored(folder, encoder)
    if index is None:
        with generations.writing(folder):
            index = _restored(folder, encoder, told=True) or _laid_out(folder, store, encoder)
    _synchronise(index, store, encoder)
    if len(index) >= _REFIT * max(index.space.fitted_on, 1) or index.stale > _STALE:
        with generations.writing(folder):
            index = _laid_out(folder, store, encoder)
        _synchronise(index, store, encoder)
    elif index.pending >= max(_PENDING, len(index) // _SHARE):
        _save(index, folder)
    return index


def _save(index: VectorIndex, folder: Path) -> None:
    try:
        index.save(folder)
    except OSError as error:
        log.warning("%s: %s; the index goes on in memory", folder, error)


def _restored(folder: Path, encoder: Encoder, *, told: bool = False) -> VectorIndex | None:
    """What the folder holds, if it can be used. `told`: say so where it cannot."""
    try:
        index = VectorIndex.restored(folder, encoder.dim)
        if index is not None and index.space.model != encoder.id:
            raise Damaged(f"{folder}: made by {index.space.model}")
    except Damaged as error:
        if told:
            log.warning("%s; the vector index is made anew from the archive", error)
        return None
    return index


def _laid_out(folder: Path, store: Embedded, encoder: Encoder) -> VectorIndex:
    """Write a generation from all that the archive has, and open it."""
    space, sample, count = fitted(store, encoder)
    generations.write(folder, lambda place: _lay_out(place, store, space, sample, count))
    index = VectorIndex.restored(folder, encoder.dim)
    if index is None:
        raise RuntimeError(f"{folder}: what was just written is gone")
    return index


def _lay_out(place: Path, store: Embedded, space: Space, sample: Vectors, count: int) -> None:
    documents, ids = Holdings(), list[int]()

    def blocks() -> Iterator[Vectors]:
        for block in _blocks(store.embedded(space.model)):
            ids.extend(row[0] for row in block)
            documents.add(as_ids(row[0] for row in block), [row[1] for row in block])
            yield _placed(space, block)

    fill(place, segments.laid_out(sample, blocks(), count), space, as_ids(ids), documents)


def fitted(store: Embedded, encoder: Encoder) -> tuple[Space, Vectors, int]:
    """The space of the archive's passages, a sample of them in it, and how many there are."""
    current = as_ids(store.current())
    chosen = np.sort(np.random.default_rng(0).choice(current, min(_SAMPLE, len(current)), replace=False))
    rows = list(store.embedded(encoder.id, chosen.tolist()))
    reference = spaces.read_reference(encoder)
    space = spaces.fit(encoder.id, ((row[2], _vector(row[4])) for row in rows), reference)
    count = round(len(current) * len(rows) / max(len(chosen), 1))
    sample = _placed(space, rows) if rows else np.empty((0, encoder.dim), np.float32)
    return replace(space, fitted_on=count), sample, count


def _synchronise(index: VectorIndex, store: Embedded, encoder: Encoder) -> None:
    """Hold exactly the current passages that have a vector."""
    current, held = as_ids(store.current()), index.documents.ids
    gone = np.setdiff1d(held, current, assume_unique=True)
    index.remove(gone)
    index.documents.remove(gone)
    missing = np.setdiff1d(current, held, assume_unique=True)
    for block in _blocks(store.embedded(encoder.id, missing.tolist()) if len(missing) else ()):
        ids = [row[0] for row in block]
        index.add(ids, np.stack([_vector(row[4]) for row in block]), [row[2] for row in block])
        index.documents.add(as_ids(ids), [row[1] for row in block])


def _placed(space: Space, rows: Sequence[Row]) -> Vectors:
    return space.of_passages(np.stack([_vector(row[4]) for row in rows]), [row[2] for row in rows])


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while block := list(islice(waiting, _BLOCK)):
        yield block


def _vector(blob: bytes) -> Vectors:
    return np.frombuffer(blob, np.float16).astype(np.float32)


def passages_by_document(documents: Holdings, wanted: Collection[str]) -> Ids:
    """The ids of the passages of some documents."""
    return documents.passages_of(wanted)
