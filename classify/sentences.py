"""Text made comparable without moving a character, and cut into sentences with their offsets.

Everything here keeps lengths: position i of the plain text is position i of the original, so that a cue found in the
plain text is a literal quote of the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 240
"""Characters of one sentence at most; longer runs (tables, text without stops) are cut at a comma or hard."""

_WIDE = {0x3000: " ", 0x00A0: " ", **{c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F) if chr(c - 0xFEE0).isalnum()}}
_END = re.compile(r"[。！？!?；;\n\r|]+|(?<=[a-z0-9)\]\"'])\.(?=\s)", re.IGNORECASE)
_PAUSE = re.compile(r"[，,、：:)）]\s*|\s{2,}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]` of a document; `plain` is the same stretch in lower case, half width and simplified."""

    start: int
    end: int
    plain: str


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Traditional to simplified, one character to one (OpenCC t2s), over the two common CJK blocks."""
    from opencc import OpenCC  # noqa: PLC0415  # loads its dictionaries: only where text is read

    han = [chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    turned = OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {ord(a): b for a, b in zip(han, turned, strict=True) if a != b and len(b) == 1}


def plain(text: str) -> str:
    """Lower case, half width, simplified characters; `len(plain(t)) == len(t)`."""
    wide = text.translate(_WIDE).translate(_simplified())
    low = wide.lower()
    return low if len(low) == len(wide) else "".join(c.lower() if len(c.lower()) == 1 else c for c in wide)


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text in order, none blank, none longer than LONGEST; linear in the length."""
    low = plain(text)
    at = 0
    for stop in (*(m.span() for m in _END.finditer(low)), (len(low), len(low))):
        yield from _pieces(low, at, stop[0])
        at = stop[1]


def _pieces(low: str, start: int, end: int) -> Iterator[Sentence]:
    while start < end:
        stop = end if end - start <= LONGEST else _cut(low, start)
        left = start + len(low[start:stop]) - len(low[start:stop].lstrip())
        right = stop - (len(low[start:stop]) - len(low[start:stop].rstrip()))
        if left < right:
            yield Sentence(left, right, low[left:right])
        start = stop


def _cut(low: str, start: int) -> int:
    """The last pause inside the limit, or the limit."""
    pauses = [m.end() for m in _PAUSE.finditer(low, start + LONGEST // 2, start + LONGEST)]
    return pauses[-1] if pauses else start + LONGEST
