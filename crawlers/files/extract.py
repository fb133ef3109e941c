"""One file's bytes → its text: the kind is told by the content, then the parser for it is asked. Runs in the child."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable

import olefile

from crawlers.files import docx, ofd, pdf, sheets, word97
from crawlers.files.answer import FileText, Flag, Kind, Limits, Reading, UnreadableError
from crawlers.files.lines import cleaned
from crawlers.files.package import Package

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORST: tuple[Flag, ...] = ("bomb", "timeout", "too_large", "encrypted", "broken", "scan", "unsupported")
_CLUTTER = ("__MACOSX/", "Thumbs.db", ".DS_Store")

Parser = Callable[[], Reading]


def extract(content: bytes, name: str, limits: Limits) -> FileText:
    """The text of a file. What parsers are known to raise becomes a flag; other exceptions are left to the worker."""
    return _extract(content, name, limits, nested=False)


def _extract(content: bytes, name: str, limits: Limits, *, nested: bool) -> FileText:
    kind: Kind = "unknown"
    try:
        if len(content) > limits.content:
            raise UnreadableError("too_large", f"{len(content)} bytes, {limits.content} allowed")
        kind, parse = _kind(content, name, limits)
        if kind == "zip":
            return _zip(Package(content, limits, limits.members), limits, nested)
        return _text(kind, parse(), limits)
    except UnreadableError as error:
        return FileText(kind=kind, flag=error.flag, why=error.why)


def _kind(content: bytes, name: str, limits: Limits) -> tuple[Kind, Parser]:
    """The kind by content, and its parser. The name only tells WPS from Word, which share one format."""
    if content.startswith(_OLE):
        return _ole(content, name, limits)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _package(content, limits)
    if b"%PDF-" in content[:1024]:  # readers allow rubbish before the header
        return "pdf", lambda: pdf.read(content, limits)
    return "unknown", _unsupported("not one of the kinds that are read")


def _package(content: bytes, limits: Limits) -> tuple[Kind, Parser]:
    package = Package(content, limits, limits.parts)
    if "OFD.xml" in package:
        return "ofd", lambda: ofd.read(package, limits)
    if "[Content_Types].xml" in package:
        main = docx.main_part(package)
        if main.startswith("word/") or "word/document.xml" in package:
            return "docx", lambda: docx.read(package, limits)
        if main.startswith("xl/") or "xl/workbook.xml" in package:
            return "xlsx", lambda: sheets.read_xlsx(package, limits)
        return "unknown", _unsupported("an office document of another kind")
    return "zip", _unsupported("")


def _ole(content: bytes, name: str, limits: Limits) -> tuple[Kind, Parser]:
    try:
        container = olefile.OleFileIO(io.BytesIO(content))
    except (OSError, ValueError, IndexError) as error:
        raise UnreadableError("broken", f"no readable OLE2 directory: {error}") from error
    streams = {"/".join(path) for path in container.listdir()}
    if "WordDocument" in streams:
        main, *tables = (_stream(container, n) if n in streams else b"" for n in ("WordDocument", "0Table", "1Table"))
        kind: Kind = "wps" if name.lower().endswith(".wps") else "doc"
        return kind, lambda: word97.read(main, (tables[0], tables[1]))
    if "Workbook" in streams or "Book" in streams:
        return "xls", lambda: sheets.read_xls(content, limits)
    if "EncryptedPackage" in streams:
        raise UnreadableError("encrypted", "an office document that needs a password")
    return "unknown", _unsupported("an OLE2 file of another kind")


def _stream(container: olefile.OleFileIO[str], name: str) -> bytes:
    try:
        return bytes(container.openstream(name).read())
    except (OSError, ValueError, IndexError) as error:
        raise UnreadableError("broken", f"stream {name}: {error}") from error


def _unsupported(why: str) -> Parser:
    def parse() -> Reading:
        raise UnreadableError("unsupported", why)

    return parse


def _text(kind: Kind, reading: Reading, limits: Limits) -> FileText:
    text, whole = _collected(cleaned(reading.lines), limits.text)
    if whole:
        return FileText(text, kind, reading.flag, reading.count, reading.why)
    return FileText(text, kind, "too_large", reading.count, f"more than {limits.text} bytes of text")


def _collected(lines: Iterable[str], most: int) -> tuple[str, bool]:
    """Whole lines up to so many bytes of UTF-8, and whether those were all."""
    kept: list[str] = []
    size = 0
    for raw in lines:
        line = raw.encode("utf-8", "replace").decode()
        size += len(line.encode()) + 1
        if size > most:
            return "\n".join(kept), False
        kept.append(line)
    return "\n".join(kept), True


def _zip(package: Package, limits: Limits, nested: bool) -> FileText:
    """The texts of a zip's members, each under its name; a zip inside a zip is not opened."""
    if nested:
        raise UnreadableError("unsupported", "a zip inside a zip")
    names = [n for n in package.members if not n.startswith(_CLUTTER[0]) and not n.endswith(_CLUTTER[1:])]
    read = [(name, _member(package, name, limits)) for name in names]
    lines = (line for name, file in read if file.text for line in (name, *file.text.split("\n")))
    text, whole = _collected(lines, limits.text)
    flags = {file.flag for _, file in read if file.flag} | (set() if whole else {"too_large"})
    why = "; ".join(f"{name}: {file.flag}" for name, file in read if file.flag)
    flag = next((f for f in _WORST if f in flags and (f != "unsupported" or not text)), None)
    return FileText(text, "zip", flag or (None if text else "unsupported"), len(names), why)


def _member(package: Package, name: str, limits: Limits) -> FileText:
    try:
        return _extract(package.read(name), name, limits, nested=True)
    except UnreadableError as error:
        return FileText(flag=error.flag, why=error.why)
