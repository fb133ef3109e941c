"""Passages that were current once: read from the archive for one day, searched one by one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import numpy as np

from index.embedding import Vectors
from index.space import Space


class Superseded(Protocol):
    """Where they are kept: the archive's listing."""

    def superseded(self, until: datetime, model: str) -> Iterable[tuple[int, str, str, bytes | None]]:
        """Passages current before a moment and no longer: id, document, language, vector (float16 bytes) if kept."""


class Past:
    """The passages current before a moment that are no longer, as vectors of the common space.

    Only documents that have changed since are here, so that reading them takes memory by what changed.
    """

    def __init__(self, store: Superseded, space: Space, until: datetime) -> None:
        rows = list(store.superseded(until, space.model))
        self.documents = {identity: document for identity, document, _, _ in rows}
        kept = [(identity, lang, vector) for identity, _, lang, vector in rows if vector is not None]
        self._ids = [identity for identity, _, _ in kept]
        self._vectors = placed(space, [(lang, vector) for _, lang, vector in kept])

    def likeness(self, query: Vectors) -> dict[int, float]:
        """The cosine of every one of these passages to a vector of the space, where its own was kept."""
        if not self._ids:
            return {}
        return dict(zip(self._ids, (self._vectors @ query).tolist(), strict=True))


def placed(space: Space, rows: list[tuple[str, bytes]]) -> Vectors:
    """Stored vectors (float16 bytes), each with its language, as rows of the common space."""
    if not rows:
        return np.empty((0, 0), np.float32)
    raw = np.stack([np.frombuffer(vector, np.float16) for _, vector in rows]).astype(np.float32)
    return space.of_passages(raw, [lang for lang, _ in rows])
