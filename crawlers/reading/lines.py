"""An element as lines of text: one paragraph, heading, list item or table row a line, so that a clause diff can work.

Cells of a row are joined by a tab. White space is collapsed, invisible characters are dropped, the rest is left as
printed (no NFKC: it would change （）：， too).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

_SPACE = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    }
)
_PLACES = _BLOCKS | {"td", "th", "html"}
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
    return _SPACE.sub(" ", _INVISIBLE.sub("", text or "")).strip()


def lines_of(element: HtmlElement, skip: frozenset[HtmlElement] = frozenset()) -> list[Line]:
    """The visible blocks of an element in order; those in `skip`, share bars and related-link boxes left out."""
    return _written(element, skip).out


def placed_lines(element: HtmlElement) -> list[tuple[Line, HtmlElement]]:
    """The lines of an element as `lines_of` gives them, each with the block that it begins in."""
    writer = _written(element, frozenset())
    return list(zip(writer.out, writer.places, strict=True))


def _written(element: HtmlElement, skip: frozenset[HtmlElement]) -> _Writer:
    writer = _Writer(at=element)
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if not isinstance(tag, str):
            if event == "end":
                writer.add(node.tail)
            continue
        if event == "start":
            if tag in _SILENT or node in skip or (node is not element and _is_chrome(node)):
                writer.silent += 1
                walker.skip_subtree()
                if node in skip:
                    writer.mark()
            else:
                writer.open(node, tag)
            continue
        if writer.silent:
            writer.silent -= 1
        else:
            writer.close(node, tag)
        if node is not element:
            writer.add(node.tail)
    writer.end_line()
    return writer


def _is_chrome(node: HtmlElement) -> bool:
    marks = f"{node.get('class') or ''} {node.get('id') or ''}"
    return len(marks) > 2 and bool(_CHROME.search(marks)) and len(clean("".join(node.itertext()))) < _CHROME_CHARS


@dataclass
class _Writer:
    """Collects text into lines while the tree is walked. In a data row a block ends no line, only a word.

    `at` is the innermost open block, `begun` the one in which the present line began.
    """

    at: HtmlElement
    begun: HtmlElement | None = None
    out: list[Line] = field(default_factory=list)
    places: list[HtmlElement] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    linked: int = 0
    links: int = 0
    rows: list[bool] = field(default_factory=list)
    cells: int = 0
    silent: int = 0

    def open(self, node: HtmlElement, tag: str) -> None:
        if tag == "tr":
            self.end_line()
            self.rows.append(_is_data_row(node))
            self.cells = 0
        elif tag in {"td", "th"}:
            self._cell()
        elif tag in _BLOCKS or tag == "br":
            self._block()
        elif tag == "a":
            self.links += 1
        if tag in _PLACES and not (self.rows and self.rows[-1] and tag != "tr"):
            self.at = node
        self.add(node.text)

    def close(self, node: HtmlElement, tag: str) -> None:
        if tag == "tr" and self.rows:
            self.rows.pop()
            self.end_line()
        elif tag in {"td", "th"}:
            if not (self.rows and self.rows[-1]):
                self.end_line()
        elif tag in _BLOCKS:
            self._block()
        elif tag == "a":
            self.links -= 1
        if node is self.at:
            self.at = next((e for e in node.iterancestors() if e.tag in _PLACES), node)

    def add(self, text: str | None) -> None:
        if text:
            if self.begun is None and not text.isspace():
                self.begun = self.at
            self.parts.append(text)
            if self.links:
                self.linked += len(text.strip())

    def _cell(self) -> None:
        if self.rows and self.rows[-1]:
            if self.cells:
                self.parts.append("\x1f")
            self.cells += 1
        else:
            self.end_line()

    def _block(self) -> None:
        if self.rows and self.rows[-1]:
            self.parts.append(" ")
        else:
            self.end_line()

    def mark(self) -> None:
        self.end_line()
        self.out.append(Line(MARK, 0))
        self.places.append(self.at)

    def end_line(self) -> None:
        cells = [clean(cell) for cell in "".join(self.parts).split("\x1f")]
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        text = "\t".join(cells)
        if text.strip():
            self.out.append(Line(text, self.linked))
            self.places.append(self.begun if self.begun is not None else self.at)
        self.parts, self.linked, self.begun = [], 0, None


def _is_data_row(row: HtmlElement) -> bool:
    """Whether a row holds data rather than the layout of a page: two cells or more, none a page in itself."""
    cells = [c for c in row if c.tag in {"td", "th"}]
    if len(cells) < 2 or next(row.iter("table"), None) is not None:
        return False
    return all(len(c) < 4 or len(clean("".join(c.itertext()))) < _LAYOUT_CELL for c in cells)
