"""Whether a newly trained head may take the place of the one in use: both judged on the same documents, unseen by each.

A score on documents that a head was trained on says nothing. So the card of each head holds what heads of its own
training said of each document without having seen it (`unseen`); documents that the head in use never learnt from it
judges here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from classify import learning
from classify.examples import Example, fingerprint
from classify.head import Head, clause_logits, load_head, probabilities, save
from classify.training import Training, WorseHead
from config.declaration import DeclarationError
from config.trigger import Trigger

_WORSE = 0.01
"""Macro-F1 that a new head may lose before it is refused: about the spread of repeats with other folds."""

_Scores = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Macro-F1 of two heads over the same labels, each at the thresholds of the triggers."""

    before: float
    after: float
    documents: int


def keep(head: Head, folder: Path, training: Training, old: Head | None, force: bool = False) -> Comparison | None:
    """Save a head; raises WorseHead where `old` is better by more than 0.01 macro-F1 on the documents of `training`.

    Returns the comparison; None where there is no old head or nothing to compare. A head with scores is not replaced by
    one that cannot be compared with it, unless forced.
    """
    found = compare(head, training, old) if old else None
    if found and not force and found.after < found.before - _WORSE:
        raise WorseHead(
            f"on the same {found.documents} documents, unseen by both, the head in use reaches macro-F1 "
            f"{found.before:.3f}, the new one {found.after:.3f}; --force keeps it"
        )
    if old and old.card.get("scores") and not found and not force:
        raise WorseHead("no labelled document to compare it with the head in use on; --force keeps it")
    save(head, folder)
    return found


def compare(head: Head, training: Training, old: Head) -> Comparison | None:
    """Both heads on the labelled documents of `training` by scores of the unseen; None where there are none.

    The old head's scores come from its card, or it judges the documents that are not named there. One that fits
    another encoder or lexicon cannot judge any more: only the documents of its card count.
    """
    after: _Scores = head.card.get("unseen") or {}
    before = _judged_before(old, training)
    both = [e for e in training.labelled if fingerprint(e) in after and fingerprint(e) in before]
    shared = [t for t in training.triggers if t.id in old.triggers and t.id in head.triggers]
    if not both or not any(t.id in e.labels for e in both for t in shared):
        return None
    return Comparison(_macro_f1(both, before, shared), _macro_f1(both, after, shared), len(both))


def old_head(*folders: Path) -> Head | None:
    """The head in the first folder that exists; None where it is missing or damaged."""
    place = next((f for f in folders if f.exists()), None)
    try:
        return load_head(place) if place else None
    except DeclarationError:
        return None


def _judged_before(old: Head, training: Training) -> dict[str, Mapping[str, float]]:
    if "unseen" not in old.card:  # it may have learnt from any of them
        return {}
    known: dict[str, Mapping[str, float]] = dict(old.card["unseen"])
    new = [e for e in training.labelled if fingerprint(e) not in known]
    if not new or not old.fits(training.encoder):
        return known
    made, _ = learning.samples(new, old.centre, training.embed)
    for sample in made:
        scores = probabilities(old, clause_logits(old, sample.inputs, sample.spelt))
        known[fingerprint(sample.example)] = dict(zip(old.triggers, map(float, scores), strict=True))
    return known


def _macro_f1(examples: Sequence[Example], scores: _Scores, triggers: Sequence[Trigger]) -> float:
    """Mean F1 of the triggers that some of the examples are labelled for."""
    each = []
    for trigger in triggers:
        told = [
            (scores[fingerprint(e)][trigger.id] >= trigger.threshold, e.labels[trigger.id])
            for e in examples
            if trigger.id in e.labels and trigger.id in scores[fingerprint(e)]
        ]
        if told:
            right = told.count((True, True))
            each.append(2 * right / max(sum(fired + truth for fired, truth in told), 1))
    return sum(each) / max(len(each), 1)
