"""What a site prints on every page, or anew on every fetch: a template that was learnt, applied while a page is read.

Made by `crawlers.template.learn`. Nothing here looks at clocks: text and its place on the page decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from lxml.html import HtmlElement

from crawlers.reading.dates import DATE
from crawlers.reading.lines import Line, placed_lines
from crawlers.reading.tree import remove

_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_CODE = re.compile(
    r"(?<![A-Za-z0-9_-])(?:(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{6,}|[A-Z]{6,}|[A-Za-z0-9+/]{20,}={0,2})(?![A-Za-z0-9_-])"
)
_WEEKDAY = re.compile(
    r"(?:星期|周)[一二三四五六日天]|(?:[上下]午|早上|晚上|中午)|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?")
_WORD = re.compile(r"[^\W\d_]")
_SAYS_WHEN = re.compile(r"发布|发表|公布|公开|发文|publish|posted", re.IGNORECASE)
LONGEST_SLOT = 3
"""Lines. An advertisement between two paragraphs has one or two; longer runs may be the text."""
_INLINE = frozenset({"a", "span", "b", "strong", "em", "i", "font", "u", "tbody", "html"})


class Block(NamedTuple):
    """One line of a page and where it stands: tags, ids and classes from the page down, without positions."""

    path: str
    text: str


@dataclass(frozen=True)
class Noise:
    """What is left out of the pages of one source.

    `paths`: places where each fetch prints other texts. `masks`: lines of which only figures or codes are new on each
    fetch; `texts`: lines that come and go; both with their place. `slots`: how many lines come and go between two
    lines of one document (`slot_key`). `shared`: lines that the site prints on (nearly) every page, where it prints
    nothing else.
    """

    paths: frozenset[str] = frozenset()
    masks: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    slots: Mapping[str, int] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """A name of these rules, for the extractor's version: equal rules have equal names."""
        sets = (self.paths, self.masks, self.texts, self.shared, self.slots)
        parts = "\x1e".join("\x1f".join(sorted(part)) for part in sets)
        return sha256(parts.encode()).hexdigest()[:8] if parts.strip("\x1e") else ""

    def own(self, blocks: Sequence[Block], document: str) -> list[int]:
        """Which blocks of a document (its address) are its own, by index."""
        kept = [n for n, block in enumerate(blocks) if not self._takes(block, document)]
        if not self.slots:
            return kept
        own, at = [], 0
        while at < len(kept):
            own.append(kept[at])
            at += 1 + self._in_slot([blocks[n] for n in kept[at : at + LONGEST_SLOT + 2]], document)
        return own

    def _in_slot(self, run: Sequence[Block], document: str) -> int:
        """How many blocks after the first of a run stand in a slot."""
        for count in range(1, len(run) - 1):
            if self.slots.get(slot_key(run[0], run[count + 1], document), 0) >= count:
                return count
        return 0

    def _takes(self, block: Block, document: str) -> bool:
        return (
            block.path in self.paths
            or (bool(self.masks) and mask_key(block, document) in self.masks)
            or (bool(self.texts) and text_key(block) in self.texts)
            or (bool(self.shared) and shared_key(block) in self.shared)
        )

    def is_clock(self, block: Block) -> bool:
        """Whether a block is a date of today, printed alike on every page: no date of a document."""
        return not _SAYS_WHEN.search(block.text) and bool(DATE.search(block.text)) and shared_key(block) in self.shared


def mask_key(block: Block, document: str) -> str:
    """A line without its figures and codes, at its place; a line of nothing else is known for one document alone."""
    mask = _DIGITS.sub("0", _WEEKDAY.sub("W", _CODE.sub("x", DATE.sub("D", block.text))))
    bare = len(_WORD.findall(mask.replace("x", "").replace("D", "").replace("W", ""))) < 2
    return f"{block.path}|{mask}|{document if bare else ''}"


def text_key(block: Block) -> str:
    """A line as it is, at its place."""
    return f"{block.path}|{block.text}"


def shared_key(block: Block) -> str:
    """A line without the day and time of today, at its place."""
    return f"{block.path}|{_TIME.sub('T', _WEEKDAY.sub('W', DATE.sub('D', block.text)))}"


def slot_key(above: Block, below: Block, document: str) -> str:
    """The room between two lines of one document."""
    return sha256(f"{document}|{text_key(above)}|{text_key(below)}".encode()).hexdigest()[:16]


def blocks_of(root: HtmlElement) -> list[Block]:
    """The lines of a page with their places."""
    places: dict[HtmlElement, str] = {}
    return [Block(_path(place, places), line.text) for line, place in placed_lines(root)]


def quiet(root: HtmlElement, noise: Noise, document: str) -> frozenset[tuple[HtmlElement, str]]:
    """Take the elements out of a page that hold nothing but texts new on each fetch, and dates of today.

    Returns the other lines that are none of the document's own, with the blocks they begin in.
    """
    places: dict[HtmlElement, str] = {}
    placed = placed_lines(root)
    blocks = [Block(_path(place, places), line.text) for line, place in placed]
    own = set(noise.own(blocks, document))
    loud: set[HtmlElement] = set()
    kept: set[HtmlElement] = set()
    for number, (block, (_, place)) in enumerate(zip(blocks, placed, strict=True)):
        if number not in own and (block.path in noise.paths or noise.is_clock(block)):
            loud.add(place)
        elif place not in kept:
            kept.update((place, *place.iterancestors()))
    for place in loud - kept:
        remove(place)
    return frozenset((place, line.text) for n, (line, place) in enumerate(placed) if n not in own)


def without(element: HtmlElement, noise: frozenset[tuple[HtmlElement, str]]) -> list[Line]:
    """The lines of an element but those that `quiet` named."""
    return [line for line, place in placed_lines(element) if (place, line.text) not in noise]


def _path(element: HtmlElement, known: dict[HtmlElement, str]) -> str:
    found = known.get(element)
    if found is None:
        parent = element.getparent()
        above = _path(parent, known) if parent is not None else ""
        found = above if element.tag in _INLINE else f"{above}/{element.tag}{_marks(element)}"
        known[element] = found
    return found


def _marks(element: HtmlElement) -> str:
    """Id and classes; those with figures in them may be made anew on each fetch."""
    names = [element.get("id") or "", *sorted((element.get("class") or "").split())]
    return "".join(f".{name}" for name in names if name and not any(c.isdigit() for c in name))
