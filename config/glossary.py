"""The bilingual glossary of the field: what a term of a query is called in the other language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from config.declaration import DeclarationError
from config.words import stem

SHIPPED = Path(__file__).with_name("glossary.yml")
_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 8
"""Words of an English term, characters of a Chinese one: no longer term is looked for."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms by how they are written (Chinese as is, English as lower-case words), each with its counterparts."""

    english: Mapping[str, tuple[str, ...]]
    chinese: Mapping[str, tuple[str, ...]]
    pairs: int

    def counterparts(self, text: str) -> list[tuple[str, ...]]:
        """For each term of either language in the text, longest first where they overlap: what the other calls it."""
        return [*self._from_chinese(text), *self._from_english(text)]

    def _from_chinese(self, text: str) -> Iterator[tuple[str, ...]]:
        at = 0
        while at < len(text):
            sizes = range(min(_LONGEST * 2, len(text) - at), 0, -1)
            size = next((n for n in sizes if text[at : at + n] in self.english), 0)
            if size:
                yield self.english[text[at : at + size]]
            at += size or 1

    def _from_english(self, text: str) -> Iterator[tuple[str, ...]]:
        words = _WORD.findall(text.lower())
        at = 0
        while at < len(words):
            sizes = range(min(_LONGEST, len(words) - at), 0, -1)
            size = next((n for n in sizes if _key(words[at : at + n]) in self.chinese), 0)
            if size:
                yield self.chinese[_key(words[at : at + size])]
            at += size or 1


def load(path: Path = SHIPPED) -> Glossary:
    """Read a glossary file: sections of `中文 | 又称: English | also`.

    Raises DeclarationError where the file is no such mapping, naming the section and the term.
    """
    english: dict[str, list[str]] = {}
    chinese: dict[str, list[str]] = {}
    count = 0
    for left, right in _entries(path):
        count += 1
        for term in left:
            english.setdefault(term, []).extend(right)
        for term in right:
            chinese.setdefault(_key(_WORD.findall(term.lower())), []).extend(left)
    return Glossary(_frozen(english), _frozen(chinese), count)


def _entries(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    try:
        sections = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DeclarationError(str(path), 0, "", f"cannot be read: {error}", "write YAML in UTF-8") from error
    for section, terms in _mapping(path, "", sections).items():
        for left, right in _mapping(path, str(section), terms).items():
            if not isinstance(left, str) or not isinstance(right, str):
                key = f"{section}.{left}"
                raise DeclarationError(str(path), 0, key, "not a pair of texts", "write 中文 | 又称: English | also")
            yield _spellings(left), _spellings(right)


def _mapping(path: Path, key: str, value: object) -> Mapping[object, object]:
    if not isinstance(value, dict):
        raise DeclarationError(str(path), 0, key, "not a mapping", "write sections of 中文: English")
    return value


def _spellings(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _key(words: Sequence[str]) -> str:
    """English words by their stems, so that quotas is found under quota and throttled under throttle."""
    return " ".join(map(stem, words))


def _frozen(terms: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {term: tuple(dict.fromkeys(found)) for term, found in terms.items()}
