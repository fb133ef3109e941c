"""Words that say which way a rule moves for whoever uses compute or data: the material of `classify.direction`."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

_WRITTEN: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "cues.yml").read_text(encoding="utf-8"))[
    "cues"
]

CUES: tuple[str, ...] = tuple(_WRITTEN)


@lru_cache(maxsize=1)
def patterns() -> dict[str, re.Pattern[str]]:
    """Every cue by name, compiled; matched on plain text."""
    return {name: re.compile("|".join(ways)) for name, ways in _WRITTEN.items()}


def cues(plain_text: str) -> frozenset[str]:
    """The cues that a plain text holds."""
    return frozenset(name for name, pattern in patterns().items() if pattern.search(plain_text))
