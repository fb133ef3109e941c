"""The texts of the pages, one YAML file for each language, beside the terms that digests use already."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from digests.words import LANGUAGES, Words

__all__ = ["LANGUAGES", "own_texts", "words"]


@cache
def words(language: str) -> Words:
    """The texts of a language: those of digests, and those of the pages below `desk`."""
    terms = yaml.safe_load((files("digests") / f"wording/{language}.yml").read_text("utf-8"))
    return Words(language, terms | {"desk": own_texts(language)})


def own_texts(language: str) -> dict[str, Any]:
    """The texts of `wording/<language>.yml` as they stand."""
    texts: dict[str, Any] = yaml.safe_load((files("agent.web") / f"wording/{language}.yml").read_text("utf-8"))
    return texts
