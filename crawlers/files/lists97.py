"""The lists of a Word 97-2003 document ([MS-DOC]): list tables, overrides, and styles that put paragraphs in lists."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from crawlers.files.counting import Level, Lists

_FC_STYLES, _FC_LISTS, _FC_OVERRIDES = 0x00A2, 0x02E2, 0x02EA  # fcStshf, fcPlfLst, fcPlfLfo in the FIB
_LIST, _DEPTH = 0x460B, 0x260A  # sprmPIlfo, sprmPIlvl
_OPERANDS = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}  # by the upper 3 bits; 6 is variable (2.2.5.1)
_MOST_LISTS = 0x07FE
_FORMATS = {  # MSONFC, [MS-OSHARED] 2.2.1.3
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 10: "ideographDigital",
    11: "japaneseCounting", 14: "decimalFullWidth", 18: "decimalEnclosedCircle", 22: "decimalZero", 23: "bullet",
    28: "decimalEnclosedCircleChinese", 35: "taiwaneseCountingThousand", 37: "chineseCounting",
    39: "chineseCountingThousand", 255: "none",
}  # fmt: skip

Properties = Mapping[int, bytes]


def properties(modifiers: bytes) -> dict[int, bytes]:
    """Property codes and their operands; a list that does not hold together ends early."""
    found, i = {}, 0
    while i + 3 <= len(modifiers):
        code = int.from_bytes(modifiers[i : i + 2], "little")
        size = _OPERANDS.get(code >> 13, modifiers[i + 2] + 1)
        if code == 0xD608:  # sprmTDefTable has two bytes of length
            size = 1 + int.from_bytes(modifiers[i + 2 : i + 4], "little")
        found[code] = modifiers[i + 2 : i + 2 + size]
        i += 2 + max(size, 1)
    return found


def lists(main: bytes, table: bytes) -> Lists:
    """The numbered lists of a document; one whose tables do not hold together has none."""
    try:
        kinds = _kinds(main, table)
        levels = _overridden(main, table, kinds)
    except (struct.error, IndexError):
        return Lists({}, {})
    return Lists(
        {key: found for key, (_, found) in levels.items()}, {key: shared for key, (shared, _) in levels.items()}
    )


def place(told: Properties, style: int, styles: Mapping[int, tuple[int, Properties]]) -> tuple[str, int] | None:
    """The list and depth of a paragraph with these properties and this style; None where it stands in no list."""
    number, depth, seen = told.get(_LIST), told.get(_DEPTH), set()
    while number is None and style in styles and style not in seen:
        seen.add(style)
        style, inherited = styles[style]
        number = inherited.get(_LIST)
        depth = depth if depth is not None else inherited.get(_DEPTH)
    which = int.from_bytes(number or b"", "little")
    return (str(which), depth[0] if depth else 0) if 0 < which <= _MOST_LISTS else None


def styles(main: bytes, table: bytes) -> dict[int, tuple[int, Properties]]:
    """For each paragraph style the style it is based on and its own properties (2.9.271, STSH)."""
    at, size = struct.unpack_from("<II", main, _FC_STYLES)
    sheet = table[at : at + size]
    found: dict[int, tuple[int, Properties]] = {}
    if len(sheet) < 6:
        return found
    head, count, fixed = struct.unpack_from("<HHH", sheet, 0)
    i = 2 + head
    for number in range(count):
        length = int.from_bytes(sheet[i : i + 2], "little")
        style = sheet[i + 2 : i + 2 + length]
        if len(style) > fixed + 4 and style[2] & 0xF == 1:
            found[number] = (int.from_bytes(style[2:4], "little") >> 4, _style(style, fixed))
        i += 2 + length + length % 2
    return found


def _style(style: bytes, fixed: int) -> dict[int, bytes]:
    name = int.from_bytes(style[fixed : fixed + 2], "little")
    at = fixed + 2 + 2 * name + 2
    size = int.from_bytes(style[at : at + 2], "little")
    return properties(style[at + 4 : at + 2 + size])


def _kinds(main: bytes, table: bytes) -> dict[int, dict[int, Level]]:
    """The lists by their identifiers (2.9.192, PlfLst): their levels follow the table of them all."""
    at, size = struct.unpack_from("<II", main, _FC_LISTS)
    if not size:
        return {}
    count, i, found = struct.unpack_from("<H", table, at)[0], at + size, {}
    for n in range(count):
        head = at + 2 + 28 * n
        levels = {}
        for depth in range(1 if table[head + 26] & 1 else 9):
            levels[depth], i = _level(table, i)
        found[struct.unpack_from("<i", table, head)[0]] = levels
    return found


def _level(table: bytes, at: int) -> tuple[Level, int]:
    """One level (2.9.150, LVL) and where the next one begins; a number's place holds the depth that it counts."""
    start, form = struct.unpack_from("<iB", table, at)
    places = set(table[at + 6 : at + 15]) - {0}
    text = at + 28 + table[at + 24] + table[at + 25]
    length = struct.unpack_from("<H", table, text)[0]
    units = struct.unpack_from(f"<{length}H", table, text + 2)
    pattern = "".join(f"%{unit + 1}" if n in places and unit < 9 else chr(unit) for n, unit in enumerate(units, 1))
    return Level(start, _FORMATS.get(form, "decimal"), pattern), text + 2 + 2 * length


def _overridden(
    main: bytes, table: bytes, kinds: dict[int, dict[int, Level]]
) -> dict[str, tuple[str, dict[int, Level]]]:
    """The lists that paragraphs name, by number from 1, with what they change of their kind (2.9.193, PlfLfo)."""
    at, size = struct.unpack_from("<II", main, _FC_OVERRIDES)
    if not size:
        return {}
    count = struct.unpack_from("<I", table, at)[0]
    i, found = at + 4 + 16 * count, {}
    for n in range(min(count, _MOST_LISTS)):
        kind, changes = struct.unpack_from("<i8xB", table, at + 4 + 16 * n)
        levels, sequence = dict(kinds.get(kind, {})), str(kind)
        i += 4
        for _ in range(changes):
            start, flags = struct.unpack_from("<iI", table, i)
            depth, i = flags & 0xF, i + 8
            if flags & 0x20:
                levels[depth], i = _level(table, i)
            elif flags & 0x10 and depth in levels:
                levels[depth] = Level(start, levels[depth].format, levels[depth].pattern)
            sequence = f"{kind}/{n}" if flags & 0x10 else sequence
        found[str(n + 1)] = (sequence, levels)
    return found
