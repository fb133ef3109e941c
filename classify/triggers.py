"""Tags a document by risk trigger: a calibrated score, a direction, and the words that say so.

Every clause is scored by the trained head; the document's score comes from its loudest clauses, so that length
neither hides nor invents a trigger. A trigger without a trained head (a new YAML file) gets one from its own examples
when the tagger is made. Vectors of clauses seen before are taken from `memory` and cost no model time.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classify import direction as course
from classify import evidence
from classify.features import Clause, Matrix, clauses, rows
from classify.grams import grams
from classify.head import Head, clause_logits, probabilities
from config.trigger import Trigger
from index.embedding import Encoder
from index.records import ClauseChange, Direction, Quote

Memory = MutableMapping[str, bytes]
"""Vectors by key, as float32 bytes."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one trigger says of one document: as `index.records.Tag`, with the words that spoke (`terms`)."""

    trigger: str
    score: float
    fires: bool
    direction: Direction
    evidence: tuple[Quote, ...] = ()
    terms: tuple[str, ...] = ()
    scope: Literal["whole", "change"] = "whole"


@dataclass(frozen=True, slots=True)
class Document:
    """What is tagged. `lang` is only told on; both languages take one way."""

    title: str
    text: str
    lang: str = "zh"


class Tagger:
    """Judges documents by all triggers. Pure but for the encoder and its memory; `id` names encoder and head."""

    def __init__(self, head: Head, encoder: Encoder, triggers: Sequence[Trigger], memory: Memory | None = None) -> None:
        self._encoder = encoder
        self._memory: Memory = {} if memory is None else memory
        self._triggers = tuple(triggers)
        self._head = self._fitted(head)
        self.id = f"{encoder.id}/{self._head.id}"

    def tag(self, title: str, text: str, lang: str = "zh") -> tuple[Judgement, ...]:
        """One judgement a trigger, in the order of the triggers; `fires` at each trigger's threshold."""
        return self.tag_many([Document(title, text, lang)])[0]

    def tag_many(self, documents: Iterable[Document]) -> list[tuple[Judgement, ...]]:
        """As `tag`, for many: the encoder sees their clauses in one batch."""
        docs = list(documents)
        pieces = [clauses(d.title, d.text) for d in docs]
        vectors = self.vectors([p.text for each in pieces for p in each])
        ends = np.cumsum([len(each) for each in pieces])
        parts = np.split(vectors, ends[:-1]) if docs else []
        return [self._judge(d, p, v) for d, p, v in zip(docs, pieces, parts, strict=True)]

    def tag_change(self, title: str, after: str, changed: Sequence[ClauseChange]) -> tuple[Judgement, ...]:
        """Judges only what a change touched: inserted and replaced words, and those deleted. Scope is `change`.

        Quotes lie in `after`, so that a trigger that was only deleted fires without a quote.
        """
        spoken = "\n".join(words for c in changed if c.op != "move" for words in (c.after, c.before) if words)
        pieces = clauses("", spoken)
        judged = self._judge(Document(title, spoken), pieces, self.vectors([p.text for p in pieces]))
        return tuple(evidence.replaced(judgement, after) for judgement in judged)

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """One vector a text; the encoder sees only those that memory lacks, shortest first."""
        keys = [sha256(f"{self._encoder.id}\0{text}".encode()).hexdigest() for text in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._memory}
        order = sorted(missing, key=lambda k: len(missing[k]))
        found = self._encoder.encode_passages([missing[k] for k in order])
        self._memory.update((k, v.astype(np.float32).tobytes()) for k, v in zip(order, found, strict=True))
        if not keys:
            return np.empty((0, self._encoder.dim), np.float32)
        return np.stack([np.frombuffer(self._memory[k], np.float32) for k in keys])

    def _fitted(self, head: Head) -> Head:
        """The head, with a part for every trigger that it lacks, learnt from the trigger's own examples."""
        lacking = [t for t in self._triggers if t.id not in head.triggers]
        if head.fits(self._encoder.id) and not lacking:
            return head
        from classify import learning  # noqa: PLC0415  # scikit-learn: only where something has to be learnt

        if not head.fits(self._encoder.id):
            return learning.from_examples(self._triggers, self._encoder.id, self.vectors)
        return learning.extended(head, lacking, self.vectors)

    def _judge(self, document: Document, pieces: list[Clause], vectors: Matrix) -> tuple[Judgement, ...]:
        if not pieces:
            return tuple(Judgement(t.id, 0.0, False, "neutral") for t in self._triggers)
        seen = rows(vectors, self._head.centre, pieces)
        logits = clause_logits(self._head, seen, grams([p.text for p in pieces]))
        scores = probabilities(self._head, logits)
        column = {t: i for i, t in enumerate(self._head.triggers)}
        heard = _Heard(document, pieces, seen)
        return tuple(
            self._one(t, heard, logits[:, column[t.id]], round(float(scores[column[t.id]]), 4)) for t in self._triggers
        )

    def _one(self, trigger: Trigger, heard: _Heard, logits: NDArray[np.float64], score: float) -> Judgement:
        if score < trigger.threshold:
            return Judgement(trigger.id, score, False, "neutral")
        order = [int(i) for i in np.argsort(-logits, kind="stable")]
        row = course.inputs(trigger.id, heard.document.title, heard.pieces, heard.seen, order)
        loudest = [(heard.pieces[i], float(logits[i])) for i in order[:4]]
        quotes, terms = evidence.of(heard.document.text, loudest)
        return Judgement(trigger.id, score, True, course.direction(self._head.course, row), quotes, terms)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A document with its clauses and their rows."""

    document: Document
    pieces: list[Clause]
    seen: Matrix
