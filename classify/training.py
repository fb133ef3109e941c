"""Trains the shipped kind of head and says how good it is: nested cross-validation, never training scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify import direction as course
from classify import learning
from classify.evaluation import Report, as_json, evaluate
from classify.examples import Example, conflicts, digest, fingerprint, of_triggers, own
from classify.head import Head, clause_logits, probabilities
from classify.learning import Embed, Sample
from classify.triggers import Judgement
from config.trigger import Trigger
from index.records import Direction

FOLDS = 5
"""Outer folds of the cross-validation."""


class WorseHead(Exception):
    """The new head scores lower than the old one on the same documents; nothing was saved."""


Judged = tuple[list[Example], list[tuple[Judgement, ...]]]
"""Documents, and what was judged of each."""


@dataclass(frozen=True, slots=True)
class Training:
    """What training learns from. `encoder` is the id of what `embed` embeds with."""

    triggers: tuple[Trigger, ...]
    labelled: tuple[Example, ...]
    encoder: str
    embed: Embed


def train(training: Training, today: date, seeds: Sequence[int] = (0, 1, 2)) -> Head:
    """A head fitted on everything, its card holding the nested cross-validation of the labelled documents.

    Without labelled documents the card has no scores. Raises ValueError where a trigger's examples are all alike or one
    text is labelled both ways.
    """
    disputed = conflicts(training.labelled)
    if disputed:
        told = "; ".join(f"{trigger} of {title!r}" for title, trigger in disputed[:5])
        raise ValueError(f"{len(disputed)} labels contradict each other: {told}")
    made, centre, many = _made(training)
    names = [t.id for t in training.triggers]
    head = learning.fit(made, names, training.encoder, centre)
    repeats = [cross_validated(training, seed) for seed in seeds] if many else []
    card: dict[str, Any] = {
        "trained": today.isoformat(),
        "data": digest([s.example for s in made]),
        "documents": many,
        "sentences": len(made) - many,
        "scores": _scores(repeats) if many else None,
        "unseen": unseen(repeats),
    }
    return replace(head, card=card)


def unseen(repeats: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Score by trigger of each labelled document, by its fingerprint: the mean of heads that had not seen it."""
    told: dict[str, dict[str, list[float]]] = {}
    for examples, judged in repeats:
        for example, row in zip(examples, judged, strict=True):
            scores = told.setdefault(fingerprint(example), {})
            for one in row:
                scores.setdefault(one.trigger, []).append(one.score)
    return {k: {t: round(float(np.mean(v)), 4) for t, v in scores.items()} for k, scores in told.items()}


def cross_validated(training: Training, seed: int, done: Callable[[int], object] = lambda _: None) -> Judged:
    """The labelled documents with judgements of heads that had not seen them; calibrated inside each fold.

    `done` is told after each fold how many are.
    """
    made, centre, many = _made(training)
    documents, sentences = made[:many], made[many:]
    names = [t.id for t in training.triggers]
    judged: list[tuple[Judgement, ...]] = [()] * many
    for n, fold in enumerate(_folds([s.example for s in documents], seed), 1):
        inside = set(fold)
        head = learning.fit(
            [*(s for i, s in enumerate(documents) if i not in inside), *sentences], names, training.encoder, centre
        )
        for i in fold:
            judged[i] = _judged(head, documents[i], training.triggers)
        done(n)
    return [s.example for s in documents], judged


def _made(training: Training) -> tuple[list[Sample], Any, int]:
    examples = [*training.labelled, *of_triggers(training.triggers), *own()]
    made, centre = learning.samples(examples, None, training.embed)
    return made, centre, sum(s.example.origin != "sentence" for s in made)


def _judged(head: Head, sample: Sample, triggers: Sequence[Trigger]) -> tuple[Judgement, ...]:
    logits = clause_logits(head, sample.inputs, sample.spelt)
    scores = probabilities(head, logits)
    return tuple(
        Judgement(t.id, float(p), bool(p >= t.threshold), _way(head, sample, t.id, logits[:, j]))
        for j, (t, p) in enumerate(zip(triggers, scores, strict=True))
    )


def _way(head: Head, sample: Sample, trigger: str, logits: NDArray[np.float64]) -> Direction:
    order = [int(i) for i in np.argsort(-logits, kind="stable")]
    row = course.inputs(trigger, sample.example.title, sample.pieces, sample.inputs, order)
    return course.direction(head.course, row)


def _folds(examples: Sequence[Example], seed: int) -> list[list[int]]:
    """Five folds that share out each combination of labels evenly; a text never stands in two folds."""
    kinds: dict[str, list[int]] = {}
    for i, example in enumerate(examples):
        kinds.setdefault(repr(sorted(t for t, y in example.labels.items() if y)), []).append(i)
    order = np.random.default_rng(seed)
    shuffled = [int(i) for kind in sorted(kinds) for i in order.permutation(kinds[kind])]
    return [shuffled[n::FOLDS] for n in range(FOLDS)]


def _scores(repeats: Sequence[Judged]) -> dict[str, Any]:
    """Means over the repeats, and the spread of the macro-F1."""
    reports = [evaluate(*judged, most_misses=0) for judged in repeats]
    return {
        **_means([as_json(r) for r in reports]),
        "macro_f1_spread": _spread(reports),
        "seeds": len(reports),
        "method": "nested cross-validation, 5 outer and 5 inner folds",
    }


def _means(values: list[Any]) -> Any:  # noqa: ANN401  # a JSON value
    """Leaf by leaf; what is no number is taken from the first."""
    first = values[0]
    if isinstance(first, dict):
        return {k: _means([v[k] for v in values]) for k in first if k not in {"misses", "calibration", "confusion"}}
    return round(sum(values) / len(values), 3) if isinstance(first, int | float) else first


def _spread(reports: Sequence[Report]) -> float:
    return round(float(np.std([r.macro_f1 for r in reports])), 3)
