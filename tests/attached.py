"""Files as sites attach them, made byte by byte: PDF, OLE2 with a Word 97 document, OFD, zip with GBK names."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence

Paragraph = str | list[str]  # a paragraph, or the cells of a table row


def pdf(pages: Sequence[bytes], resources: bytes = b"", extra: Sequence[bytes] = (), packed: bool = False) -> bytes:
    """A PDF whose pages have these drawing commands; objects 1 and 2 are catalog and page tree, `extra` starts at 3."""
    first = 3 + len(extra)
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(len(pages)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)), *extra]
    for n, content in enumerate(pages):
        box = b"/MediaBox[0 0 595 842]/Resources<<%s>>/Contents %d 0 R" % (resources, first + 2 * n + 1)
        objects += [b"<</Type/Page/Parent 2 0 R%s>>" % box, stream(content, packed)]
    return _pdf_file(objects)


def stream(data: bytes, packed: bool = False, entries: bytes = b"") -> bytes:
    """A stream object, deflated where asked."""
    body = zlib.compress(data) if packed else data
    how = b"/Filter/FlateDecode" if packed else b""
    return b"<</Length %d%s%s>>stream\n%s\nendstream" % (len(body), how, entries, body)


def chinese_pdf(pages: Sequence[Sequence[tuple[float, float, str]]], size: int = 16) -> bytes:
    """A PDF of (x, y, text) runs in a CID font with a ToUnicode table, as Word and WPS write it."""
    used = sorted({char for page in pages for _, _, text in page for char in text})
    codes = b"".join(b"<%04X> <%04X>\n" % (ord(c), ord(c)) for c in used)
    table = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n%d beginbfchar\n%sendbfchar\nendcmap end end"
    ) % (len(used), codes)
    extra = [
        b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/DW 1000"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
        stream(table, packed=True),
    ]
    drawn = [b"".join(_run(size, *run) for run in page) for page in pages]
    return pdf(drawn, b"/Font<</F1 3 0 R>>", extra, packed=True)


def _run(size: int, x: float, y: float, text: str) -> bytes:
    return b"BT /F1 %d Tf 1 0 0 1 %.1f %.1f Tm <%s> Tj ET\n" % (size, x, y, text.encode("utf-16-be").hex().encode())


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return out.getvalue()


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE2 compound file; each stream is filled up to 4,096 bytes, so that no short-sector table is needed."""
    bodies = [data.ljust(4096, b"\0") for data in streams.values()]
    bodies = [data + b"\0" * (-len(data) % 512) for data in bodies]
    chains: list[int] = [0xFFFFFFFD, 0xFFFFFFFE]  # sector 0 is the FAT, sector 1 the directory
    starts = []
    for data in bodies:
        starts.append(len(chains))
        count = len(data) // 512
        chains += [len(chains) + n + 1 for n in range(count - 1)] + [0xFFFFFFFE]
    fat = struct.pack("<128I", *chains, *[0xFFFFFFFF] * (128 - len(chains)))
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFF, 0xFFFFFFFE, 0)
    for n, (name, data) in enumerate(zip(streams, bodies, strict=True)):
        right = n + 2 if n + 1 < len(bodies) else 0xFFFFFFFF
        directory += _entry(name, 2, 0xFFFFFFFF, right, starts[n], len(data))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    return head + b"\xff" * (512 - len(head)) + fat + directory.ljust(512, b"\0") + b"".join(bodies)


def _entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<IIII", 0xFFFFFFFF, right, child if kind == 5 else 0xFFFFFFFF, 0)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB", len(raw), kind, 1)
        + links
        + b"\0" * 32
        + struct.pack("<IQ", start, size)
    )


def word97(blocks: Iterable[Paragraph], *, flags: int = 0, notes: str = "", deleted: str = "") -> bytes:
    """A .doc with UTF-16 text, as WPS writes it: paragraphs and table rows; `deleted` is a tracked deletion.

    A paragraph that begins with `#0` or `#1` stands at that depth of an automatically numbered list.
    """
    text, runs = "", []
    for block in blocks:
        parts = [f"{cell}\x07" for cell in block] + ["\x07"] if isinstance(block, list) else [f"{block}\r"]
        for n, part in enumerate(parts):
            depth = int(part[1]) if part[0] == "#" else None
            text += part if depth is None else part[2:]
            runs.append((_units(text), isinstance(block, list), isinstance(block, list) and n == len(parts) - 1, depth))
    body = text.encode("utf-16-le")
    whole = body + notes.encode("utf-16-le")
    main = bytearray(0x400) + whole
    main += b"\0" * (-len(main) % 512)
    papx_page = len(main) // 512
    main += _paragraph_page(0x400, runs)
    chpx_page = len(main) // 512
    main += _character_page(0x400, text, deleted)
    clx = b"\x02" + struct.pack("<I", 16) + struct.pack("<II", 0, len(whole) // 2) + struct.pack("<HIH", 0, 0x400, 0)
    bounds = struct.pack("<II", 0x400, 0x400 + len(body))
    table = clx + bounds + struct.pack("<I", papx_page) + bounds + struct.pack("<I", chpx_page)
    struct.pack_into("<II", main, 0x02E2, len(table), 30)
    table += struct.pack("<H", 1) + struct.pack("<i", 7).ljust(28, b"\0") + _list_level(39, "第\0条", 2)
    table += b"".join(_list_level(37, "（\1）", 2) for _ in range(8))
    struct.pack_into("<II", main, 0x02EA, len(table), 20)
    table += struct.pack("<Ii12xI", 1, 7, 0xFFFFFFFF)
    struct.pack_into("<HHHHHH", main, 0, 0xA5EC, 0xC1, 0, 0x804, 0, 0x0200 | flags)
    struct.pack_into("<ii", main, 0x4C, _units(text), _units(notes))
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    struct.pack_into("<II", main, 0x0102, len(clx), 12)
    struct.pack_into("<II", main, 0x00FA, len(clx) + 12, 12)
    return ole({"WordDocument": bytes(main), "1Table": table})


def _list_level(form: int, text: str, place: int) -> bytes:
    """A level that starts at 1 and has its number at this character of its text, from 1."""
    head = struct.pack("<iBB9s13x", 1, form, 0, bytes([place]))
    return head + struct.pack("<H", len(text)) + text.encode("utf-16-le")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _paragraph_page(base: int, runs: Sequence[tuple[int, bool, bool, int | None]]) -> bytes:
    page = bytearray(512)
    struct.pack_into(f"<{len(runs) + 1}I", page, 0, base, *(base + 2 * run[0] for run in runs))
    kinds = {
        (False, False): (480, b"\x02\0\0\0"),  # a length in words less a byte, style, padding
        (True, False): (486, b"\x03\0\0\x16\x24\x01"),
        (True, True): (494, b"\x05\0\0\x16\x24\x01\x17\x24\x01\0"),
    }
    listed = {depth: (440 + 16 * depth, b"\x05\0\0\x0b\x46\x01\0\x0a\x26" + bytes([depth])) for depth in (0, 1)}
    for place, body in (*kinds.values(), *listed.values()):
        page[place : place + len(body)] = body
    for n, (_, inside, ends, depth) in enumerate(runs):
        page[4 * (len(runs) + 1) + 13 * n] = (kinds[inside, ends] if depth is None else listed[depth])[0] // 2
    page[511] = len(runs)
    return bytes(page)


def _character_page(base: int, text: str, deleted: str) -> bytes:
    page = bytearray(512)
    start = _units(text[: text.index(deleted)])
    bounds = (0, start, start + _units(deleted), _units(text))
    struct.pack_into("<4I", page, 0, *(base + 2 * n for n in bounds))
    page[16:19] = bytes((0, 200, 0))  # the second run's properties stand at byte 400
    page[400:404] = b"\x03\x00\x08\x01"
    page[511] = 3
    return bytes(page)


def packed(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def gbk_packed(members: dict[str, bytes]) -> bytes:
    """A zip as Chinese Windows writes it: names in GBK and no flag that says so."""
    raw = {name.encode("gbk"): data for name, data in members.items()}
    plain = packed({chr(65 + n) * len(name): data for n, (name, data) in enumerate(raw.items())}, zipfile.ZIP_STORED)
    for n, name in enumerate(raw):
        plain = plain.replace(b"\0" + bytes([65 + n]) * len(name), b"\0" + name)
    return plain


def ofd(pages: Sequence[Sequence[tuple[float, float, str]]], extra: dict[str, bytes | str] | None = None) -> bytes:
    """An OFD of (x, y, text) runs in millimetres, one `TextObject` each."""
    names = "".join(f'<o:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    space = 'xmlns:o="http://www.ofdspec.org/2016"'
    members: dict[str, bytes | str] = {
        "OFD.xml": f"<o:OFD {space}><o:DocBody><o:DocRoot>Doc_0/Document.xml</o:DocRoot></o:DocBody></o:OFD>",
        "Doc_0/Document.xml": f"<o:Document {space}><o:Pages>{names}</o:Pages></o:Document>",
    }
    for n, page in enumerate(pages):
        runs = "".join(
            f'<o:TextObject Boundary="{x} {y} 150 6" Size="5"><o:TextCode Y="4">{text}</o:TextCode></o:TextObject>'
            for x, y, text in page
        )
        content = f"<o:Page {space}><o:Content><o:Layer>{runs}</o:Layer></o:Content></o:Page>"
        members[f"Doc_0/Pages/Page_{n}/Content.xml"] = content
    return packed({**members, **(extra or {})})
