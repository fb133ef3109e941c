"""The classifier made ready for one archive: encoder, trained head, and a memory of vectors kept in the archive."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classify.head import Head, load_head
from classify.triggers import Tagger
from config.declarations import Declarations
from config.settings import Settings
from index.archive.archive import Archive
from index.embedding import SentenceEncoder, open_encoder


@dataclass(frozen=True, slots=True)
class Judge:
    """What classifies: loading it takes seconds and half a gigabyte, so it is opened once."""

    encoder: SentenceEncoder
    tagger: Tagger
    memory: Kept


def encoder(settings: Settings) -> SentenceEncoder:
    """The encoder of this installation; the bundled one is decoded to HOME/model on first use."""
    name = None if settings.model == "bundled" else settings.model
    return open_encoder(settings.home / "model", name)


def own_head(settings: Settings) -> Path:
    """Where `vedette train` keeps the head of this installation."""
    return settings.home / "model" / "head"


def head(settings: Settings) -> Head:
    """The head trained here, else the shipped one. Raises DeclarationError where it is damaged."""
    own = own_head(settings)
    return load_head(own if own.exists() else None)


def open_judge(archive: Archive, declarations: Declarations, settings: Settings) -> Judge:
    """Load encoder and head. Raises DeclarationError where the model or the head is unusable."""
    loaded = encoder(settings)
    memory = Kept(archive, loaded.id)
    return Judge(loaded, Tagger(head(settings), loaded, list(declarations.triggers.values()), memory), memory)


class Kept(MutableMapping[str, bytes]):
    """Vectors of clauses by key, as float32 bytes; on disk they are half as long (float16, cosine above 0.9999)."""

    def __init__(self, archive: Archive, model: str) -> None:
        self._shelf = archive.passages
        self._model = f"{model}/clauses"
        self._near: dict[str, bytes] = {}

    def __getitem__(self, key: str) -> bytes:
        if key not in self._near:
            kept = self._shelf.vectors(self._model, [key]).get(key)
            if kept is None:
                raise KeyError(key)
            self._near[key] = np.frombuffer(kept, np.float16).astype(np.float32).tobytes()
        return self._near[key]

    def __setitem__(self, key: str, value: bytes) -> None:
        self._near[key] = value

    def __delitem__(self, key: str) -> None:
        self._near.pop(key, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._near)

    def __len__(self) -> int:
        return len(self._near)

    def keep(self) -> None:
        """Write what was added to the archive and let go of it; call inside a transaction."""
        halves = {key: np.frombuffer(value, np.float32).astype(np.float16) for key, value in self._near.items()}
        self._shelf.put_vectors(self._model, {key: half.tobytes() for key, half in halves.items()})
        self._near.clear()

    def forget(self) -> None:
        """Let go of what was added without writing it."""
        self._near.clear()
