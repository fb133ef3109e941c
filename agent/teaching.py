"""Training and evaluation on this installation's archive and files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.judge import Kept, encoder, head, own_head
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

    Raises WorseHead where it scores lower than the head in use (of this home, else the shipped one), or learnt from
    far fewer documents, and `force` is not given; DeclarationError for a file that cannot be read, ValueError where
    there is too little to learn from.
    """
    from classify.training import WorseHead, keep  # noqa: PLC0415 - scikit-learn, only for training
    from classify.training import train as fit  # noqa: PLC0415 - as above

    given = list(documents(labelled)) if labelled else []
    taught = list(lessons(room.archive))
    agreed, disputed = _agreed([*given, *taught])
    with _training(room, agreed) as training:
        made = fit(training, today)
    folder = own_head(room.settings)
    first = not folder.exists()
    if not force:
        if told := _too_few(room.settings, made.card):
            raise WorseHead(told)
        if first:
            shutil.copytree(SHIPPED, folder)
    try:
        keep(made, folder, force)
    except WorseHead:
        if first:
            shutil.rmtree(folder)
        raise
    return Taught(folder, made.card, len(taught), tuple(disputed))


def score(room: Class, labelled: Path, most_misses: int) -> Report:
    """The head in use on labelled documents. Raises DeclarationError and ValueError as `train`."""
    examples = documents(labelled)
    with _memory(room) as (loaded, memory):
        tagger = Tagger(head(room.settings), loaded, list(room.declarations.triggers.values()), memory)
        judged = []
        for start in range(0, len(examples), _BATCH):
            judged += tagger.tag_many([Document(e.title, e.text) for e in examples[start : start + _BATCH]])
    return evaluate(examples, judged, most_misses)


def cross_validate(room: Class, labelled: Path, most_misses: int) -> Report:
    """Heads that had not seen the documents they judge: nested cross-validation of the training method."""
    from classify.training import cross_validated  # noqa: PLC0415 - as above

    with _training(room, documents(labelled)) as training:
        examples, judged = cross_validated(training, 0)
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
    """One vector a text, under the keys of `classify.triggers.Tagger`; works where no head can be read."""
    keys = [sha256(f"{loaded.id}\0{text}".encode()).hexdigest() for text in texts]
    missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in memory}
    order = sorted(missing, key=lambda k: len(missing[k]))
    found = loaded.encode_passages([missing[k] for k in order])
    memory.update((k, v.astype(np.float32).tobytes()) for k, v in zip(order, found, strict=True))
    return np.stack([np.frombuffer(memory[k], np.float32) for k in keys])
