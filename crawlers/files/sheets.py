"""Text of spreadsheets: xlsx (own reader, row by row) and xls (xlrd, BSD). One line a row, hidden sheets left out.

Values are shown as a reader sees them where that changes their meaning (dates as ISO 8601, percentages), else in full.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import xlrd
import xlrd.biffh
from lxml import etree

from crawlers.files.answer import Limits, Reading, UnreadableError
from crawlers.files.docx import main_part
from crawlers.files.lines import row
from crawlers.files.package import Package, attribute, local, named, resolved

_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # ECMA-376 part 1, 18.8.30, with zh-CN
_PERCENT_FORMATS = {9: "0%", 10: "0.00%"}
_COLUMNS = 16_384
_PLAIN_NAME = re.compile(r"(?:sheet|工作表)\s*\d*", re.IGNORECASE)


def read_xlsx(package: Package, limits: Limits) -> Reading:
    """The rows of all visible sheets of an xlsx; raises `UnreadableError`."""
    main = main_part(package)
    workbook = package.xml(main)
    if workbook is None:
        raise UnreadableError("broken", f"no part {main}")
    sheets = [s for s in named(workbook, "sheet") if s.get("state", "visible") == "visible"]
    targets = _targets(package, main)
    shared = _shared(package, resolved(main, "sharedStrings.xml"))
    formats = _formats(package, resolved(main, "styles.xml"))
    epoch = _epoch(any(e.get("date1904") in {"1", "true"} for e in named(workbook, "workbookPr")))
    found = (
        line
        for sheet in sheets
        for line in _sheet(sheet, package.plain(targets.get(attribute(sheet, "id") or "", "")), shared, formats, epoch)
    )
    return Reading(found, len(sheets))


def read_xls(content: bytes, _limits: Limits) -> Reading:
    """The rows of all visible sheets of an xls (Excel 5 to 2003, and WPS); raises `UnreadableError`."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except xlrd.biffh.XLRDError as error:
        flag = "encrypted" if "encrypted" in str(error) else "broken"
        raise UnreadableError("encrypted" if flag == "encrypted" else "broken", str(error)) from error
    sheets = [sheet for sheet in book.sheets() if sheet.visibility == 0]
    lines = (line for sheet in sheets for line in _old_sheet(book, sheet))
    return Reading(lines, len(sheets))


def shown(value: float, pattern: str, epoch: datetime) -> str:
    """A number as its format shows it: a date, a time, a percentage, or all its digits.

    >>> shown(0.05, "0.00%", datetime(1899, 12, 30))
    '5%'
    """
    if pattern == "date" and 0 <= value < 2_958_466:
        return _moment(value, epoch)
    if "%" in re.sub(r'"[^"]*"|\\.', "", pattern):
        return f"{value * 100:.10g}%"
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"


def _moment(value: float, epoch: datetime) -> str:
    """A serial day number; below 1 a time of day. Excel counts a 29 February 1900, so days before are one off."""
    moment = epoch + timedelta(seconds=round(value * 86_400))
    if value < 1:
        return f"{moment:%H:%M}" if not moment.second else f"{moment:%H:%M:%S}"
    return moment.date().isoformat() if value == int(value) else f"{moment:%Y-%m-%d %H:%M}"


def _epoch(from_1904: bool) -> datetime:
    return datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)


def _pattern(code: str) -> str:
    """A format code, or "date" where it shows one (18.8.31: letters outside quotes and brackets)."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', "", code)
    return "date" if re.search(r"[ymdhs]", bare, re.IGNORECASE) and "general" not in bare.lower() else code


def _targets(package: Package, main: str) -> dict[str, str]:
    folder, _, name = main.rpartition("/")
    relations = package.xml(f"{folder}/_rels/{name}.rels".lstrip("/"))
    every = named(relations, "Relationship") if relations is not None else ()
    return {r.get("Id") or "": resolved(main, r.get("Target") or "") for r in every}


def _shared(package: Package, name: str) -> list[str]:
    root = package.xml(name)
    return [_string(si) for si in root if local(si) == "si"] if root is not None else []


def _string(parent: etree._Element) -> str:
    """The text of a string with its runs, without the phonetic guides (rPh)."""
    runs = (child for child in parent if local(child) in {"t", "r"})
    return "".join(t.text or "" for run in runs for t in named(run, "t"))


def _formats(package: Package, name: str) -> list[str]:
    """For each cell style the format it shows numbers in."""
    root = package.xml(name)
    if root is None:
        return []
    codes = {n.get("numFmtId"): _pattern(n.get("formatCode") or "") for n in named(root, "numFmt")}
    styles = next(named(root, "cellXfs"), None)
    numbers = [x.get("numFmtId") or "0" for x in styles if local(x) == "xf"] if styles is not None else []
    return [codes.get(n) or _builtin(int(n) if n.isdigit() else 0) for n in numbers]


def _builtin(number: int) -> str:
    return "date" if number in _DATE_FORMATS else _PERCENT_FORMATS.get(number, "")


def _sheet(sheet: etree._Element, data: bytes, shared: list[str], formats: list[str], epoch: datetime) -> Iterator[str]:
    name = sheet.get("name") or ""
    if not _PLAIN_NAME.fullmatch(name):
        yield name
    rows = etree.iterparse(
        io.BytesIO(data), events=("end",), tag="{*}row", resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        for _, element in rows:
            yield row(_cells(element, shared, formats, epoch))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise UnreadableError("broken", f"{name}: {error}") from error


def _cells(element: etree._Element, shared: list[str], formats: list[str], epoch: datetime) -> list[str]:
    texts: dict[int, str] = {}
    for cell in (c for c in element if local(c) == "c"):
        column = _column(cell.get("r")) or len(texts)
        if column < _COLUMNS:
            texts[column] = _value(cell, shared, formats, epoch)
    return [texts.get(n, "") for n in range(max(texts, default=-1) + 1)]


def _column(reference: str | None) -> int:
    number = 0
    for letter in re.sub(r"[^A-Z]", "", reference or "")[:4]:
        number = 26 * number + ord(letter) - 64
    return number - 1 if number else 0


def _value(cell: etree._Element, shared: list[str], formats: list[str], epoch: datetime) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_string(child) for child in cell if local(child) == "is")
    raw = next((v.text or "" for v in cell if local(v) == "v"), "")
    if kind == "s":
        return shared[int(raw)] if raw.isdigit() and int(raw) < len(shared) else ""
    if kind == "b":
        return "TRUE" if raw == "1" else "FALSE"
    style = cell.get("s", "0")
    pattern = formats[int(style)] if style.isdigit() and int(style) < len(formats) else ""
    return _number(raw, pattern, epoch) if kind == "n" else raw


def _number(raw: str, pattern: str, epoch: datetime) -> str:
    try:
        value = float(raw)
        return shown(value, pattern, epoch)
    except (ValueError, OverflowError):  # an empty cell, or "inf" in a hand-made file
        return raw


def _old_sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Iterator[str]:
    if not _PLAIN_NAME.fullmatch(sheet.name):
        yield sheet.name
    epoch = _epoch(book.datemode == 1)
    for n in range(sheet.nrows):
        yield row(_old_value(book, cell, epoch) for cell in sheet.row(n))


def _old_value(book: xlrd.Book, cell: xlrd.sheet.Cell, epoch: datetime) -> str:
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(int(cell.value), "#ERROR"))
    if cell.ctype == xlrd.XL_CELL_DATE:
        return shown(float(cell.value), "date", epoch)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        code = book.format_map[book.xf_list[cell.xf_index or 0].format_key].format_str
        return shown(float(cell.value), code or "", epoch)
    return str(cell.value)
