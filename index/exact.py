"""Titles, 文号 and index numbers, found exactly as they are written."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

NUMBER_BONUS, TITLE_BONUS, PART_BONUS = 4.0, 3.0, 1.0
"""A number or a whole title stands above any score by meaning and words, which stays under 3; part of one helps."""

_LEAST_PART = 4
"""Characters: a shorter query is part of too many titles to mean one."""
_MOST_PARTS = 1000
"""Titles found by a part of theirs; a part of more of them means none of them."""
_DROPPED = re.compile(r"[\s\W_]+")


class Titles:
    """Documents by what they are called, each by its place in the order given.

    All titles lie in one text, which takes a tenth of the memory of as many objects and is searched at a gigabyte a
    second.
    """

    def __init__(self, named: Iterable[tuple[str, str | None, str | None]]) -> None:
        """Take title, 文号 and index number of each document."""
        numbers: list[tuple[str, int]] = []
        spelled: list[str] = []
        for place, (title, *printed) in enumerate(named):
            spelled.append(plain(title))
            numbers.extend((plain(number), place) for number in printed if number)
        self._numbers = sorted(numbers)
        self._starts = _starts(spelled)
        self._text = "\n".join(("", *spelled, ""))

    def exact(self, query: str) -> dict[int, float]:
        """The documents that the query names, with the bonus that puts them first."""
        asked = plain(query)
        found = {place: NUMBER_BONUS for number, place in self._numbered(asked) if number == asked}
        if len(asked) < _LEAST_PART:
            return found
        whole = set(self._holding(f"\n{asked}\n"))
        parts = dict.fromkeys(self._holding(asked), PART_BONUS)
        return parts | dict.fromkeys(whole, TITLE_BONUS) | found

    def numbered(self, beginning: str) -> set[int]:
        """The documents whose 文号 or index number begins so; 国发〔2026〕 finds every number of that year."""
        return {place for _, place in self._numbered(plain(beginning))}

    def _numbered(self, beginning: str) -> list[tuple[str, int]]:
        if not beginning:
            return []
        end = bisect_right(self._numbers, (beginning + "\U0010ffff", 0))
        return self._numbers[bisect_left(self._numbers, (beginning, -1)) : end]

    def _holding(self, part: str) -> Iterator[int]:
        at = self._text.find(part)
        for _ in range(_MOST_PARTS):
            if at < 0:
                return
            place = bisect_right(self._starts, at + part.startswith("\n")) - 1
            yield place
            following = place + 1
            if following == len(self._starts):
                return
            at = self._text.find(part, self._starts[following] - 1)


def _starts(spelled: Iterable[str]) -> list[int]:
    starts, at = [], 1
    for title in spelled:
        starts.append(at)
        at += len(title) + 1
    return starts


def plain(text: str) -> str:
    """Letters and digits alone, one width, lower case: 国发〔2026〕3号 and 国发(2026)3 号 are the same."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).lower())
