"""An element as lines of text: one paragraph, heading, list item or table row a line, so that a clause diff can work.

Cells of a row are joined by a tab. White space is collapsed, invisible characters are dropped, the rest is left as
printed (no NFKC: it would change （）：， too).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from lxml.html import HtmlElement

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    }
)
_BREAKS = _BLOCKS | {"br"}
_PLAIN = _BLOCKS - {"tr"}
_LEAST = frozenset(("li", "p", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset(
    ("script", "style", "noscript", "head", "title", "meta", "link", "iframe", "object", "embed", "img", "input")
)
MARK = "\x1d"
"""Text of the line that stands for a skipped element, so that what is above it can be told from what is below."""
_LAYOUT_CELL = 800
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:b?d?share\w*|fenxiang|qr-?code\w*|ewm\w*|erweima|crumbs?|breadcrumb|dqwz|curmb|font-?size|jiathis"
    r"|toolbar|info_xgfj|info_xgxw|xgxw|xgwz\w*|related\w*|recommend\w*|printarea|sweep|xlewm|pagebreak)(?=[\s_-]|$)",
    re.IGNORECASE,
)
_CHROME_CHARS = 1200


class Line(NamedTuple):
    """One block of text and how many of its characters stand in links."""

    text: str
    linked: int


def clean(text: str | None) -> str:
    """The text on one line: white space collapsed to single blanks, invisible characters dropped."""
    if not text:
        return ""
    return " ".join((text if text.isascii() else _INVISIBLE.sub("", text)).split())


def lines_of(element: HtmlElement, skip: frozenset[HtmlElement] = frozenset()) -> list[Line]:
    """The visible blocks of an element in order; those in `skip`, share bars and related-link boxes left out."""
    return _written(element, skip).out


def placed_lines(element: HtmlElement) -> list[tuple[Line, HtmlElement]]:
    """The lines of an element as `lines_of` gives them, each with the block that it begins in."""
    writer = _written(element, frozenset())
    return list(zip(writer.out, writer.places, strict=True))


class Written:
    """The lines of a whole page, written once and asked for by element. The page must not be changed meanwhile."""

    def __init__(self, root: HtmlElement) -> None:
        self._root = root
        self._held = [*root.iter()]  # lxml makes an element anew each time it is asked for, unless somebody holds it
        self._writer = _written(root, frozenset())

    def within(self, element: HtmlElement) -> list[Line]:
        """As `lines_of(element)`."""
        place = self._writer.blocks.get(element)
        return lines_of(element) if place is None else self._writer.out[place[0] : place[1]]

    def around(self, element: HtmlElement | None) -> list[Line]:
        """As `lines_of` of the page with this element skipped."""
        if element is None:
            return self._writer.out
        place = self._writer.blocks.get(element)
        if place is None:
            return lines_of(self._root, frozenset({element}))
        out = self._writer.out
        return [*out[: place[0]], Line(MARK, 0), *out[place[1] :]]


def _written(element: HtmlElement, skip: frozenset[HtmlElement]) -> _Writer:
    writer = _Writer(element)
    if element in skip:
        writer.mark()
        return writer
    if element.tag in _SILENT:
        return writer
    writer.open(element, element.tag)
    above = [(element, iter(element))]
    while above:
        node, children = above[-1]
        child = next(children, None)
        if child is None:
            above.pop()
            writer.close(node, node.tag)
            text = node.tail if above else None
        else:
            tag = child.tag
            if tag.__class__ is not str:  # a comment
                continue
            if tag in _SILENT or child in skip or _is_chrome(child):
                if child in skip:
                    writer.mark()
            elif len(child):
                writer.open(child, tag)
                above.append((child, iter(child)))
                continue
            else:
                writer.leaf(child, tag)
            text = child.tail
        if text:
            writer.add(text)
    writer.end_line()
    return writer


def _is_chrome(node: HtmlElement) -> bool:
    if not node.keys():
        return False
    marks = f"{node.get('class') or ''} {node.get('id') or ''}"
    return _is_chrome_name(marks) and len(clean("".join(node.itertext()))) < _CHROME_CHARS


@lru_cache(maxsize=8192)
def _is_chrome_name(marks: str) -> bool:
    return len(marks) > 2 and bool(_CHROME.search(marks))


class _Writer:
    """Collects text into lines while the tree is walked. In a data row a block ends no line, only a word.

    `at` is the innermost open block, `begun` the one in which the present line began, `blocks` where the lines of a
    block begin and end, for those blocks whose lines do not depend on what they stand in.
    """

    __slots__ = (
        "at", "begun", "blocks", "cells", "linked", "links", "out", "parts", "places", "rows", "tight", "within",
    )  # fmt: skip

    def __init__(self, at: HtmlElement) -> None:
        self.at = at
        self.within: list[HtmlElement] = []
        self.begun: HtmlElement | None = None
        self.out: list[Line] = []
        self.places: list[HtmlElement] = []
        self.blocks: dict[HtmlElement, tuple[int, int]] = {}
        self.parts: list[str] = []
        self.rows: list[bool] = []
        self.linked = self.links = self.cells = 0
        self.tight = False

    def open(self, node: HtmlElement, tag: str) -> None:
        if tag == "tr":
            self.end_line()
            self.tight = _is_data_row(node)
            self.rows.append(self.tight)
            self.cells = 0
            self._enter(node)
        elif tag in _BREAKS:
            self._break(node, tag)
        elif tag in _CELLS:
            self._cell(node)
        elif tag == "a":
            self.links += 1
        elif tag == "html" and not self.tight:
            self._enter(node)
        text = node.text
        if text:
            self.add(text)

    def _break(self, node: HtmlElement, tag: str) -> None:
        if self.tight:
            self.parts.append(" ")
            return
        if self.parts:
            self.end_line()
        if tag != "br":
            self._enter(node)
            if not self.links and tag not in _LEAST:
                self.blocks[node] = (len(self.out), -1)

    def _enter(self, node: HtmlElement) -> None:
        self.within.append(self.at)
        self.at = node

    def leaf(self, node: HtmlElement, tag: str) -> None:
        """As `open` and `close` of an element without children."""
        text = node.text
        if tag in _PLAIN:
            if self.tight:
                self.parts.append(" ")
                self.add(text or " ")
                self.parts.append(" ")
                return
            if self.parts:
                self.end_line()
            shown = clean(text)
            if text and shown:
                self.out.append(Line(shown, len(text.strip()) if self.links else 0))
                self.places.append(node)
        elif tag in _BREAKS or tag in _CELLS or tag == "html":
            self.open(node, tag)
            self.close(node, tag)
        elif text:
            self.links += tag == "a"
            self.add(text)
            self.links -= tag == "a"

    def close(self, node: HtmlElement, tag: str) -> None:
        if tag in _BLOCKS and tag != "tr":
            if self.tight:
                self.parts.append(" ")
            elif self.parts:
                self.end_line()
            begun = self.blocks.get(node)
            if begun:
                self.blocks[node] = (begun[0], len(self.out))
        elif tag == "tr" and self.rows:
            self.rows.pop()
            self.tight = bool(self.rows) and self.rows[-1]
            self.end_line()
        elif tag in _CELLS:
            if not self.tight:
                self.end_line()
        elif tag == "a":
            self.links -= 1
        if node is self.at:
            self.at = self.within.pop() if self.within else node

    def add(self, text: str) -> None:
        if self.begun is None and not text.isspace():
            self.begun = self.at
        self.parts.append(text)
        if self.links:
            self.linked += len(text.strip())

    def _cell(self, node: HtmlElement) -> None:
        if self.tight:
            if self.cells:
                self.parts.append("\x1f")
            self.cells += 1
        else:
            self.end_line()
            self._enter(node)

    def mark(self) -> None:
        self.end_line()
        self.out.append(Line(MARK, 0))
        self.places.append(self.at)

    def end_line(self) -> None:
        joined = "".join(self.parts)
        text = _row_text(joined) if "\x1f" in joined else clean(joined)
        if text:
            self.out.append(Line(text, self.linked))
            self.places.append(self.begun if self.begun is not None else self.at)
        self.parts, self.linked, self.begun = [], 0, None


def _row_text(joined: str) -> str:
    cells = [clean(cell) for cell in joined.split("\x1f")]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    text = "\t".join(cells)
    return text if text.strip() else ""


def _is_data_row(row: HtmlElement) -> bool:
    """Whether a row holds data rather than the layout of a page: two cells or more, none a page in itself."""
    cells = [c for c in row if c.tag in _CELLS]
    if len(cells) < 2 or next(row.iter("table"), None) is not None:
        return False
    return all(len(c) < 4 or len(clean("".join(c.itertext()))) < _LAYOUT_CELL for c in cells)
