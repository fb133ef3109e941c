"""Text of OFD documents (GB/T 33190-2016): a zip of XML pages whose `TextObject`s hold `TextCode`s at fixed places."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawlers.files.answer import Limits, Reading, UnreadableError
from crawlers.files.lines import Piece, paragraphs
from crawlers.files.package import Package, local, named, resolved


def read(package: Package, limits: Limits) -> Reading:
    """The paragraphs of all documents in the file; raises `UnreadableError` (encrypted, scan, broken)."""
    root = package.xml("OFD.xml")
    if root is None:
        raise UnreadableError("broken", "no OFD.xml")
    names = [page for body in named(root, "DocRoot") for page in _pages(package, resolved("OFD.xml", body.text or ""))]
    pages = [_pieces(page) for name in names[: limits.pages] if (page := package.xml(name)) is not None]
    lines = list(paragraphs(pages))
    if not lines:
        flag = "encrypted" if _encrypted(package) else "scan"
        raise UnreadableError("encrypted" if flag == "encrypted" else "scan", f"{len(names)} pages, no text")
    cut = f"{len(names)} pages, the first {limits.pages} read" if len(names) > limits.pages else ""
    return Reading(lines, len(names), cut)


def _pages(package: Package, document: str) -> Iterator[str]:
    """The page files of a document in their order."""
    root = package.xml(document)
    tree = next(named(root, "Pages"), None) if root is not None else None
    for page in named(tree, "Page") if tree is not None else ():
        yield resolved(document, page.get("BaseLoc") or "")


def _pieces(page: etree._Element) -> list[Piece]:
    """The text of a page from top to bottom; pages are often drawn glyph by glyph in any order."""
    pieces = [piece for text in named(page, "TextObject") for piece in _codes(text)]
    pieces.sort(key=lambda p: p.y)
    ordered: list[Piece] = []
    band: list[Piece] = []
    for piece in pieces:
        if band and piece.y - band[0].y > 0.5 * max(band[0].size, piece.size):
            ordered += sorted(band, key=lambda p: p.x)
            band = []
        band.append(piece)
    return ordered + sorted(band, key=lambda p: p.x)


def _codes(text: etree._Element) -> Iterator[Piece]:
    left, top = (_floats(text.get("Boundary")) + [0.0, 0.0])[:2]
    a, b, c, d, e, f = matrix if len(matrix := _floats(text.get("CTM"))) == 6 else [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    size = (_floats(text.get("Size")) or [1.0])[0] * (abs(d) or abs(b) or 1.0)
    x = y = 0.0
    for code in (child for child in text if local(child) == "TextCode"):
        x = (_floats(code.get("X")) or [x])[0]
        y = (_floats(code.get("Y")) or [y])[0]
        yield Piece(left + a * x + c * y + e, top + b * x + d * y + f, size, "".join(code.itertext()).strip("\r\n"))


def _floats(text: str | None) -> list[float]:
    try:
        return [float(part) for part in (text or "").split()]
    except ValueError:
        return []


def _encrypted(package: Package) -> bool:
    return any(name.lower().endswith(("encryptions.xml", "encryptinfo.dat", "decryptseed.dat")) for name in package.members)
