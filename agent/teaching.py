"""Training and evaluation on this installation's archive and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.judge import Kept, encoder, head, own_head
from agent.progress import progress
from agent.verdicts import lessons
from classify.evaluation import Report, evaluate
from classify.examples import Example, conflicts, documents
from classify.head import SHIPPED
from classify.triggers import Document, Tagger
from config.declaration import DeclarationError
from config.declarations import Declarations
from config.settings import Settings
from index.archive.archive import Archive
from index.embedding import SentenceEncoder

if TYPE_CHECKING:
    from classify.features import Matrix
    from classify.training import Training

_ENOUGH = 0.8
"""Share of the documents of the head in use that a new one needs before their scores are compared."""
_BATCH = 64
"""Documents tagged at once in an evaluation."""
_CLAUSES = 256
"""Clauses embedded between two signs of progress."""


@dataclass(frozen=True, slots=True)
class Class:
    """Who teaches what: one archive with what is declared and set."""

    archive: Archive
    declarations: Declarations
    settings: Settings


@dataclass(frozen=True, slots=True)
class Taught:
    """A head that was trained and kept: its folder and card, verdicts used, labels left out as disputed."""

    folder: Path
    card: Mapping[str, Any]
    verdicts: int
    disputed: tuple[tuple[str, str], ...]


def train(room: Class, labelled: Path | None, today: date, *, force: bool) -> Taught:
    """Train on the trigger files, the shipped sentences, analysts' verdicts and labelled documents; keep the head.

    Raises WorseHead where it scores lower than the head in use (of this home, else the shipped one) on the same
    documents, or learnt from far fewer, and `force` is not given; DeclarationError for a file that cannot be read,
    ValueError where there is too little to learn from.
    """
    from classify.keeping import keep, old_head  # noqa: PLC0415 - scikit-learn, only for training
    from classify.training import WorseHead  # noqa: PLC0415 - as above
    from classify.training import train as fit  # noqa: PLC0415 - as above

    given = list(documents(labelled)) if labelled else []
    taught = list(lessons(room.archive))
    agreed, disputed = _agreed([*given, *taught])
    folder = own_head(room.settings)
    with _training(room, agreed) as training:
        made = fit(training, today)
        if not force and (told := _too_few(room.settings, made.card)):
            raise WorseHead(told)
        keep(made, folder, training, old_head(folder, SHIPPED), force)
    return Taught(folder, made.card, len(taught), tuple(disputed))


def score(room: Class, labelled: Path, most_misses: int) -> Report:
    """The head in use on labelled documents. Raises DeclarationError and ValueError as `train`."""
    examples = documents(labelled)
    with _memory(room) as (loaded, memory):
        tagger = Tagger(head(room.settings), loaded, list(room.declarations.triggers.values()), memory)
        judged = []
        with progress("judge", len(examples)) as shown:
            for start in range(0, len(examples), _BATCH):
                judged += tagger.tag_many([Document(e.title, e.text) for e in examples[start : start + _BATCH]])
                shown("documents", len(judged))
    return evaluate(examples, judged, most_misses)


def cross_validate(room: Class, labelled: Path, most_misses: int) -> Report:
    """Heads that had not seen the documents they judge: nested cross-validation of the training method."""
    from classify.training import FOLDS, cross_validated  # noqa: PLC0415 - as above

    with _training(room, documents(labelled)) as training, progress("fold", FOLDS) as shown:
        examples, judged = cross_validated(training, 0, lambda n: shown("judged", n))
    return evaluate(examples, judged, most_misses)


def _too_few(settings: Settings, card: Mapping[str, Any]) -> str:
    """Why the score of a new head says nothing beside that of the one in use: far fewer documents. Empty if it does."""
    try:
        before = int(head(settings).card.get("documents", 0))
    except DeclarationError:
        return ""
    if card["documents"] >= _ENOUGH * before:
        return ""
    return (
        f"learnt from {card['documents']} documents, the head in use from {before}, so their scores do not compare; "
        "give --documents, or --force to keep it"
    )


def _agreed(examples: Sequence[Example]) -> tuple[list[Example], list[tuple[str, str]]]:
    """The examples without labels that contradict each other, and what those were."""
    disputed = conflicts(examples)
    named = set(disputed)
    kept = [e for e in examples if not any((e.title or e.text[:60], t) in named for t in e.labels)]
    return kept, disputed


@contextmanager
def _training(room: Class, labelled: Sequence[Example]) -> Iterator[Training]:
    from classify.training import Training as Lesson  # noqa: PLC0415 - as above

    with _memory(room) as (loaded, memory):
        triggers = tuple(room.declarations.triggers.values())
        yield Lesson(triggers, tuple(labelled), loaded.id, lambda texts: _vectors(loaded, memory, texts))


@contextmanager
def _memory(room: Class) -> Iterator[tuple[SentenceEncoder, Kept]]:
    """The encoder with the vectors that the archive keeps; what was added is written when all went well."""
    loaded = encoder(room.settings)
    memory = Kept(room.archive, loaded.id)
    yield loaded, memory
    with room.archive.transaction():
        memory.keep()


def _vectors(loaded: SentenceEncoder, memory: Kept, texts: Sequence[str]) -> Matrix:
    """One vector a text, under the keys of `classify.triggers.Tagger`; works where no head can be read.

    Rounded as the archive keeps them, so that training again gives the same head.
    """
    keys = [sha256(f"{loaded.id}\0{text}".encode()).hexdigest() for text in texts]
    missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in memory}
    order = sorted(missing, key=lambda k: len(missing[k]))
    with progress("embed", len(order)) as shown:
        for start in range(0, len(order), _CLAUSES):
            some = order[start : start + _CLAUSES]
            found = loaded.encode_passages([missing[k] for k in some])
            memory.update((k, v.astype(np.float32).tobytes()) for k, v in zip(some, found, strict=True))
            shown("clauses", start + len(some))
    return np.stack([np.frombuffer(memory[k], np.float32) for k in keys]).astype(np.float16).astype(np.float32)
