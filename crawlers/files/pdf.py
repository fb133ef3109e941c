"""Text of PDF files with pypdf, whose decompression limits are lowered; a file without text is a scan."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import pypdf
import pypdf.generic
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

from crawlers.files.answer import Limits, Reading, UnreadableError, cut
from crawlers.files.lines import Piece, paragraphs

_STREAM = 32 << 20  # a page's drawing commands; the largest seen in a real document is under 5 MiB
_BARE = 15  # characters a page, a heading or page number on scanned pages; real pages of text have hundreds
_GLYPHS = 0.3  # share of glyph names and private characters above which a text cannot be read


def read(content: bytes, limits: Limits) -> Reading:
    """The paragraphs of a PDF; raises `UnreadableError` (encrypted, bomb, broken)."""
    pypdf.apply_configuration(_configuration())
    try:
        return _read(content, limits)
    except LimitReachedError as error:
        raise UnreadableError("bomb", str(error)) from error
    except (FileNotDecryptedError, DependencyError) as error:
        raise UnreadableError("encrypted", str(error)) from error
    except (PyPdfError, RecursionError) as error:
        raise UnreadableError("broken", f"{type(error).__name__}: {error}") from error


def _read(content: bytes, limits: Limits) -> Reading:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):  # an empty password opens files that only forbid printing
        raise UnreadableError("encrypted", "needs a password")
    count = len(reader.pages)
    pages = [_pieces(page) for page in _first(reader, min(count, limits.pages))]
    lines = list(paragraphs(pages))
    text = "".join(lines)
    if not _legible(text):
        return Reading((), count, "scan", f"{count} pages, no text that can be read")
    if len(text) < _BARE * len(pages) and _has_image(_first(reader, min(count, limits.pages))):
        return Reading(lines, count, "scan", f"{count} pages with images, {len(text)} characters")
    return cut(lines, count, limits.pages)


def _first(reader: pypdf.PdfReader, count: int) -> Iterator[pypdf.PageObject]:
    return (reader.pages[i] for i in range(count))


def _pieces(page: pypdf.PageObject) -> list[Piece]:
    """The runs of text of a page in the order in which it draws them."""
    pieces: list[Piece] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, size: float | None) -> None:
        if not text.strip():
            return
        x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
        y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        em = abs((size or 1.0) * (tm[3] or tm[1]) * (cm[3] or cm[1]))
        pieces.extend(Piece(x, -y + n * em, em or 1.0, part) for n, part in enumerate(text.strip("\n").split("\n")))

    page.extract_text(visitor_text=visit)
    if not pieces and (drawn := page.get_contents()) is not None:
        drawn.get_data()  # extract_text keeps quiet about a stream that is over a limit or broken; this raises
    return pieces


def _legible(text: str) -> bool:
    """Whether there is text and most of it characters; fonts without a Unicode table give glyph names such as /G2A."""
    bare = "".join(text.split())
    odd = sum(1 for c in bare if "\ue000" <= c <= "\uf8ff" or c == "\ufffd" or c < " ") + 4 * bare.count("/G")
    return bool(bare) and odd <= _GLYPHS * len(bare)


def _has_image(pages: Iterable[pypdf.PageObject]) -> bool:
    """Whether a page draws an image, directly or inside a form."""
    return any(_draws_image(page.get("/Resources"), 3) for page in pages)


def _draws_image(resources: pypdf.generic.PdfObject | None, depth: int) -> bool:
    objects = _dictionary(_dictionary(resources).get("/XObject"))
    drawn = [_dictionary(value) for value in objects.values()]
    if any(found.get("/Subtype") == "/Image" for found in drawn):
        return True
    return depth > 0 and any(_draws_image(found.get("/Resources"), depth - 1) for found in drawn)


def _dictionary(value: pypdf.generic.PdfObject | None) -> pypdf.generic.DictionaryObject:
    found = value.get_object() if value is not None else None
    return found if isinstance(found, pypdf.generic.DictionaryObject) else pypdf.generic.DictionaryObject()


def _configuration() -> pypdf.Configuration:
    return pypdf.Configuration(
        maximum_declared_stream_length=_STREAM,
        array_based_stream_maximum_output_length=_STREAM,
        lzw_maximum_output_length=_STREAM,
        run_length_maximum_output_length=_STREAM,
        zlib_maximum_output_length=_STREAM,
        jbig2dec_binary=None,  # no other program is started
    )
