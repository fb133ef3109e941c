"""Text of Word 97-2003 documents, which WPS writes too (.doc, .wps): the piece table of [MS-DOC] in an OLE2 container."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crawlers.files.answer import Reading, UnreadableError
from crawlers.files.lines import row

_IDENT, _OLD_IDENT = 0xA5EC, 0xA5DC
_ENCRYPTED, _TABLE1 = 0x0100, 0x0200
_FC_CLX, _FC_PAPX = 0x01A2, 0x0102  # offsets in the FIB of fcClx and fcPlcfBtePapx (lcb follows each)
_CCP_TEXT = 0x4C  # ccpText, ccpFtn, ccpHdd, ccpMcr, ccpAtn, ccpEdn, ccpTxbx, ccpHdrTxbx, 4 bytes each
_IN_TABLE = b"\x16\x24\x01"  # sprmPFInTable = 1
_ROW_END = b"\x17\x24\x01"  # sprmPFTtp = 1: this paragraph ends a table row
_ROW_ELSEWHERE = b"\x46\x66"  # sprmPHugePapx: properties too long for the page, as wide table rows have them
_SPECIAL = str.maketrans({"\x1e": "-", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\xa0": " ", "\x07": "\n"})


@dataclass(frozen=True, slots=True)
class _PieceOfText:
    start: int  # first character position
    offset: int  # in the WordDocument stream
    width: int  # bytes a character
    text: str


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    in_table: bool
    ends_row: bool


def read(main: bytes, tables: dict[str, bytes]) -> Reading:
    """The blocks of a document; `tables` holds the streams 0Table and 1Table. Raises `UnreadableError`."""
    try:
        return Reading(list(_lines(main, tables)))
    except (struct.error, IndexError) as error:
        raise UnreadableError("broken", f"the file ends too early: {error}") from error


def _lines(main: bytes, tables: dict[str, bytes]) -> Iterator[str]:
    table = _table(main, tables)
    pieces = _pieces(main, table)
    text = _without_fields("".join(piece.text for piece in pieces))
    body, notes, headers, macros, remarks, ends, boxes = (max(n, 0) for n in struct.unpack_from("<7i", main, _CCP_TEXT))
    yield from _blocks(text[:body], pieces, _runs(main, table))
    later = body + notes + headers + macros + remarks
    for part in (text[body : body + notes], text[later : later + ends + boxes]):
        yield from _plain(part).replace("\r", "\n").split("\n")


def _table(main: bytes, tables: dict[str, bytes]) -> bytes:
    ident, flags = struct.unpack_from("<H", main, 0)[0], struct.unpack_from("<H", main, 0x0A)[0]
    if ident == _OLD_IDENT or (ident == _IDENT and struct.unpack_from("<H", main, 2)[0] < 0xC1):
        raise UnreadableError("unsupported", "written by Word 95 or older")
    if ident != _IDENT:
        raise UnreadableError("broken", f"no Word document: identifier {ident:#06x}")
    if flags & _ENCRYPTED:
        raise UnreadableError("encrypted", "needs a password")
    name = "1Table" if flags & _TABLE1 else "0Table"
    if name not in tables:
        raise UnreadableError("broken", f"no stream {name}")
    return tables[name]


def _pieces(main: bytes, table: bytes) -> list[_PieceOfText]:
    """The pieces of text in reading order ([MS-DOC] 2.4.1): 8-bit Windows-1252 or UTF-16."""
    at, size = struct.unpack_from("<II", main, _FC_CLX)
    clx, i = table[at : at + size], 0
    while clx[i] == 1:  # property modifiers come first
        i += 3 + struct.unpack_from("<H", clx, i + 1)[0]
    if clx[i] != 2:
        raise UnreadableError("broken", "no piece table")
    plc = clx[i + 5 : i + 5 + struct.unpack_from("<I", clx, i + 1)[0]]
    count = (len(plc) - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", plc, 0)
    starts = (struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * n + 2)[0] for n in range(count))
    return [_piece(main, bounds[n], bounds[n + 1], fc) for n, fc in enumerate(starts)]


def _piece(main: bytes, start: int, end: int, fc: int) -> _PieceOfText:
    length = max(end - start, 0)
    if fc & 0x40000000:
        offset = (fc & 0x3FFFFFFF) // 2
        text = main[offset : offset + length].decode("cp1252", "replace")
        return _PieceOfText(start, offset, 1, text)
    raw = main[fc : fc + 2 * length]
    return _PieceOfText(start, fc, 2, raw.decode("utf-16-le", "surrogatepass"))


def _runs(main: bytes, table: bytes) -> list[_Run]:
    """What is known of the paragraphs, by their place in the WordDocument stream."""
    at, size = struct.unpack_from("<II", main, _FC_PAPX)
    plc = table[at : at + size]
    count = max((len(plc) - 4) // 8, 0)
    numbers = struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)) if count else ()
    pages = (main[512 * (number & 0x3FFFFF) :][:512] for number in numbers)
    return sorted((run for page in pages if len(page) == 512 for run in _page(page)), key=lambda run: run.start)


def _page(page: bytes) -> Iterator[_Run]:
    """The runs of one page of paragraph properties ([MS-DOC] 2.9.174, PapxFkp)."""
    count = page[511]
    bounds = struct.unpack_from(f"<{count + 1}I", page, 0) if 17 * count + 4 < 512 else ()
    for n in range(len(bounds) - 1):
        at = 2 * page[4 * (count + 1) + 13 * n]
        begin, size = (at + 1, 2 * page[at] - 1) if page[at] else (at + 2, 2 * page[at + 1])
        told = page[begin + 2 : begin + size] if at else b""
        ends = _ROW_END in told or _ROW_ELSEWHERE in told
        yield _Run(bounds[n], bounds[n + 1], ends or _IN_TABLE in told, ends)


def _blocks(text: str, pieces: list[_PieceOfText], runs: list[_Run]) -> Iterator[str]:
    """Paragraphs and table rows of the main text: a cell ends with \\x07, and so does, once more, its row."""
    cells: list[str] = []
    held = ""
    at = _finder(pieces, runs)
    for match in re.finditer(r"[^\r\x07]*[\r\x07]|[^\r\x07]+", text):
        part, mark, run = match.group().rstrip("\r\x07"), match.group()[-1], at(match.end() - 1)
        if mark == "\x07" and not held and not part and cells and (run is None or run.ends_row):
            yield row(cells)
            cells = []
        elif mark == "\x07":
            cells.append(_plain(held + part).replace("\n", " "))
            held = ""
        elif run is not None and run.in_table:
            held += part + "\n"
        else:
            yield row(cells)
            yield from _plain(held + part).split("\n")
            cells, held = [], ""
    yield row(cells)
    yield from _plain(held).split("\n")


def _finder(pieces: list[_PieceOfText], runs: list[_Run]) -> Callable[[int], _Run | None]:
    """Looks up a character position: through its piece to a place in the stream, and there its paragraph."""
    starts, offsets = [piece.start for piece in pieces], [run.start for run in runs]

    def find(position: int) -> _Run | None:
        piece = pieces[bisect_right(starts, position) - 1]
        place = piece.offset + (position - piece.start) * piece.width
        n = bisect_right(offsets, place) - 1
        return runs[n] if n >= 0 and place < runs[n].end else None

    return find


def _plain(text: str) -> str:
    return text.translate(_SPECIAL)


def _without_fields(text: str) -> str:
    """The text with the instructions of its fields (page numbers, links) blanked out; their results stay."""
    out, at = [], 0
    stack: list[bool] = []  # for each open field: whether we are still in its instruction
    for match in re.finditer("[\x13\x14\x15]", text):
        part = text[at : match.start()]
        out.append(re.sub(r"[^\r\x07]", "\x01", part) if any(stack) else part)
        at = match.start()
        if match.group() == "\x13":
            stack.append(True)
        elif stack and match.group() == "\x14":
            stack[-1] = False
        elif stack:
            stack.pop()
    return "".join([*out, text[at:]])
