"""The frame of a page: which boxes it is built of. Tells a rebuilt page from an edited one where no selector can."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from crawlers.reading.decoding import decode
from crawlers.reading.tree import tree

_BOXES = ("body", "div", "section", "article", "main", "header", "footer", "nav", "aside", "form", "table", "ul")
_DIGITS = re.compile(r"\d+")
_FEW = 3
SAME_FRAME = 0.3
"""Share of named boxes in common from which two pages count as built alike."""


def is_rebuilt(before: bytes, after: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the second page is built of other boxes than the first. Pages that name few boxes never are."""
    old, new = frame(before, {}), frame(after, headers)
    if len(old) < _FEW or len(new) < _FEW:
        return False
    return len(old & new) / len(old | new) < SAME_FRAME


def frame(page: bytes, headers: Mapping[str, str]) -> frozenset[str]:
    """The ids and classes of a page's boxes, numbers in them left out."""
    return frozenset(_DIGITS.sub("", mark) for mark in _marks(page, headers))


def _marks(page: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    root = tree(decode(page, headers))
    if root is None:
        return
    for box in root.iter(*_BOXES):
        if box.get("id"):
            yield f"{box.tag}#{box.get('id')}"
        for name in (box.get("class") or "").split():
            yield f"{box.tag}.{name}"
