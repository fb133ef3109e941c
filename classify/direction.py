"""Which way a rule moves for whoever uses compute or data: tighten, loosen or neutral.

Cues in the title and in the clauses that made a trigger speak, weighed by a small trained head; where a change was
recorded, rules on its kind and on its numbers come first. A text that only explains stays neutral.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from classify.cues import CUES, cues
from classify.examples import CORE
from classify.features import NAMES, Clause, Matrix
from classify.sentences import plain
from index.records import Direction

COURSES: tuple[Direction, ...] = ("tighten", "loosen", "neutral")
_VECTOR = 0.7
"""Scale of the vectors in `rows` against the cues."""
SHORT = 6
"""A document of at most so many clauses is a bulletin: it tells of one event."""


def inputs(trigger: str, title: str, pieces: Sequence[Clause], rows: Matrix, loudest: Sequence[int]) -> Matrix:
    """The direction head's input for one trigger of one document.

    Cues of the title, of the loudest clause and of the loudest three, alone and by trigger; the mean vector of these
    three and the title's; the length of the document; and 1 for the bias. `rows` are those of `pieces`
    (`classify.features.rows`), `loudest` their places, most telling first.
    """
    top = list(loudest[:3])
    places = [cues(plain(title)), *(cues(plain(pieces[i].text)) for i in top)]
    held = np.array([[float(name in place) for name in CUES] for place in places])
    spoken = held[1:].mean(axis=0) if top else np.zeros(len(CUES))
    first = held[1] if top else np.zeros(len(CUES))
    own = [float(trigger == name) for name in CORE]
    both = np.maximum(held[0], spoken)
    shape = [np.log1p(len(pieces)) / 3, float(len(pieces) <= SHORT), 1.0]
    vectors = _vectors(pieces, rows, top)
    return np.concatenate([held[0], first, spoken, *(both * o for o in own), own, vectors, shape]).astype(np.float32)


def breadth(dim: int) -> int:
    """Length of `inputs` for vectors of a length."""
    return len(CUES) * (3 + len(CORE)) + len(CORE) + 2 * dim + 3


def _vectors(pieces: Sequence[Clause], rows: Matrix, top: list[int]) -> Matrix:
    """Mean vector of the loudest clauses, and the title's; zeros where there is none."""
    dim = rows.shape[1] - len(NAMES)
    spoken = rows[top, :dim].mean(axis=0) if top else np.zeros(dim)
    titled = bool(pieces) and pieces[0].start < 0
    both = np.concatenate([spoken, rows[0, :dim] if titled else np.zeros(dim)])
    return np.asarray(both * _VECTOR, np.float32)


def direction(course: Matrix, row: Matrix) -> Direction:
    """The likeliest of COURSES for one row of `inputs`."""
    return COURSES[int(np.argmax(course @ row))]


def of_change(
    kind: Literal["new", "amended", "moved", "withdrawn", "restored"],
    trigger: str,
    whole: Direction,
    numbers: tuple[float, float] | None = None,
) -> Direction:
    """The direction of a change of a document whose text points `whole`.

    A withdrawn rule turns the direction round, a restored one keeps it. `numbers` is one fact before and after the
    change: a dearer price or a smaller quota tightens. Moving a document changes nothing for anybody.
    """
    if kind == "moved":
        return "neutral"
    if kind == "amended" and numbers is not None and numbers[0] != numbers[1]:
        dearer = numbers[1] > numbers[0]
        return "tighten" if dearer == (trigger == "pricing") else "loosen"
    if kind == "withdrawn":
        return {"tighten": "loosen", "loosen": "tighten", "neutral": "neutral"}[whole]  # type: ignore[return-value]  # the values are Directions
    return whole
