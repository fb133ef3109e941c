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
from classify.features import Clause, Matrix
from classify.sentences import plain
from index.records import Direction

COURSES: tuple[Direction, ...] = ("tighten", "loosen", "neutral")
SHORT = 6
"""A document of at most so many clauses is a bulletin: it tells of one event."""


def inputs(trigger: str, title: str, speaking: Sequence[Clause], many: int) -> Matrix:
    """The direction head's input: cues of the title, of the loudest clause, of all speaking ones, alone and by trigger.

    `many` counts the clauses of the document; the last input is the bias.
    """
    places = [cues(plain(title)), *(cues(plain(c.text)) for c in speaking[:3])]
    held = np.array([[float(name in place) for name in CUES] for place in places])
    spoken = held[1:].mean(axis=0) if len(held) > 1 else np.zeros(len(CUES))
    first = held[1] if len(held) > 1 else np.zeros(len(CUES))
    core = np.maximum(held[0], spoken)
    own = [float(trigger == name) for name in CORE]
    shape = [np.log1p(many) / 3, float(many <= SHORT), 1.0]
    return np.concatenate([held[0], first, spoken, *(core * o for o in own), own, shape]).astype(np.float32)


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
