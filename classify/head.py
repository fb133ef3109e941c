"""The trained head: a few weights on top of the encoder, and the card that says where they come from.

Two files, `head.npz` (arrays, never pickled) and `card.json`. They hold weights learnt from labelled documents and no
text of them. A head fits one encoder and one lexicon; `Head.fits` tells, and who gets False trains anew from the
examples.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.features import LEXICON_ID, NAMES, Matrix
from classify.grams import BUCKETS, Grams
from config.declaration import DeclarationError

SHIPPED = Path(__file__).parent / "head"
_BULLETIN = 5
_ARRAYS = ("centre", "marks", "voice", "grams", "pool", "course")
_LENGTHS = {"marks": np.int8, "grams": np.float16}
"""Arrays that are kept short; their values are rounded to it when they are learnt."""
_STEP = 32
"""`Head.marks` are whole parts of 1/32."""
_REACH = 30.0
"""Squared distance at which a mark has lost 1 - 1/e of its weight (docs/classifier.md)."""


@dataclass(frozen=True, slots=True)
class Head:
    """Weights by trigger.

    `centre` (d): the mean clause vector. `marks` (m, d + concepts): rows of clauses learnt from, at the border of a
    trigger. `voice` (t, m + 1): what nearness to each mark adds to the logit of a clause, bias last. `grams`
    (t, BUCKETS): what the n-grams of the clause add to it. `pool` (t, 4): weights of `pooled`, and bias, to the
    document's logit. `course` (3, k): logits of tighten, loosen and neutral over
    `classify.direction.inputs`.
    """

    triggers: tuple[str, ...]
    encoder: str
    lexicon: str
    centre: Matrix
    marks: Matrix
    voice: Matrix
    grams: Matrix
    pool: Matrix
    course: Matrix
    card: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Twelve hex digits over all weights."""
        return sha256(b"".join(np.ascontiguousarray(getattr(self, n)).tobytes() for n in _ARRAYS)).hexdigest()[:12]

    def fits(self, encoder: str) -> bool:
        """Whether the weights mean anything for vectors of this encoder and today's lexicon."""
        return encoder == self.encoder and self.lexicon == LEXICON_ID


def clause_logits(head: Head, inputs: Matrix, spelt: Grams) -> NDArray[np.float64]:
    """(n, t) logits of n clauses, from `classify.features.rows` and `classify.grams.grams` of their texts."""
    told = nearness(inputs, head.marks) @ head.voice[:, :-1].T + head.voice[:, -1]
    return np.asarray(told + spelt.logits(head.grams), np.float64)


def nearness(ones: Matrix, others: Matrix) -> Matrix:
    """(n, m): 1 where two rows are alike, towards 0 with the square of their distance."""
    lengths = (ones**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)
    return np.asarray(np.exp(np.minimum(2 * ones @ others.T - lengths, 0) / _REACH), np.float32)


def rounded(inputs: Matrix) -> Matrix:
    """Rows as `Head.marks` keeps them."""
    return np.asarray(
        np.clip(np.round(inputs * _STEP), -127, 127) / _STEP + 0.0, np.float32
    )  # no negative zeros: a byte has none


def pooled(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """(t, 3): the highest clause logit; log(1 + clauses above 0), as a part of its most in up to five; 1/n².

    Beyond a few clauses the length weighs nothing: the same rule scores the same in a page and as clause 37 of a long
    plan. In a text of one or two sentences each is a larger part.
    """
    many = len(logits)
    speaking = np.log1p((logits > 0).sum(axis=0)) / np.log1p(min(many, _BULLETIN))
    return np.stack([logits.max(axis=0), speaking, np.full(logits.shape[1], many**-2.0)], axis=1)


def probabilities(head: Head, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """(t) calibrated probabilities of a document with the given clause logits; zeros where there are no clauses."""
    if not len(logits):
        return np.zeros(len(head.triggers))
    z = (pooled(logits) * head.pool[:, :3]).sum(axis=1) + head.pool[:, 3]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -30, 30))))


def save(head: Head, folder: Path) -> None:
    """Write both files, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays, card = folder / "head.npz.part", folder / "card.json.part"
    with arrays.open("wb") as f:
        np.savez_compressed(f, allow_pickle=False, **{name: _stored(head, name) for name in _ARRAYS})
    known = {"triggers": head.triggers, "encoder": head.encoder, "lexicon": head.lexicon, "id": head.id}
    card.write_text(json.dumps({**head.card, **known}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    arrays.replace(folder / "head.npz")
    card.replace(folder / "card.json")


def load_head(folder: Path | None = None) -> Head:
    """The head in a folder, the shipped one by default; raises DeclarationError where it is missing or damaged."""
    place = folder or SHIPPED
    try:
        card = json.loads((place / "card.json").read_text(encoding="utf-8"))
        with np.load(place / "head.npz", allow_pickle=False) as arrays:
            parts = {name: np.asarray(arrays[name], np.float32) for name in _ARRAYS}
        parts["marks"] /= _STEP
        head = Head(tuple(card["triggers"]), card["encoder"], card["lexicon"], **parts, card=card)
        _check(head)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise DeclarationError(str(place), 0, "", f"holds no usable head: {error}", "run `vedette train`") from error
    return head


def _stored(head: Head, name: str) -> NDArray[Any]:
    array = getattr(head, name) * (_STEP if name == "marks" else 1)
    return np.asarray(array, _LENGTHS.get(name, np.float32))


def _check(head: Head) -> None:
    shapes = (head.marks.shape[1:], head.voice.shape, head.grams.shape, head.pool.shape)
    many = len(head.triggers)
    wanted = ((len(head.centre) + len(NAMES),), (many, len(head.marks) + 1), (many, BUCKETS), (many, 4))
    if shapes != wanted and head.lexicon == LEXICON_ID:
        raise ValueError(f"arrays of shapes {shapes} for {many} triggers")
    if head.id != head.card.get("id"):
        raise ValueError("head.npz and card.json are not of one training")
    if not all(np.isfinite(getattr(head, name)).all() for name in _ARRAYS):
        raise ValueError("weights that are no numbers")
