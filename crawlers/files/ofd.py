"""Text of OFD documents (GB/T 33190-2016): a zip of XML pages whose `TextObject`s hold `TextCode`s at fixed places."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawlers.files.answer import Limits, Reading, UnreadableError, cut
from crawlers.files.lines import Piece, paragraphs
from crawlers.files.package import Package, local, named, resolved


def read(package: Package, limits: Limits) -> Reading:
    """The paragraphs of all documents in the file; raises `UnreadableError` (encrypted, broken)."""
    root = package.xml("OFD.xml")
    if root is None:
        raise UnreadableError("broken", "no OFD.xml")
    pages = [page for body in named(root, "DocRoot") for page in _pages(package, resolved("OFD.xml", body.text or ""))]
    drawn: dict[str, list[Piece]] = {}  # what each template draws: pages by the hundred share them
    lines = list(paragraphs(_ordered(_pieces(package, name, used, drawn)) for name, used in pages[: limits.pages]))
    if not lines:
        return Reading((), len(pages), "encrypted" if _encrypted(package) else "scan", f"{len(pages)} pages, no text")
    return cut(lines, len(pages), limits.pages)


def _pages(package: Package, document: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The page files of a document in order, each with the template files that it may use, by their ID."""
    root = package.xml(document)
    if root is None:
        return
    templates = {t.get("ID") or "": resolved(document, t.get("BaseLoc") or "") for t in named(root, "TemplatePage")}
    for page in (p for pages in named(root, "Pages") for p in named(pages, "Page")):
        yield resolved(document, page.get("BaseLoc") or ""), templates


def _pieces(package: Package, name: str, templates: dict[str, str], drawn: dict[str, list[Piece]]) -> list[Piece]:
    """What a page and its templates draw."""
    page = package.xml(name)
    if page is None:
        return []
    used = [templates[key] for t in named(page, "Template") if (key := t.get("TemplateID") or "") in templates]
    for template in used:
        if template not in drawn:
            root = package.xml(template)
            drawn[template] = _drawn(root) if root is not None else []
    return [*_drawn(page), *(piece for template in used for piece in drawn[template])]


def _drawn(root: etree._Element) -> list[Piece]:
    return [piece for text in named(root, "TextObject") for piece in _codes(text)]


def _ordered(pieces: list[Piece]) -> list[Piece]:
    """The text of a page from top to bottom and left to right; pages are often drawn glyph by glyph in any order."""
    ordered: list[Piece] = []
    band: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: p.y):
        if band and piece.y - band[0].y > 0.4 * max(band[0].size, piece.size):
            ordered += sorted(band, key=lambda p: p.x)
            band = []
        band.append(piece)
    return ordered + sorted(band, key=lambda p: p.x)


def _codes(text: etree._Element) -> Iterator[Piece]:
    left, top, *_ = [*_floats(text.get("Boundary")), 0.0, 0.0]
    a, b, c, d, e, f = matrix if len(matrix := _floats(text.get("CTM"))) == 6 else [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    size = (_floats(text.get("Size")) or [1.0])[0] * (abs(d) or abs(b) or 1.0)
    x = y = 0.0
    for code in (child for child in text if local(child) == "TextCode"):
        x = (_floats(code.get("X")) or [x])[0]
        y = (_floats(code.get("Y")) or [y])[0]
        yield Piece(left + a * x + c * y + e, top + b * x + d * y + f, size, (code.text or "").strip("\r\n"))


def _floats(text: str | None) -> list[float]:
    try:
        return [float(part) for part in (text or "").split()]
    except ValueError:
        return []


def _encrypted(package: Package) -> bool:
    marks = ("encryptions.xml", "encryptinfo.dat", "decryptseed.dat")
    return any(name.lower().endswith(marks) for name in package.members)
