"""Fits a head: clause weights, pooling with calibration, and the direction weights. Needs scikit-learn.

Support vectors over frozen vectors: with some hundred documents, a model that learns its own features learns the
documents by heart. Constants were set once on nested cross-validation (docs/classifier.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify import direction as course
from classify.examples import Example, of_triggers, own
from classify.features import LEXICON_ID, Clause, Matrix, clauses, rows
from classify.grams import Grams, grams, matrix
from classify.head import Head, clause_logits, nearness, pooled, rounded
from config.trigger import Trigger

Embed = Callable[[Sequence[str]], Matrix]
Unseen = dict[int, NDArray[Any]]
_Taught = tuple[int, list[int], list[bool]]

_C_CLAUSE, _C_POOL, _C_COURSE = 3.0, 1.0, 0.3
_SPELLING = 1.0
"""Likeness of spelling (0 to 1) beside nearness of rows (0 to 1)."""
_BLOCK = 512
"""Clauses whose likeness to all others is worked out at once: bounds the memory, not the result."""
_SENTENCE, _SILENT = 1.0, 8.0
"""Weight of a sentence against a clause of a document; of all clauses without a trigger against those with it."""
_FOLDS = 5
_COURSE_SENTENCE = 0.4
_SILENT_SENTENCES = 2.0
"""As the second, for a trigger that is known from sentences alone."""
_SHORT = 0.25
"""Weight of a sentence against a document in calibration: bulletins and changed clauses are as short."""
_PLAIN_POOL = (3.0, 0.0, 0.0, 0.0)
"""Calibration of a trigger that is known from sentences alone: the document is as likely as its loudest clause."""
_LEAST_DOCUMENTS = 10
"""Documents with and without a trigger each, below which its calibration is that of the others."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An example made ready: its clauses with their rows and n-grams, to be fitted or scored."""

    example: Example
    pieces: list[Clause]
    inputs: Matrix
    spelt: Grams


@dataclass(frozen=True, slots=True)
class _Room:
    """All clauses of all samples: rows, rounded, n-grams, how like each is to each, and where each sample begins."""

    rows: Matrix
    spelt: Any  # a scipy matrix
    like: Matrix
    starts: NDArray[np.int64]

    def places(self, sample: int) -> slice:
        return slice(int(self.starts[sample]), int(self.starts[sample + 1]))


@dataclass(frozen=True, slots=True)
class _Voice:
    """What makes a clause speak for one trigger: clauses of a room with what likeness to them adds, and the bias."""

    marks: NDArray[np.int64]
    weights: NDArray[np.float64]
    bias: float

    def heard(self, room: _Room, sample: int) -> NDArray[np.float64]:
        """The logits of a sample's clauses."""
        return np.asarray(room.like[room.places(sample)][:, self.marks] @ self.weights + self.bias, np.float64)


def samples(examples: Sequence[Example], centre: Matrix | None, embed: Embed) -> tuple[list[Sample], Matrix]:
    """Embed all examples at once; the centre is the mean clause vector of the examples where none is given."""
    pieces = [clauses(e.title, e.text) for e in examples]
    vectors = embed([p.text for each in pieces for p in each])
    middle = vectors.mean(axis=0) if centre is None else centre
    parts = np.split(vectors, np.cumsum([len(p) for p in pieces])[:-1])
    each = zip(examples, pieces, parts, strict=True)
    made = [Sample(e, p, rows(v, middle, p), grams([one.text for one in p])) for e, p, v in each if p]
    return made, middle


def fit(made: Sequence[Sample], triggers: Sequence[str], encoder: str, centre: Matrix) -> Head:
    """A head for the triggers. Each must be true in one example and false in another, else ValueError names it."""
    for trigger in triggers:
        if {s.example.labels[trigger] for s in made if trigger in s.example.labels} != {True, False}:
            raise ValueError(f"the examples of {trigger} are all true or all false: give at least one of each")
    room, every = _room(made), range(len(made))
    voices = [_voice(made, room, every, t) for t in triggers]
    flat = np.zeros((3, course.breadth(len(centre))), np.float32)
    plain = np.zeros((len(triggers), 4), np.float32)
    start = Head(tuple(triggers), encoder, LEXICON_ID, centre, *_stacked(room, voices), plain, flat)
    unseen = [_unseen(made, room, t) for t in triggers]
    pool = _borrowed([_pool_weights(made, t, u) for t, u in zip(triggers, unseen, strict=True)])
    heard = dict(zip(triggers, unseen, strict=True))
    return replace(start, pool=pool, course=_course_weights(replace(start, pool=pool), made, heard))


def from_examples(triggers: Sequence[Trigger], encoder: str, embed: Embed) -> Head:
    """A head from the trigger files and the shipped sentences alone, for an encoder that has no trained head."""
    names = [t.id for t in triggers]
    made, centre = samples([*of_triggers(triggers), *own()], None, embed)
    return fit(made, names, encoder, centre)


def extended(head: Head, lacking: Sequence[Trigger], embed: Embed) -> Head:
    """The head with further triggers, learnt from their own examples; the shipped sentences say what they are not.

    A document is as likely to be true as its loudest clause.
    """
    negatives = [
        replace(e, labels=dict.fromkeys((t.id for t in lacking), False)) for e in own() if not any(e.labels.values())
    ]
    made, _ = samples([*of_triggers(lacking), *negatives], head.centre, embed)
    room = _room(made)
    marks, voice, spelling = _stacked(room, [_voice(made, room, range(len(made)), t.id) for t in lacking])
    known = np.insert(head.voice, [-1] * len(marks), 0, axis=1)
    further = np.hstack([np.zeros((len(lacking), len(head.marks))), voice])
    pool = np.tile(np.array(_PLAIN_POOL, np.float32), (len(lacking), 1))
    return replace(
        head,
        triggers=(*head.triggers, *(t.id for t in lacking)),
        marks=np.vstack([head.marks, marks]),
        voice=np.vstack([known, further]).astype(np.float32),
        grams=np.vstack([head.grams, spelling]),
        pool=np.vstack([head.pool, pool]).astype(np.float32),
    )


def logistic(c: float, inputs: NDArray[Any], labels: NDArray[Any], weights: NDArray[Any] | None = None) -> Any:  # noqa: ANN401  # untyped library
    """A fitted scikit-learn logistic regression with penalty 1/c."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # heavy: only where something is learnt

    return LogisticRegression(C=c, max_iter=3000).fit(inputs, labels, sample_weight=weights)


def _room(made: Sequence[Sample]) -> _Room:
    every = rounded(np.vstack([s.inputs for s in made]))
    spelt = matrix([(s.spelt, i) for s in made for i in range(len(s.pieces))])
    like = nearness(every, every)
    for at in range(0, len(like), _BLOCK):
        like[at : at + _BLOCK] += _SPELLING * (spelt[at : at + _BLOCK] @ spelt.T).toarray()
    return _Room(every, spelt, like, np.cumsum([0, *(len(s.pieces) for s in made)]))


def _stacked(room: _Room, voices: Sequence[_Voice]) -> tuple[Matrix, Matrix, Matrix]:
    """`Head.marks`, `Head.voice` and `Head.grams`."""
    marks = np.unique(np.concatenate([v.marks for v in voices]))
    voice = np.zeros((len(voices), len(marks) + 1), np.float32)
    for row, one in zip(voice, voices, strict=True):
        row[np.searchsorted(marks, one.marks)] = one.weights
        row[-1] = one.bias
    spelling = np.stack([room.spelt[v.marks].T @ v.weights for v in voices]) * _SPELLING
    # rounded as `classify.head.save` rounds them, so that a head that is read back has the same id
    return room.rows[marks], voice, spelling.astype(np.float16).astype(np.float32)


def _voice(made: Sequence[Sample], room: _Room, known: Iterable[int], trigger: str) -> _Voice:
    """Support vectors over the clauses of the known samples: a radial kernel over rows, a plain one over n-grams.

    Documents that are true without a quote lend the clause that a regression over the others finds loudest.
    """
    from sklearn.svm import SVC  # noqa: PLC0415  # heavy: only where something is learnt

    taught = _taught(made, known, trigger, {})
    silent = [n for n, places, _ in taught if not places]
    if silent:
        taught = _taught(made, known, trigger, _lent(made, taught, silent))
    labels, weights = _lesson(made, taught)
    at = np.array([int(room.starts[n]) + i for n, places, _ in taught for i in places])
    model = SVC(C=_C_CLAUSE, kernel="precomputed").fit(room.like[np.ix_(at, at)], labels, sample_weight=weights)
    return _Voice(at[model.support_], model.dual_coef_[0], float(model.intercept_[0]))


def _lent(made: Sequence[Sample], taught: Sequence[_Taught], silent: Sequence[int]) -> dict[int, list[int]]:
    inputs = np.vstack([made[n].inputs[places] for n, places, _ in taught])
    model = logistic(_C_CLAUSE, inputs, *_lesson(made, taught))
    return {n: [int(np.argmax(model.decision_function(made[n].inputs)))] for n in silent}


def _lesson(made: Sequence[Sample], taught: Sequence[_Taught]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Labels and weights of clauses."""
    labels = np.array([y for _, _, ys in taught for y in ys])
    sentence = np.array([made[n].example.origin == "sentence" for n, _, ys in taught for _ in ys])
    weights = np.where(sentence, _SENTENCE, 1.0)
    shown, quiet = (labels & ~sentence).sum(), (~labels & ~sentence).sum()
    if shown and quiet:
        weights[~labels & ~sentence] = _SILENT * shown / quiet
    if sentence.all():
        weights[~labels] *= _SILENT_SENTENCES * labels.sum() / (~labels).sum()
    return labels, weights


def _taught(made: Sequence[Sample], known: Iterable[int], trigger: str, lent: Mapping[int, list[int]]) -> list[_Taught]:
    """The clauses of each sample of which it is known whether they show the trigger, with their labels."""
    found: list[_Taught] = []
    for n in known:
        sample = made[n]
        label = sample.example.labels.get(trigger)
        if label is None:
            continue
        every = range(len(sample.pieces))
        places = (_shown(sample, trigger) or lent.get(n, [])) if label else list(every)
        found.append((n, places, [label] * len(places)))
    return found


def _shown(sample: Sample, trigger: str) -> list[int]:
    """Clauses that hold a quote of the trigger (its first 20 characters); every clause of a sentence."""
    if sample.example.origin == "sentence":
        return list(range(len(sample.pieces)))
    quotes = [q[:20] for q in sample.example.quotes.get(trigger, ()) if q]
    return [i for i, p in enumerate(sample.pieces) if any(q in p.text for q in quotes)]


def _unseen(made: Sequence[Sample], room: _Room, trigger: str) -> Unseen:
    """Clause logits of every labelled example by a model that had not seen it; empty where documents are too few."""
    judged = [n for n, s in enumerate(made) if trigger in s.example.labels]
    labels = np.array([made[n].example.labels[trigger] for n in judged], bool)
    document = np.array([made[n].example.origin != "sentence" for n in judged], bool)
    if min((labels & document).sum(), (~labels & document).sum()) < _LEAST_DOCUMENTS:
        return {}
    found: Unseen = {}
    for fold in _folds(labels * 2 + document):
        out = {judged[i] for i in fold}
        voice = _voice(made, room, [n for n in range(len(made)) if n not in out], trigger)
        found |= {n: voice.heard(room, n) for n in out}
    return found


def _pool_weights(made: Sequence[Sample], trigger: str, unseen: Unseen) -> Matrix | None:
    """One row of `Head.pool`; None where there are too few documents."""
    if not unseen:
        return None
    order = sorted(unseen)
    labels = np.array([made[n].example.labels[trigger] for n in order])
    weights = np.array([_SHORT if made[n].example.origin == "sentence" else 1.0 for n in order])
    return _unscaled(np.stack([pooled(unseen[n][:, None])[0] for n in order]), labels, weights)


def _unscaled(seen: NDArray[np.float64], labels: NDArray[Any], weights: NDArray[Any]) -> Matrix:
    """Platt's calibration over both pooled logits, brought back to their own scale."""
    middle, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-9
    model = logistic(_C_POOL, (seen - middle) / spread, labels, weights)
    slopes = model.coef_[0] / spread
    return np.array([*slopes, model.intercept_[0] - slopes @ middle], np.float32)


def _folds(labels: NDArray[Any]) -> list[NDArray[Any]]:
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415  # heavy: only where something is learnt

    split = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(labels, labels)
    return [test for _, test in split]


def _course_weights(head: Head, made: Sequence[Sample], unseen: Mapping[str, Unseen]) -> Matrix:
    """`Head.course`, from all true triggers of known direction; all neutral where one direction is never seen."""
    taught = [
        (_course_row(head, s, t, unseen[t].get(n)), course.COURSES.index(d), s.example)
        for n, s in enumerate(made)
        for t, d in s.example.direction.items()
        if t in head.triggers and s.example.labels.get(t)
    ]
    weights = np.array([_COURSE_SENTENCE if e.origin == "sentence" else 1.0 for _, _, e in taught])
    labels = np.array([y for _, y, _ in taught])
    if len(set(labels.tolist())) < len(course.COURSES):
        flat = np.array(head.course)
        flat[course.COURSES.index("neutral"), -1] = 1.0
        return flat
    model = logistic(_C_COURSE, np.stack([row[:-1] for row, _, _ in taught]), labels, weights)
    return np.hstack([model.coef_, model.intercept_[:, None]]).astype(np.float32)


def _course_row(head: Head, sample: Sample, trigger: str, logits: NDArray[Any] | None) -> Matrix:
    """The direction input, clauses ranked as for a document not seen before, where that is known."""
    heard = (
        clause_logits(head, sample.inputs, sample.spelt)[:, head.triggers.index(trigger)] if logits is None else logits
    )
    order = [int(i) for i in np.argsort(-heard, kind="stable")]
    return course.inputs(trigger, sample.example.title, sample.pieces, sample.inputs, order)


def _borrowed(pools: Sequence[Matrix | None]) -> Matrix:
    """Triggers with too few documents are calibrated like the mean of the others, or plainly where none has enough."""
    known = [p for p in pools if p is not None]
    usual = np.mean(known, axis=0) if known else np.array(_PLAIN_POOL, np.float32)
    return np.stack([usual if p is None else p for p in pools]).astype(np.float32)
