"""Interface texts of digests and the words that headlines are made of, one YAML file for each language.

Terms of the field come from `wording/<language>.yml`; nothing a publisher wrote is ever translated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("en", "zh")


class Words:
    """The texts of one language; `words("card.why")` looks a dotted key up, named parts are filled in.

    `language` is en or zh, whatever the script. `own` puts a Chinese text of ours into the reader's script.
    """

    def __init__(self, language: str, texts: dict[str, Any], own: Callable[[str], str] = str) -> None:
        self.language, self.own = language, own
        self._texts = {key: own(text) for key, text in _flat(texts).items()}

    def __call__(self, key: str, **parts: object) -> str:
        """The text under a key; a key that does not exist is our bug."""
        return self._texts[key].format(**parts) if parts else self._texts[key]

    def has(self, key: str) -> bool:
        """Whether there is a text under a key."""
        return key in self._texts

    def term(self, kind: str, name: str) -> str:
        """The word for a term such as ("tier", "carrier"); the term itself where the language has none."""
        return self._texts.get(f"{kind}.{name}", name)

    def count(self, key: str, number: int) -> str:
        """The text for a number of things: `<key>.one` for 1, `<key>.many` otherwise, filled with n."""
        return self._texts[f"{key}.{'one' if number == 1 else 'many'}"].format(n=number)

    @property
    def keys(self) -> frozenset[str]:
        """All dotted keys."""
        return frozenset(self._texts)


@cache
def words(language: str) -> Words:
    """The texts of a language. Traditional Chinese (zh-Hant) is the simplified texts in the other script, by OpenCC."""
    short = "zh" if language.startswith("zh") else "en"
    texts = yaml.safe_load((files("digests") / f"wording/{short}.yml").read_text("utf-8"))
    if language != "zh-Hant":
        return Words(short, texts)
    from opencc import OpenCC  # noqa: PLC0415 - loads its dictionaries: only where somebody reads traditional Chinese

    return Words(short, texts | {"html_lang": "zh-Hant"}, OpenCC("s2tw").convert)


def _flat(texts: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in texts.items():
        key = f"{prefix}{name}"
        found |= _flat(value, f"{key}.") if isinstance(value, dict) else {key: value}
    return found
