"""Words of the field, as concepts: what is governed (objects) and what is done to it (actions), Chinese and English.

A trigger is seldom one word: it is an action on an object in one sentence (价格 of 算力, not of 药品; a limit on API
calls, not on fishing). The trained head weighs the concepts and their meetings; `lexicon.yml` only says how each is
written. Patterns are matched on `classify.sentences.plain` text. Two objects speak against: other goods (`elsewhere`)
and company money (`money_talk`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

_WRITTEN: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "lexicon.yml").read_text(encoding="utf-8")
)

OBJECTS: tuple[str, ...] = tuple(_WRITTEN["objects"])
ACTIONS: tuple[str, ...] = tuple(_WRITTEN["actions"])


@lru_cache(maxsize=1)
def patterns() -> dict[str, re.Pattern[str]]:
    """Every concept by name, compiled."""
    return {name: re.compile("|".join(ways)) for group in _WRITTEN.values() for name, ways in group.items()}


def concepts(sentence: str) -> frozenset[str]:
    """The concepts that a plain sentence holds."""
    return frozenset(name for name, pattern in patterns().items() if pattern.search(sentence))
