"""Character n-grams of clauses, hashed to buckets: spelling that the concepts do not know and the vectors blur.

No table of n-grams is kept, so the trained weights name no words of the documents that they were learnt from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.sentences import plain

BUCKETS = 2**15
LAYOUT = "characters 1-3, 15 bits, 2"
"""Changes with the hashing: weights are only valid for the layout that they were learnt with."""
_LONGEST = 3
_SHIFT = np.uint64(49)
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_LAST = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, slots=True)
class Grams:
    """Sparse rows, one a text: row i holds `buckets[starts[i]:starts[i + 1]]` with their `values`."""

    starts: NDArray[np.int64]
    buckets: NDArray[np.int64]
    values: NDArray[np.float32]

    def logits(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, t) sums of a table (t, BUCKETS) of weights over each row."""
        parts = np.vstack([np.zeros((1, len(table))), np.cumsum(table[:, self.buckets].T * self.values[:, None], 0)])
        return np.asarray(parts[self.starts[1:]] - parts[self.starts[:-1]], np.float64)


def matrix(rows: Sequence[tuple[Grams, int]]) -> Any:  # noqa: ANN401  # untyped library
    """Chosen rows as a scipy matrix of BUCKETS columns, to learn from."""
    from scipy.sparse import (  # type: ignore[import-untyped]  # noqa: PLC0415  # no stubs; only where one learns
        csr_matrix,
    )

    places = [slice(g.starts[i], g.starts[i + 1]) for g, i in rows]
    buckets = np.concatenate([g.buckets[at] for (g, _), at in zip(rows, places, strict=True)])
    values = np.concatenate([g.values[at] for (g, _), at in zip(rows, places, strict=True)])
    starts = np.cumsum([0, *(at.stop - at.start for at in places)])
    return csr_matrix((values, buckets, starts), shape=(len(rows), BUCKETS))


def grams(texts: Sequence[str]) -> Grams:
    """The n-grams of one to three characters of each text as compared (`plain`).

    Weighed 1 + log of their number; each row has length 1.
    """
    rows = [_row(text) for text in texts]
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in rows)])
    buckets = np.concatenate([b for b, _ in rows]) if rows else np.empty(0, np.int64)
    values = np.concatenate([v for _, v in rows]) if rows else np.empty(0, np.float32)
    return Grams(starts.astype(np.int64), buckets, values)


def _row(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    points = np.frombuffer(plain(text).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64) + np.uint64(1)
    hashed = [_hashed(points, n) for n in range(1, _LONGEST + 1)]
    buckets, counts = np.unique(np.concatenate(hashed), return_counts=True)
    values = 1 + np.log(counts)
    return buckets, (values / max(float(np.linalg.norm(values)), 1e-9)).astype(np.float32)


def _hashed(points: NDArray[np.uint64], n: int) -> NDArray[np.int64]:
    """The bucket of each run of n code points: multiply and mix, the highest bits (unsigned, wrapping round)."""
    many = max(len(points) - n + 1, 0)
    found = np.full(many, n, np.uint64)
    for j in range(n):
        found = (found ^ points[j : j + many]) * _MIX[j]
        found ^= found >> np.uint64(29)
    return ((found * _LAST) >> _SHIFT).astype(np.int64)
