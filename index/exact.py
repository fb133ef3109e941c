"""Titles, 文号 and index numbers, found exactly as they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

NUMBER_BONUS, TITLE_BONUS, PART_BONUS = 4.0, 3.0, 1.0
"""A number or a whole title stands above any score by meaning and words, which stays under 3; part of one helps."""

_LEAST_PART = 4
"""Characters: a shorter query is part of too many titles to mean one."""
_DROPPED = re.compile(r"[\s\W_]+")


class Titles:
    """The current documents by what they are called. `rows` as `Store.titles` gives them."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.rows = rows
        self.by_document = {row["document"]: row for row in rows}
        self._spelled = [(row["document"], plain(row["title"])) for row in rows]
        self._numbers: dict[str, list[str]] = {}
        for row in rows:
            for number in (row["doc_number"], row["index_number"]):
                if number:
                    self._numbers.setdefault(plain(number), []).append(row["document"])

    def exact(self, query: str) -> dict[str, float]:
        """Documents that the query names, with the bonus that puts them first."""
        asked = plain(query)
        found = dict.fromkeys(self._numbers.get(asked, ()), NUMBER_BONUS)
        if len(asked) < _LEAST_PART:
            return found
        for document, title in self._spelled:
            if document not in found and asked in title:
                found[document] = TITLE_BONUS if asked == title else PART_BONUS
        return found


def plain(text: str) -> str:
    """Letters and digits alone, one width, lower case: 国发〔2026〕3号 and 国发(2026)3 号 are the same."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).lower())
