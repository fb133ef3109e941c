"""What the classifier sees of a text: clauses, each with its sentence vector and the concepts that it holds.

A clause is one or a few whole sentences of about 80 Chinese or 180 Latin characters: small enough that one rule fills
it, so that clause 37 of a long plan speaks as loudly as clause 1. The title is a clause of its own, without a place
in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

import numpy as np
from numpy.typing import NDArray

from classify.grams import LAYOUT
from classify.lexicon import ACTIONS, OBJECTS, concepts, patterns
from classify.sentences import Sentence, plain, sentences

Matrix = NDArray[np.float32]

CLAUSE_WIDTH = 180
"""Width at which a clause is full; a CJK character counts 2.2, any other 1."""
MOST_CLAUSES = 400
"""Clauses embedded of one document; of a longer one, those with most concepts and an even spread of the rest."""
MOST_CHARACTERS = 1_000_000
"""Characters read of one document: longer texts are data, not policy."""
VECTOR_WEIGHT, CONCEPT_WEIGHT = 7.0, 1.0
"""Scales that bring both halves of a row to like sizes; fixed before the head was tuned."""

_PAIRS = tuple(product(OBJECTS, ACTIONS))
NAMES: tuple[str, ...] = (*patterns(), *(f"{o}*{a}" for o, a in _PAIRS))
"""Names of the lexical columns: each concept, then each object that meets an action within one sentence."""
_LEXICON = (NAMES, sorted((n, p.pattern) for n, p in patterns().items()), LAYOUT)
LEXICON_ID = sha256(repr(_LEXICON).encode()).hexdigest()[:12]
"""Changes with any pattern and with the hashing of n-grams: a head is only valid for the columns it was taught."""
_COLUMN = {name: i for i, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a document: `text[start:end]`, or its title where `start` is -1; `found` names lexical columns."""

    start: int
    end: int
    text: str
    found: frozenset[str]


def clauses(title: str, text: str) -> list[Clause]:
    """Title and clauses of a document in order, at most MOST_CLAUSES; none for a blank one."""
    head = [Clause(-1, -1, title, _found(sentences(title)))] if title.strip() else []
    body = text[:MOST_CHARACTERS]
    packed = [Clause(g[0].start, g[-1].end, body[g[0].start : g[-1].end], _found(g)) for g in _packed(body)]
    return head + _chosen(packed, MOST_CLAUSES - len(head))


def lexical(pieces: Sequence[Clause]) -> Matrix:
    """One row a clause, one column a name of NAMES, 1 where it is found."""
    rows = np.zeros((len(pieces), len(NAMES)), np.float32)
    for row, piece in zip(rows, pieces, strict=True):
        row[[_COLUMN[name] for name in piece.found]] = 1
    return rows


def rows(vectors: Matrix, centre: Matrix, pieces: Sequence[Clause]) -> Matrix:
    """The classifier's input: centred vectors and concepts, scaled to like sizes."""
    return np.hstack([(vectors - centre) * VECTOR_WEIGHT, lexical(pieces) * CONCEPT_WEIGHT])


def width(text: str) -> float:
    """Length of a text in Latin characters, roughly."""
    return sum(2.2 if c > "\u2e80" else 1.0 for c in text)


def terms(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The words of a text that made the given concepts speak, each once."""
    low = plain(text)
    hits = (patterns()[n].search(low) for n in names if n in patterns())
    return tuple(dict.fromkeys(text[h.start() : h.end()] for h in hits if h))


def _packed(text: str) -> Iterator[list[Sentence]]:
    group: list[Sentence] = []
    total = 0.0
    for sentence in sentences(text):
        more = width(sentence.plain)
        if group and total + more > CLAUSE_WIDTH:
            yield group
            group, total = [], 0.0
        group.append(sentence)
        total += more
    if group:
        yield group


def _found(group: Iterable[Sentence]) -> frozenset[str]:
    """Concepts of the sentences, and the objects and actions that meet within one of them."""
    names: set[str] = set()
    for sentence in group:
        held = concepts(sentence.plain)
        names |= held
        names |= {f"{o}*{a}" for o, a in product(held.intersection(OBJECTS), held.intersection(ACTIONS))}
    return frozenset(names)


def _chosen(pieces: list[Clause], most: int) -> list[Clause]:
    """All of a usual document; of a long one three quarters by concepts found, and an even spread of the others."""
    if len(pieces) <= most:
        return pieces
    ranked = sorted(range(len(pieces)), key=lambda i: (-len(pieces[i].found), i))
    rich = set(ranked[: most * 3 // 4])
    rest = [i for i in range(len(pieces)) if i not in rich]
    spread = {rest[int(k * len(rest) / (most - len(rich)))] for k in range(most - len(rich))}
    return [pieces[i] for i in sorted(rich | spread)]
