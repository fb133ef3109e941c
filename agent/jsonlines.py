"""JSON lines in and out, for the batch forms of the commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click


def read(path: Path, needed: tuple[str, ...]) -> Iterator[Mapping[str, Any] | str]:
    """Each line as an object, or as the text of what is wrong with it: `docs.jsonl:3: …`. Empty lines are passed over.

    `needed` names keys that must hold text.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _parsed(line, needed) or f"{path}:{number}: {_fault(line, needed)}"


def _parsed(line: bytes, needed: tuple[str, ...]) -> Mapping[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    good = isinstance(value, dict) and all(isinstance(value.get(key), str) for key in needed)
    return value if good else None


def _fault(line: bytes, needed: tuple[str, ...]) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"no JSON ({error}); the line is passed over"
    if not isinstance(value, dict):
        return "no JSON object; the line is passed over"
    missing = [key for key in needed if not isinstance(value.get(key), str)]
    return f"{', '.join(missing)}: text expected; the line is passed over"


def convert(
    source: Path, target: Path, needed: tuple[str, ...], turn: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> int:
    """Write `turn(line)` for each line of `source` to `target`, in order; tell bad lines and return how many."""
    bad = 0
    with target.open("w", encoding="utf-8") as out:
        for line in read(source, needed):
            if isinstance(line, str):
                click.echo(line, err=True)
                bad += 1
            else:
                out.write(json.dumps(turn(line), ensure_ascii=False) + "\n")
    return bad
