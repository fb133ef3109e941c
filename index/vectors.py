"""The passages of the archive as vectors, searched by likeness: the only module with faiss.

The archive keeps every vector as the encoder gave it; what lies here is made from that and may be deleted at any time.
`HOME/vectors/<model>/` holds the index and the space (`index.space`) in which it lies.

Decision (November 2026): `IDMap2,Flat` is exact and needs no training; with 384 dimensions it takes 1.5 kB a passage,
which suits 100,000. Above that, `_KIND` is where SQ8 or IVF goes: the callers see no difference.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from index import space as spaces
from index.embedding import Encoder, Vectors
from index.space import Space

_KIND = "IDMap2,Flat"
_REFIT = 2
"""The space is fitted anew when the archive has grown by this factor since."""
_BLOCK = 4096

Ids = NDArray[np.int64]


class Embedded(Protocol):
    """Where vectors come from: the archive's shelf of passages."""

    def embedded(self, model: str) -> Iterable[tuple[int, str, str, str, bytes]]:
        """Every passage of a current version with its vector: (id, document, language, sha, float16 bytes)."""


class VectorIndex:
    """Passages by id, searched by inner product of vectors of length 1."""

    def __init__(self, space: Space, dim: int) -> None:
        import faiss  # noqa: PLC0415 - heavy: only who searches pays for it

        self._faiss: Any = faiss
        self._index: Any = faiss.index_factory(dim, _KIND, faiss.METRIC_INNER_PRODUCT)
        self.space = space
        self.documents: dict[int, str] = {}

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def ids(self) -> set[int]:
        """The ids of all passages held."""
        return {int(i) for i in self._faiss.vector_to_array(self._index.id_map)}

    def add(self, ids: Sequence[int], vectors: Vectors, langs: Sequence[str]) -> None:
        """Hold these passages, given as the encoder gave them. Ids held already must be removed first."""
        if ids:
            self._index.add_with_ids(self.space.of_passages(vectors, langs), np.asarray(ids, np.int64))

    def remove(self, ids: Iterable[int]) -> None:
        """Forget these passages; unknown ids are ignored."""
        gone = np.fromiter(ids, np.int64)
        if len(gone):
            self._index.remove_ids(gone)

    def search(self, query: Vectors, limit: int, among: Iterable[int] | None = None) -> list[tuple[int, float]]:
        """The passages most like one query vector (of this space), best first, with their cosine."""
        parameters = None
        if among is not None:
            chosen = self._faiss.IDSelectorBatch(np.fromiter(among, np.int64))
            parameters = self._faiss.SearchParameters(sel=chosen)
        scores, ids = self._index.search(query[None], min(limit, max(len(self), 1)), params=parameters)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def likeness(self, query: Vectors, ids: Sequence[int]) -> dict[int, float]:
        """The cosine of each of these passages, which must be held, to one query vector."""
        if not ids:
            return {}
        held = self._index.reconstruct_batch(np.asarray(ids, np.int64))
        return dict(zip(ids, (held @ query).tolist(), strict=True))

    def save(self, folder: Path) -> None:
        """Write to a folder; each file is whole or as it was."""
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            spaces.save(self.space, Path(fresh) / "space.npz")
            self._faiss.write_index(self._index, str(Path(fresh) / "index.faiss"))
            for name in ("space.npz", "index.faiss"):
                (Path(fresh) / name).replace(folder / name)

    def restore(self, folder: Path) -> None:
        """Take up what `save` wrote. Raises OSError or RuntimeError where the file is missing or damaged."""
        index = self._faiss.read_index(str(folder / "index.faiss"))
        if index.d != self._index.d or not isinstance(index, type(self._index)):
            raise RuntimeError(f"{folder}: index of another kind or dimension")
        self._index = index


def open_vectors(home_vectors: Path, store: Embedded, encoder: Encoder) -> VectorIndex:
    """The index of the archive's current passages under this encoder, brought up to date and saved.

    Rebuilt from the archive where it is missing, damaged, of another model, or fitted on half as much.
    """
    folder = home_vectors / re.sub(r"[^A-Za-z0-9._@-]", "_", encoder.id)
    index = _restored(folder, encoder)
    changed = index is not None and _synchronise(index, store, encoder)
    if index is None or len(index) >= _REFIT * max(index.space.fitted_on, 1):
        index, changed = _rebuilt(store, encoder), True
    if changed:
        index.save(folder)
    return index


def _restored(folder: Path, encoder: Encoder) -> VectorIndex | None:
    with suppress(OSError, RuntimeError, ValueError, KeyError, BadZipFile):
        space = spaces.load(folder / "space.npz")
        index = VectorIndex(space, encoder.dim)
        index.restore(folder)
        return index if space.model == encoder.id else None
    return None


def _rebuilt(store: Embedded, encoder: Encoder) -> VectorIndex:
    reference = spaces.read_reference(encoder)
    rows = ((lang, _vector(blob)) for _, _, lang, _, blob in store.embedded(encoder.id))
    index = VectorIndex(spaces.fit(encoder.id, rows, reference), encoder.dim)
    _synchronise(index, store, encoder)
    return index


def _synchronise(index: VectorIndex, store: Embedded, encoder: Encoder) -> bool:
    """Hold exactly the current passages; whether anything had to change."""
    held, documents = index.ids, dict[int, str]()
    added = False
    for block in _blocks(store.embedded(encoder.id), documents, held):
        ids, langs, vectors = zip(*block, strict=True)
        index.add(ids, np.stack(vectors), langs)
        added = True
    index.remove(gone := held - documents.keys())
    index.documents = documents
    return added or bool(gone)


def _blocks(
    rows: Iterable[tuple[int, str, str, str, bytes]], documents: dict[int, str], held: set[int]
) -> Iterator[list[tuple[int, str, Vectors]]]:
    """The rows not held, in blocks; notes the document of every row on the way."""
    block: list[tuple[int, str, Vectors]] = []
    for identity, document, lang, _sha, blob in rows:
        documents[identity] = document
        if identity not in held:
            block.append((identity, lang, _vector(blob)))
        if len(block) == _BLOCK:
            yield block
            block = []
    if block:
        yield block


def _vector(blob: bytes) -> Vectors:
    return np.frombuffer(blob, np.float16).astype(np.float32)


def passages_by_document(documents: Mapping[int, str], wanted: set[str]) -> list[int]:
    """The ids of the passages of some documents."""
    return [identity for identity, document in documents.items() if document in wanted]
