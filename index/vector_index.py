"""Passages as vectors, searched by likeness: rows on disk that never change, and in memory what is new since.

The files, as `index.generations` keeps them: `index.faiss`, the rows; `rows.npy`, whose they are; `space.npz`, the
space in which they lie (`index.space`); `documents.*`, the document of each passage. `index.vectors` keeps all this
in step with the archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from index import generations, segments
from index import space as spaces
from index.embedding import Vectors
from index.generations import Damaged
from index.holdings import Holdings, Ids, as_ids
from index.segments import Mask, Stored
from index.space import Space


class VectorIndex:
    """Passages by id, searched by inner product of vectors of length 1."""

    def __init__(self, space: Space, dim: int) -> None:
        self.space, self._dim = space, dim
        self.documents = Holdings()
        self._stored: Stored | None = None
        self._place: Path | None = None
        self._fresh = np.empty((0, dim), np.float32)
        self._ids, self._alive = np.empty(0, np.int64), np.empty(0, bool)
        self._sort()

    @classmethod
    def restored(cls, folder: Path, dim: int) -> VectorIndex | None:
        """The valid generation of a folder; None where there is none. Raises Damaged."""
        place = generations.valid(folder)
        if place is None:
            return None
        try:
            index = cls(spaces.load(place / "space.npz"), dim)
            index._take(place)
        except (OSError, RuntimeError, ValueError, KeyError, BadZipFile) as error:
            raise Damaged(f"{place}: {error}") from error
        return index

    def _take(self, place: Path) -> None:
        """Read rows from a generation instead of from memory."""
        ids, stored = np.load(place / "rows.npy"), segments.opened(place / "index.faiss")
        if len(stored) != len(ids) or stored.dim != self._dim:
            raise ValueError(f"{len(stored)} rows of {stored.dim} dimensions for {len(ids)} passages of {self._dim}")
        self._stored, self._place = stored, place
        self._fresh = np.empty((0, self._dim), np.float32)
        self._ids, self._alive = ids, ids >= 0
        with np.load(place / "documents.npz") as kept:
            names = (place / "documents.txt").read_text(encoding="utf-8").split("\0")
            self.documents = Holdings(kept["ids"], kept["ordinals"], names)
        self._sort()

    def _sort(self) -> None:
        """Note which row is whose: of an id added, removed and added again the last."""
        live = np.flatnonzero(self._alive)
        self._order = live[np.argsort(self._ids[live], kind="stable")]
        self._sorted = self._ids[self._order]

    def __len__(self) -> int:
        return len(self._sorted)

    @property
    def ids(self) -> set[int]:
        """The ids of all passages held."""
        return set(self._sorted.tolist())

    @property
    def pending(self) -> int:
        """Passages in memory alone."""
        return len(self._fresh)

    @property
    def stale(self) -> float:
        """Share of the rows whose passages are no longer held."""
        return 1 - len(self) / max(len(self._ids), 1)

    @property
    def _kept(self) -> int:
        return len(self._stored) if self._stored else 0

    def add(self, ids: Sequence[int], vectors: Vectors, langs: Sequence[str]) -> None:
        """Hold these passages, given as the encoder gave them. Ids held already must be removed first."""
        if len(ids):
            self._fresh = np.concatenate([self._fresh, self.space.of_passages(vectors, langs)])
            self._ids = np.concatenate([self._ids, as_ids(ids)])
            self._alive = np.concatenate([self._alive, np.ones(len(ids), bool)])
            self._sort()

    def remove(self, ids: Iterable[int]) -> None:
        """Forget these passages; unknown ids are ignored."""
        rows, known = self._rows(as_ids(ids))
        self._alive[rows[known]] = False
        self._sort()

    def _rows(self, ids: Ids) -> tuple[Ids, Mask]:
        """The row of each id, and whether it is held; of those not held the row says nothing."""
        if not len(self._sorted):
            return np.zeros(len(ids), np.int64), np.zeros(len(ids), bool)
        place = np.minimum(np.searchsorted(self._sorted, ids), len(self._sorted) - 1)
        return self._order[place], self._sorted[place] == ids

    def search(self, query: Vectors, limit: int, among: Iterable[int] | None = None) -> list[tuple[int, float]]:
        """The passages most like one query vector (of this space), best first, with their cosine."""
        mask = self._alive if among is None else self._mask(as_ids(among))
        kept = self._kept
        rows, scores = segments.nearest(self._fresh, query, limit, mask[kept:])
        rows = rows + kept
        if self._stored:
            old = mask[:kept]
            found = self._stored.search(query, limit, None if old.all() else old)
            rows, scores = np.concatenate([rows, found[0]]), np.concatenate([scores, found[1]])
        best = np.argsort(-scores, kind="stable")[:limit]
        return list(zip(self._ids[rows[best]].tolist(), scores[best].tolist(), strict=True))

    def _mask(self, ids: Ids) -> Mask:
        rows, known = self._rows(ids)
        mask = np.zeros(len(self._ids), bool)
        mask[rows[known]] = True
        return mask

    def likeness(self, query: Vectors, ids: Sequence[int]) -> dict[int, float]:
        """The cosine of each of these passages, which must be held, to one query vector."""
        if not len(ids):
            return {}
        rows, known = self._rows(as_ids(ids))
        if not known.all():
            raise KeyError(f"passages not held: {as_ids(ids)[~known][:5].tolist()}")
        return dict(zip(ids, (self._vectors(rows) @ query).tolist(), strict=True))

    def _vectors(self, rows: Ids) -> Vectors:
        found = np.empty((len(rows), self._dim), np.float32)
        old = rows < self._kept
        if self._stored and old.any():
            found[old] = self._stored.vectors(rows[old])
        found[~old] = self._fresh[rows[~old] - self._kept]
        return found

    def save(self, folder: Path) -> None:
        """Add what is in memory to the rows on disk, as a new generation, and go on from there.

        Where another process has written a generation meanwhile, that one stays and this index goes on in memory.
        Raises OSError where the disk is full; nothing is lost.
        """
        with generations.writing(folder):
            if generations.named(folder) != self._place:
                return
            self._take(generations.write(folder, self._write))

    def _write(self, place: Path) -> None:
        if self._place is None:
            index = segments.laid_out(self._fresh, iter([self._fresh]))
        else:
            index = segments.extended(self._place / "index.faiss", iter([self._fresh]))
        fill(place, index, self.space, np.where(self._alive, self._ids, -1), self.documents)


def fill(place: Path, rows: object, space: Space, ids: Ids, documents: Holdings) -> None:
    """Write the files of a generation: a faiss index, and for each of its rows the passage's id, or -1 for none."""
    segments.write(rows, place / "index.faiss")
    spaces.save(space, place / "space.npz")
    np.save(place / "rows.npy", ids)
    np.savez(place / "documents.npz", ids=documents.ids, ordinals=documents.ordinals)
    (place / "documents.txt").write_text("\0".join(documents.names), encoding="utf-8")
