"""Labelled examples from every place that has some: trigger files, own sentences, labelled documents, feedback."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args

from config.declaration import DeclarationError
from config.trigger import Trigger
from index.records import Direction

Origin = Literal["sentence", "document", "feedback"]
CORPUS = Path(__file__).parent / "corpus"
CORE = ("quota", "pricing", "residency")
"""The triggers that every line of the own sentences was labelled for."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with what is known of it. A trigger that is not in `labels` is unknown, neither true nor false.

    `quotes`: literal pieces that show a true trigger. Sentences teach the clause head; documents also its calibration.
    """

    title: str
    text: str
    labels: Mapping[str, bool]
    direction: Mapping[str, Direction] = field(default_factory=dict)
    quotes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    origin: Origin = "sentence"
    id: str = ""


def of_triggers(triggers: Iterable[Trigger]) -> Iterator[Example]:
    """What the trigger files say of themselves: true where it fires, false in near misses, else unknown."""
    for trigger in triggers:
        for example in trigger.fires_on:
            known = {trigger.id: example.direction} if example.direction else {}
            yield Example("", example.text, {trigger.id: True}, known)
        for text in trigger.silent_on:
            yield Example("", text, {trigger.id: False})


def own(name: Literal["sentences", "heldout"] = "sentences") -> list[Example]:
    """The shipped sentences, labelled for the CORE triggers."""
    lines = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Example("", row["text"], {t: t in row["labels"] for t in CORE}, row["labels"], id=f"{name}:{n}")
        for n, row in enumerate(map(json.loads, lines), 1)
    ]


def documents(path: Path) -> list[Example]:
    """Labelled documents, one object a line with id, title, text, labels, direction, evidence.

    Raises DeclarationError naming the line where one cannot be read.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(_document(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            fix = 'write an object with title, text and labels such as {"quota": 1}'
            raise DeclarationError(str(path), number, "", f"is no labelled document: {error!r}", fix) from error
    return found


def feedback(trigger: str, title: str, text: str, right: bool, quotes: tuple[str, ...] = ()) -> Example:
    """An analyst's verdict on a tag: whether the trigger was right for the document."""
    return Example(title, text, {trigger: right}, {}, {trigger: quotes} if right else {}, "feedback")


def fingerprint(example: Example) -> str:
    """Sixteen hex digits of an example's title and text, whatever its labels."""
    return sha256(f"{example.title}\0{example.text}".encode(errors="surrogatepass")).hexdigest()[:16]


def digest(examples: Iterable[Example]) -> str:
    """Sixteen hex digits over all examples, whatever their order."""
    each = sorted(
        sha256(repr((e.title, e.text, sorted(e.labels.items()), sorted(e.direction.items()))).encode()).hexdigest()
        for e in examples
    )
    return sha256("".join(each).encode()).hexdigest()[:16]


def conflicts(examples: Iterable[Example]) -> list[tuple[str, str]]:
    """(title or opening, trigger) of texts that are labelled both true and false for one trigger."""
    said: dict[tuple[str, str, str], set[bool]] = {}
    for example in examples:
        for trigger, label in example.labels.items():
            said.setdefault((example.title, example.text, trigger), set()).add(label)
    return sorted((title or text[:60], trigger) for (title, text, trigger), labels in said.items() if len(labels) > 1)


def _document(row: Mapping[str, Any]) -> Example:
    direction = {t: d for t, d in row.get("direction", {}).items() if d in get_args(Direction)}
    quotes = {t: tuple(q) if isinstance(q, list) else (str(q),) for t, q in row.get("evidence", {}).items()}
    labels = {str(t): bool(v) for t, v in row["labels"].items()}
    return Example(str(row["title"]), str(row["text"]), labels, direction, quotes, "document", str(row.get("id", "")))
