"""Text of Word 97-2003 documents, which WPS writes too (.doc, .wps): the piece table of [MS-DOC]."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crawlers.files.answer import Reading, UnreadableError
from crawlers.files.counting import Lists
from crawlers.files.lines import row
from crawlers.files.lists97 import Properties, lists, place, properties, styles

_IDENT, _OLD_IDENT = 0xA5EC, 0xA5DC
_ENCRYPTED, _TABLE1 = 0x0100, 0x0200
_FC_CLX, _FC_PAPX = 0x01A2, 0x0102  # offsets in the FIB of fcClx and fcPlcfBtePapx (lcb follows each)
_CCP_TEXT = 0x4C  # ccpText, ccpFtn, ccpHdd, ccpMcr, ccpAtn, ccpEdn, ccpTxbx, ccpHdrTxbx, 4 bytes each
_FC_CHPX = 0x00FA  # fcPlcfBteChpx
_IN_TABLE, _ROW_END = 0x2416, 0x2417  # sprmPFInTable, sprmPFTtp: the paragraph stands in a table, ends a table row
_ROW_ELSEWHERE = 0x6646  # sprmPHugePapx: properties too long for the page, as wide table rows have them
_DELETED, _HIDDEN = 0x0800, 0x083C  # sprmCFRMarkDel, sprmCFVanish
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
    place: tuple[str, int] | None  # the list and depth of a numbered paragraph


def read(main: bytes, tables: tuple[bytes, bytes]) -> Reading:
    """The blocks of a document; `tables`: the streams 0Table and 1Table, empty where missing.

    Raises `UnreadableError` (encrypted, unsupported, broken).
    """
    try:
        return Reading(list(_lines(main, tables)))
    except (struct.error, IndexError) as error:
        raise UnreadableError("broken", f"the file ends too early: {error}") from error


def _lines(main: bytes, tables: tuple[bytes, bytes]) -> Iterator[str]:
    table = _table(main, tables)
    pieces, unseen = _pieces(main, table), _unseen(main, table)
    text = _without_fields("".join(_seen(piece, unseen) for piece in pieces))
    body, notes, headers, macros, remarks, ends, boxes = (max(n, 0) for n in struct.unpack_from("<7i", main, _CCP_TEXT))
    yield from _blocks(text[:body], _finder(pieces, _runs(main, table)), lists(main, table))
    later = body + notes + headers + macros + remarks
    for part in (text[body : body + notes], text[later : later + ends + boxes]):
        yield from _plain(part).replace("\r", "\n").split("\n")


def _table(main: bytes, tables: tuple[bytes, bytes]) -> bytes:
    ident, flags = struct.unpack_from("<H", main, 0)[0], struct.unpack_from("<H", main, 0x0A)[0]
    if ident == _OLD_IDENT or (ident == _IDENT and struct.unpack_from("<H", main, 2)[0] < 0xC1):
        raise UnreadableError("unsupported", "written by Word 95 or older")
    if ident != _IDENT:
        raise UnreadableError("broken", f"no Word document: identifier {ident:#06x}")
    if flags & _ENCRYPTED:
        raise UnreadableError("encrypted", "needs a password")
    table = tables[1 if flags & _TABLE1 else 0]
    if not table:
        raise UnreadableError("broken", "no table stream")
    return table


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
    units = struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
    return _PieceOfText(start, fc, 2, "".join(map(chr, units)))  # positions count UTF-16 units: pairs stay apart here


def _seen(piece: _PieceOfText, unseen: list[tuple[int, int]]) -> str:
    """The text of a piece with unseen characters blanked out; marks of paragraphs and cells stay."""
    parts, at = [], 0
    for start, end in unseen[max(bisect_right(unseen, (piece.offset,)) - 1, 0) :]:
        first = max((start - piece.offset) // piece.width, at)
        last = (end - piece.offset) // piece.width
        if first >= len(piece.text):
            break
        if last > first:
            parts += [piece.text[at:first], _blank(piece.text[first:last])]
            at = last
    return "".join([*parts, piece.text[at:]])


def _blank(text: str) -> str:
    return re.sub(r"[^\r\x07\x13-\x15]", "\x01", text)


def _runs(main: bytes, table: bytes) -> list[_Run]:
    """What is known of the paragraphs, by their place in the WordDocument stream ([MS-DOC] 2.9.174, PapxFkp)."""
    runs, known = [], styles(main, table)
    for start, end, page, entry in _entries(main, table, _FC_PAPX, 13):
        begin, size = (entry + 1, 2 * page[entry] - 1) if page[entry] else (entry + 2, 2 * page[entry + 1])
        told = properties(page[begin + 2 : begin + size]) if entry else {}
        style = int.from_bytes(page[begin : begin + 2], "little") if entry else 0
        ends = _on(told, _ROW_END) or _ROW_ELSEWHERE in told
        runs.append(_Run(start, end, ends or _on(told, _IN_TABLE), ends, place(told, style, known)))
    return sorted(runs, key=lambda run: run.start)


def _unseen(main: bytes, table: bytes) -> list[tuple[int, int]]:
    """Places in the stream whose characters are deleted by a tracked change, or hidden ([MS-DOC] 2.9.33, ChpxFkp)."""
    found = []
    for start, end, page, entry in _entries(main, table, _FC_CHPX, 1):
        told = properties(page[entry + 1 : entry + 1 + page[entry]]) if entry else {}
        if _on(told, _DELETED) or _on(told, _HIDDEN):
            found.append((start, end))
    return sorted(found)


def _on(told: Properties, code: int) -> bool:
    return told.get(code, b"\0")[:1] not in {b"", b"\0"}


def _entries(main: bytes, table: bytes, fib: int, width: int) -> Iterator[tuple[int, int, bytes, int]]:
    """Runs of formatted text: start, end, the 512-byte page that describes them, and where on it (0: nowhere)."""
    at, size = struct.unpack_from("<II", main, fib)
    plc = table[at : at + size]
    count = max((len(plc) - 4) // 8, 0)
    numbers = struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)) if count else ()
    for page in (main[512 * (number & 0x3FFFFF) :][:512] for number in numbers):
        runs = page[511] if len(page) == 512 else 0
        bounds = struct.unpack_from(f"<{runs + 1}I", page, 0) if (4 + width) * runs + 4 < 512 else ()
        for n in range(len(bounds) - 1):
            yield bounds[n], bounds[n + 1], page, 2 * page[4 * (runs + 1) + width * n]


def _blocks(text: str, at: Callable[[int], _Run | None], numbered: Lists) -> Iterator[str]:
    """Paragraphs and table rows of the main text: a cell ends with the mark U+0007, its row with one more."""
    cells: list[str] = []
    held = ""
    for match in re.finditer(r"[^\r\x07]*[\r\x07]|[^\r\x07]+", text):
        part, mark, run = match.group().rstrip("\r\x07"), match.group()[-1], at(match.end() - 1)
        label = numbered.label(*run.place) if run is not None and run.place is not None else ""
        part = label + part if _plain(part).strip() else part  # empty paragraphs are counted too
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
    """The text with Word's special characters replaced and surrogate pairs joined."""
    return text.translate(_SPECIAL).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _without_fields(text: str) -> str:
    """The text with the instructions of its fields (page numbers, links) blanked out; their results stay."""
    out, at = [], 0
    stack: list[bool] = []  # for each open field: whether we are still in its instruction
    for match in re.finditer("[\x13\x14\x15]", text):
        part = text[at : match.start()]
        out.append(_blank(part) if any(stack) else part)
        at = match.start()
        if match.group() == "\x13":
            stack.append(True)
        elif stack and match.group() == "\x14":
            stack[-1] = False
        elif stack:
            stack.pop()
    return "".join([*out, text[at:]])
