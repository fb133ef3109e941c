"""Lines as an attachment's text has them: cleaned, table rows joined, wrapped lines of a laid-out page put together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

_CONTROLS = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufff9-\ufffc\ufffe\uffff]+"
)
_SPACES = re.compile(r"[\s\u00a0\u3000]+")
_PAGE_NUMBER = re.compile(
    r"[-—–―－·•\s第]*(?:\d{1,4}|[ivxlcⅰ-ⅻ]{1,6})(?:\s*[/／]\s*\d{1,4})?[-—–―－·•\s页]*", re.IGNORECASE
)
_MARKER = re.compile(
    r"第[一二三四五六七八九十百千零〇\d]{1,7}[编章节条款]|[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,3}(?:[、．]|\.(?!\d))|附件"
)
_ENDS = tuple("。！？；：!?;:")
_LONGEST_GAP = 20
_FULL = 12.0  # ems; a shorter line does not wrap in running text


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text on a page, in the page's own units with y growing downwards; `size` is the height of an em."""

    x: float
    y: float
    size: float
    text: str

    @property
    def right(self) -> float:
        """Where the run ends if wide characters take an em and the others half of one."""
        return self.x + self.size * em_width(self.text)


def em_width(text: str) -> float:
    """The width of a text in ems: 1 for wide and full-width characters, 0.5 for the others."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def cleaned(lines: Iterable[str]) -> Iterator[str]:
    """The lines without control characters and runs of white space; empty ones left out."""
    for raw in lines:
        for line in raw.splitlines():
            text = _SPACES.sub(" ", _CONTROLS.sub("", line)).strip()
            if text.strip("| "):
                yield text


def row(cells: Iterable[str]) -> str:
    """A table row: cells joined by ` | `, each on one line, empty ones at the end dropped, long gaps shortened."""
    texts = [_SPACES.sub(" ", _CONTROLS.sub("", cell)).strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    kept = [list(run) if text else list(run)[:_LONGEST_GAP] for text, run in groupby(texts, key=lambda t: t or None)]
    return " | ".join(cell for run in kept for cell in run)


def paragraphs(pages: Iterable[Sequence[Piece]]) -> Iterator[str]:
    """Paragraphs of laid-out pages: pieces on one baseline joined, wrapped lines and page breaks undone.

    Page numbers, and a first or last line that most pages share, are left out: they move when text is inserted.
    """
    laid = [page for page in (_lines(pieces) for pieces in pages) if page]
    shared = _running(laid)
    held: list[Piece] = []
    full = False
    for page in laid:
        body = [line for i, line in enumerate(page) if not _aside(line, i in {0, len(page) - 1}, shared)]
        left, right = _edges(body) if body else (0.0, 0.0)
        for line in body:
            if held and not (full and _continues(held, line, left)):
                yield _joined(held)
                held = []
            held.append(line)
            full = line.right >= right - 2.5 * line.size and em_width(line.text) >= _FULL
    if held:
        yield _joined(held)


def _joined(lines: Sequence[Piece]) -> str:
    texts = [line.text for line in lines]
    gaps = [_gap(before, after, 0.0) for before, after in pairwise(texts)]
    return "".join(part for pair in zip(texts, [*gaps, ""], strict=True) for part in pair)


def _lines(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces joined into lines, in the order in which the page draws them."""
    lines: list[Piece] = []
    end = 0.0
    for piece in (p for p in pieces if p.text.strip()):
        last = lines[-1] if lines else None
        if last and abs(piece.y - last.y) <= 0.4 * max(last.size, piece.size) and piece.x >= last.x:
            gap = _gap(last.text, piece.text, (piece.x - end) / max(piece.size, 0.1))
            lines[-1] = Piece(last.x, last.y, max(last.size, piece.size), last.text + gap + piece.text)
        else:
            lines.append(piece)
        end = piece.right
    return lines


def _gap(before: str, after: str, ems: float) -> str:
    """A space where two pieces are apart, or where a line broke between two words of a language that has spaces."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return ""
    wide = unicodedata.east_asian_width(before[-1]) in "WF" or unicodedata.east_asian_width(after[0]) in "WF"
    if wide:
        return " " if ems > 1.2 else ""
    return " " if ems > 0.2 or (ems == 0.0 and (before[-1].isalpha() and after[0].isalpha())) else ""


def _edges(lines: Sequence[Piece]) -> tuple[float, float]:
    """The left edge of the text block of a page (of its long lines) and its right edge."""
    right = max(line.right for line in lines)
    left = min(line.x for line in lines)
    long = [line.x for line in lines if line.right - line.x > 0.6 * (right - left)]
    return min(long, default=left), right


def _continues(held: Sequence[Piece], line: Piece, left: float) -> bool:
    """Whether a line goes on with the full one before it: flush left, of the same size, no new numbered block."""
    first, last = held[0], held[-1]
    if line.x > left + 1.2 * line.size or abs(line.size - last.size) > 0.15 * max(line.size, last.size):
        return False
    ended, hanging = last.text.rstrip().endswith(_ENDS), first.x <= left + 0.5 * first.size
    numbered = _MARKER.match(line.text.lstrip()) is not None
    return not ((ended and (numbered or hanging)) or (numbered and hanging))


def _running(pages: Sequence[Sequence[Piece]]) -> frozenset[str]:
    """First and last lines that more than half of four or more pages share; those that number pages, digits aside."""
    if len(pages) < 4:
        return frozenset()
    long = (page for page in pages if len(page) >= 3)
    counts = Counter(text for page in long for text in {_shape(page[0].text), _shape(page[-1].text)})
    return frozenset(text for text, n in counts.items() if n > len(pages) / 2)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text.strip()) if "页" in text else text.strip()


def _aside(line: Piece, at_edge: bool, shared: frozenset[str]) -> bool:
    return at_edge and (bool(_PAGE_NUMBER.fullmatch(line.text.strip())) or _shape(line.text) in shared)
