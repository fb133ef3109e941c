"""How documents are ranked for words: by meaning across languages, by words within one.

A document scores by the passage nearest in meaning, plus the passage that holds most of the words (these may be two):
the cosine in the space of `index.space`; BM25 of what `index.lexis` looks up, divided by the logarithm of the archive's
size, so that weights tuned on a small archive hold on a large one. See docs/search.md for the measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np

from config.glossary import Glossary
from index.embedding import Encoder, Vectors
from index.lexis import language, lookups, word_scores
from index.past import Past
from index.vectors import VectorIndex, passages_by_document

SPEAKERS = 3
"""Passages kept of each document."""

_NEAREST, _LEXICAL = 300, 200


class Words(Protocol):
    """Where words are looked up: the archive's shelf of passages."""

    def lexical(
        self, match: str, langs: Sequence[str], limit: int, until: datetime | None = None
    ) -> list[tuple[int, float]]:
        """Passages that match an FTS5 expression, best first, with BM25 (higher is better)."""

    def count(self, token: str) -> int:
        """How many passages hold a token."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document's score, and its passages that speak for it, best first."""

    score: float
    passages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """Among what is ranked: documents (None for all), and in an earlier state of the archive its moment and passages.

    `current` are then the documents that have not changed since.
    """

    allowed: frozenset[str] | None = None
    until: datetime | None = None
    current: frozenset[str] | None = None
    past: Past | None = None

    @property
    def held(self) -> frozenset[str] | None:
        """Documents whose passages of today may be found; None for all."""
        if self.allowed is None or self.current is None:
            return self.current if self.allowed is None else self.allowed
        return self.allowed & self.current

    def may(self, document: str) -> bool:
        """Whether a document may be found."""
        return self.allowed is None or document in self.allowed


class Ranker:
    """Ranks the documents of one state of the archive."""

    def __init__(self, store: Words, encoder: Encoder, vectors: VectorIndex, glossary: Glossary) -> None:
        self._store, self._encoder, self._vectors, self._glossary = store, encoder, vectors, glossary
        self._counted: dict[str, int] = {}

    def vector(self, text: str) -> Vectors:
        """A question as a vector of the common space."""
        rows = self._vectors.space.of_queries(self._encoder.encode_queries([text]), language(text))
        return np.asarray(rows[0])

    def rank(self, text: str, ground: Ground, vector: Vectors | None = None) -> dict[str, Ranked]:
        """Every document near in meaning or words; `vector` if the text has one already."""
        said = self._word_scores(text, ground)
        owners = self._owners(said, ground)
        words = {identity: score for identity, score in said.items() if identity in owners}
        meaning = self._meaning_scores(self.vector(text) if vector is None else vector, ground, owners)
        return fused(meaning, words, owners | self._owners(meaning.keys() - owners.keys(), ground))

    def near(self, vector: Vectors, ground: Ground) -> dict[str, Ranked]:
        """Every document near a vector in meaning."""
        meaning = self._meaning_scores(vector, ground, {})
        return fused(meaning, {}, self._owners(meaning, ground))

    def _owners(self, passages: Iterable[int], ground: Ground) -> dict[int, str]:
        """The document of each passage that may be found."""
        past = ground.past.documents if ground.past else {}
        held = self._vectors.documents
        owners = ((identity, past.get(identity) or held.get(identity)) for identity in passages)
        return {identity: owner for identity, owner in owners if owner is not None and ground.may(owner)}

    def _meaning_scores(self, vector: Vectors, ground: Ground, also: Mapping[int, str]) -> dict[int, float]:
        """The cosine of the nearest passages, and of some others that may be found."""
        chosen = ground.held
        among = None if chosen is None else passages_by_document(self._vectors.documents, chosen)
        near = dict(self._vectors.search(vector, _NEAREST, among))
        past = ground.past.documents if ground.past else {}
        if ground.past:
            old = ground.past.likeness(vector)
            near |= {one: cosine for one, cosine in old.items() if ground.may(past[one])}
        rest = [one for one in also if one not in near and one not in past]
        return near | self._vectors.likeness(vector, rest)

    def _word_scores(self, text: str, ground: Ground) -> dict[int, float]:
        """BM25 of passages, own words and counterparts, weighted to stand beside a cosine."""
        limit = _LEXICAL if ground.allowed is None else _LEXICAL * 10
        return word_scores(
            lookups(text, self._glossary),
            lambda match, langs: self._store.lexical(match, langs, limit, ground.until),
            len(self._vectors),
            self._count,
        )

    def _count(self, token: str) -> int:
        if token not in self._counted:
            self._counted[token] = self._store.count(token)
        return self._counted[token]


def fused(meaning: Mapping[int, float], words: Mapping[int, float], owners: Mapping[int, str]) -> dict[str, Ranked]:
    """Scores of passages as scores of documents: the nearest in meaning plus the fullest of words."""
    passages: dict[str, list[tuple[float, float, int]]] = {}
    for identity, owner in owners.items():
        said = meaning.get(identity, 0.0), words.get(identity, 0.0), identity
        passages.setdefault(owner, []).append(said)
    return {document: _ranked(found) for document, found in passages.items()}


def _ranked(found: list[tuple[float, float, int]]) -> Ranked:
    score = max(near for near, _, _ in found) + max(said for _, said, _ in found)
    best = sorted(found, key=lambda one: (-one[0] - one[1], one[2]))
    return Ranked(score, tuple(identity for _, _, identity in best[:SPEAKERS]))
