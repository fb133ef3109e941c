"""Vectors searched by inner product, in two parts: a large one on disk that never changes, a small one in memory.

Decision (November 2026, figures in benchmarks/README.md): up to `_EXACT` rows the large part is exact (1.5 kB a row);
beyond, one byte a dimension in inverted lists (0.4 kB a row, mapped from disk). What is new since is searched exactly
in memory, so a thousand new documents rebuild nothing and write nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_EXACT = 50_000
_LISTS = 2
"""Inverted lists: this times the root of the number of rows."""
_PROBED = 1 / 6
"""Share of the lists that a search looks into; recall@10 by share stands in benchmarks/README.md."""
_LEAST = 16
"""Lists looked into at least."""
_TRAINED = 40
"""Rows looked at for each list when the lists are laid out."""


class Stored:
    """The large part: rows 0 to n - 1, read only."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - faiss has no type hints
        import faiss  # noqa: PLC0415 - heavy: only who searches pays for it

        self._faiss: Any = faiss
        self._index = index
        self._listed = isinstance(index, faiss.IndexIVF)
        if self._listed:
            index.make_direct_map()
            index.parallel_mode = 1  # one query at a time: threads share its lists

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, query: Vectors, limit: int, among: Mask | None) -> tuple[Rows, Vectors]:
        """The nearest rows with their inner product; of those in the mask, where there is one."""
        share = 1.0 if among is None else float(among.mean())
        if not share or not len(self):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        given: dict[str, Any] = {}
        if among is not None:
            given["sel"] = self._faiss.IDSelectorBitmap(np.packbits(among, bitorder="little"))
        if self._listed:
            # of few rows few lie in each list: look into as many more
            probed = min(self._index.nlist, max(_LEAST, math.ceil(self._index.nlist * _PROBED / share)))
            parameters = self._faiss.SearchParametersIVF(nprobe=probed, **given)
        else:
            parameters = self._faiss.SearchParameters(**given)
        scores, rows = self._index.search(query[None], min(limit, len(self)), params=parameters)
        return rows[0][rows[0] >= 0], scores[0][rows[0] >= 0]

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of some rows, as nearly as they are kept."""
        return np.asarray(self._index.reconstruct_batch(rows), np.float32)


def laid_out(sample: Vectors, blocks: Iterator[Vectors], count: int | None = None) -> Any:  # noqa: ANN401 - as above
    """A faiss index over about `count` vectors that come in blocks, laid out by a sample of them."""
    import faiss  # noqa: PLC0415 - as above

    dim, count = sample.shape[1], len(sample) if count is None else count
    if count <= _EXACT or not len(sample):
        index: Any = faiss.IndexFlatIP(dim)
    else:
        lists = max(1, min(int(_LISTS * math.sqrt(count)), len(sample) // _TRAINED))
        index = faiss.index_factory(dim, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = 8, _TRAINED, 1
        index.train(sample)
    for block in blocks:
        index.add(block)
    return index


def extended(path: Path, blocks: Iterator[Vectors]) -> Any:  # noqa: ANN401 - as above
    """The index of a file, in memory, with rows added at its end."""
    import faiss  # noqa: PLC0415 - as above

    index = faiss.read_index(str(path))
    for block in blocks:
        index.add(block)
    return index


def write(index: Any, path: Path) -> None:  # noqa: ANN401 - as above
    """Write an index to a file."""
    import faiss  # noqa: PLC0415 - as above

    faiss.write_index(index, str(path))


def opened(path: Path) -> Stored:
    """The index of a file, mapped; only what is looked at takes memory. Raises RuntimeError where it is none."""
    import faiss  # noqa: PLC0415 - as above

    return Stored(faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY))


def nearest(vectors: Vectors, query: Vectors, limit: int, among: Mask) -> tuple[Rows, Vectors]:
    """As `Stored.search`, exactly, over vectors in memory."""
    scores = np.where(among, vectors @ query, -np.inf)
    best = np.argpartition(-scores, limit - 1)[:limit] if limit < len(scores) else np.arange(len(scores))
    best = best[np.isfinite(scores[best])]
    return best.astype(np.int64), scores[best]
