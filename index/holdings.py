"""Which passages an index holds and whose they are, as arrays: 12 bytes a passage where a dictionary takes 150."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


class Holdings(Mapping[int, str]):
    """The document of each passage held, by the passage's id."""

    def __init__(
        self, ids: Ids | None = None, ordinals: NDArray[np.int32] | None = None, names: Sequence[str] = ()
    ) -> None:
        """`ordinals` say for each id which of `names` it belongs to; ids may stand in any order, each once."""
        ids = np.empty(0, np.int64) if ids is None else ids
        order = np.argsort(ids, kind="stable")
        self._ids = ids[order]
        self._ordinals = np.empty(0, np.int32) if ordinals is None else ordinals[order]
        self._names = list(names)
        self._number = {name: number for number, name in enumerate(self._names)}

    @property
    def ids(self) -> Ids:
        """All ids, ascending."""
        return self._ids

    @property
    def ordinals(self) -> NDArray[np.int32]:
        """For each of `ids`, the place of its document in `names`."""
        return self._ordinals

    @property
    def names(self) -> Sequence[str]:
        """Documents in the order they were first held; one that has no passage left may stay."""
        return self._names

    def add(self, ids: Ids, documents: Sequence[str]) -> None:
        """Hold these passages too, none of which is held."""
        ordinals = np.fromiter((self._ordinal(document) for document in documents), np.int32, len(documents))
        both = np.concatenate([self._ids, ids])
        order = np.argsort(both, kind="stable")
        self._ids, self._ordinals = both[order], np.concatenate([self._ordinals, ordinals])[order]

    def remove(self, ids: Ids) -> None:
        """Forget these passages; unknown ids are ignored."""
        stay = ~np.isin(self._ids, ids)
        self._ids, self._ordinals = self._ids[stay], self._ordinals[stay]

    def passages_of(self, documents: Collection[str]) -> Ids:
        """The ids of the passages of some documents, ascending."""
        wanted = np.zeros(len(self._names), bool)
        wanted[[self._number[name] for name in documents if name in self._number]] = True
        return self._ids[wanted[self._ordinals]]

    def _ordinal(self, document: str) -> int:
        number = self._number.setdefault(document, len(self._names))
        if number == len(self._names):
            self._names.append(document)
        return number

    def __getitem__(self, identity: int) -> str:
        place = int(np.searchsorted(self._ids, identity))
        if place < len(self._ids) and self._ids[place] == identity:
            return self._names[int(self._ordinals[place])]
        raise KeyError(identity)

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids.tolist())

    def __len__(self) -> int:
        return len(self._ids)


def as_ids(ids: Iterable[int]) -> Ids:
    """Ids as an array, whatever they came in."""
    if isinstance(ids, np.ndarray):
        return ids.astype(np.int64, copy=False)
    return np.fromiter(ids, np.int64)
