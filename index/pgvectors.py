"""Passages as vectors on a PostgreSQL server with pgvector, searched as `index.vector_index` searches files.

No host needs files of its own: the archive's server holds the vectors in their space, and one process at a time brings
them up to date. `open_index` takes this where the archive's server offers it, and the files in the home elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import space as spaces
from index.archive.archive import Archive
from index.embedding import Encoder, Vectors
from index.holdings import as_ids
from index.space import Space
from index.vectors import Embedded, VectorIndex, fitted, open_vectors

if TYPE_CHECKING:  # psycopg is an optional extra
    from index.archive.postgres_vectors import Layout, NearVectors, Row

_REFIT = 2
"""The space is fitted anew when the archive has grown by this factor since, as `index.vectors` does."""
_BLOCK = 4096


class PgVectors(VectorIndex):
    """Passages by id, searched by inner product of vectors of length 1, on the server."""

    def __init__(self, near: NearVectors, layout: Layout, space: Space, dim: int) -> None:
        super().__init__(space, dim)
        self._near, self._layout = near, layout
        held = near.held(layout)
        self.documents.add(as_ids(passage for passage, _ in held), [document for _, document in held])

    def __len__(self) -> int:
        return len(self.documents)

    @property
    def ids(self) -> set[int]:
        """As `VectorIndex.ids`."""
        return set(self.documents.ids.tolist())

    def search(self, query: Vectors, limit: int, among: Iterable[int] | None = None) -> list[tuple[int, float]]:
        """As `VectorIndex.search`: among chosen passages exactly, among all nearly so (HNSW)."""
        if among is None:
            return self._near.nearest(self._layout, query, limit)
        found = self._near.likeness(self._layout, query, as_ids(among).tolist())
        return sorted(found, key=lambda one: (-one[1], one[0]))[:limit]

    def likeness(self, query: Vectors, ids: Sequence[int]) -> dict[int, float]:
        """As `VectorIndex.likeness`."""
        found = dict(self._near.likeness(self._layout, query, ids)) if len(ids) else {}
        if missing := [one for one in ids if one not in found]:
            raise KeyError(f"passages not held: {missing[:5]}")
        return found


def open_index(archive: Archive, encoder: Encoder, home_vectors: Path) -> VectorIndex:
    """The index of the archive's current passages, up to date: on its server, or in files under `home_vectors`."""
    if archive.near is None:
        return open_vectors(home_vectors, archive.passages, encoder)
    with archive.near.writing():
        return _opened(archive.near, archive.passages, encoder)


def _opened(near: NearVectors, store: Embedded, encoder: Encoder) -> PgVectors:
    layout = near.layout(encoder.id)
    current = as_ids(store.current())
    if layout is None or len(current) >= _REFIT * max(layout.fitted_on, 1):
        space, _, count = fitted(store, encoder)
        kept = BytesIO()
        spaces.save(space, kept)
        layout = near.lay_out(
            encoder.id, (kept.getvalue(), count), encoder.dim, _placed(store, space, current.tolist())
        )
    space = spaces.load(BytesIO(layout.space))
    held = as_ids(passage for passage, _ in near.held(layout))
    gone = np.setdiff1d(held, current, assume_unique=True)
    if len(gone):
        near.remove(layout, gone.tolist())
    missing = np.setdiff1d(current, held, assume_unique=True)
    if len(missing):
        for block in _placed(store, space, missing.tolist()):
            near.add(layout, block)
    return PgVectors(near, layout, space, encoder.dim)


def _placed(store: Embedded, space: Space, ids: Sequence[int]) -> Iterator[list[Row]]:
    """Passages in the space, block by block: memory does not grow with the archive."""
    for start in range(0, len(ids), _BLOCK):
        if block := list(store.embedded(space.model, ids[start : start + _BLOCK])):
            raw = np.stack([np.frombuffer(row[4], np.float16).astype(np.float32) for row in block])
            placed = space.of_passages(raw, [row[2] for row in block])
            yield [(row[0], row[1], vector) for row, vector in zip(block, placed, strict=True)]
