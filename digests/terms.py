"""Terms of the field in Chinese and English: what a text is about, without translating it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


def terms(text: str, most: int = 3) -> tuple[str, ...]:
    """The terms of the field in a Chinese text, in its order and as it writes them, each once, the longest first."""
    return tuple(dict.fromkeys(found[0] for found in _pattern().finditer(text)))[:most]


def in_english(text: str, most: int = 3) -> str:
    """The same in English with commas between, empty where the text has none."""
    return ", ".join(dict.fromkeys(glossary()[term] for term in terms(text, most)))


@cache
def glossary() -> Mapping[str, str]:
    """English by Chinese."""
    made: dict[str, str] = yaml.safe_load((files("digests") / "wording/terms.yml").read_text("utf-8"))
    return made


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, glossary()), key=len, reverse=True)))
