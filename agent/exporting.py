"""The archive as files that other programs read: JSON lines, CSV, an OPML list of what is watched.

The same archive gives the same bytes. Rows are written as they are read, so memory stays flat.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from config.source import Source
from index.archive.archive import Archive
from index.archive.exports import TABLES, Chosen

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""What a spreadsheet may take for the start of a formula (OWASP, CSV Injection), and the mark that is put before it."""

Row = Mapping[str, Any]


def as_jsonl(archive: Archive, folder: Path, chosen: Chosen) -> Iterator[Path]:
    """Write `documents.jsonl`, `versions.jsonl` … and yield each path when it is written."""
    for table in TABLES:
        yield _written(folder / f"{table}.jsonl", (dumped(row) + "\n" for row in archive.exports.rows(table, chosen)))


def as_csv(archive: Archive, folder: Path, chosen: Chosen) -> Iterator[Path]:
    """As `as_jsonl`, in CSV (RFC 4180) that opens in spreadsheets: UTF-8 with a mark, no cell that starts a formula."""
    for table in TABLES:
        yield _written(folder / f"{table}.csv", chain(["\ufeff"], _csv_lines(archive.exports.rows(table, chosen))))


def as_opml(sources: Iterable[Source], path: Path) -> Path:
    """Write OPML 2.0 of sources, grouped by who publishes: feeds as `rss`, pages to look at as `link`."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "Vedette: sources"
    body = ElementTree.SubElement(root, "body")
    groups: dict[str, ElementTree.Element] = {}
    for source in sorted(sources, key=lambda one: (one.tier, one.authority, one.id)):
        if source.authority not in groups:
            groups[source.authority] = ElementTree.SubElement(body, "outline", text=source.authority)
        for outline in _outlines(source):
            ElementTree.SubElement(groups[source.authority], "outline", outline)
    ElementTree.indent(root)
    path.write_bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    return path


def _outlines(source: Source) -> Iterator[dict[str, str]]:
    about = {"text": source.title, "title": source.title, "category": f"/{source.tier}/{source.region}"}
    for url in source.urls:
        kind = {"type": "rss", "xmlUrl": url} if source.kind == "feed" else {"type": "link", "url": url}
        yield about | kind | {"language": source.language}


def dumped(value: object) -> str:
    """JSON text on one line, Chinese kept readable, with no half of a surrogate pair."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")


def cell(value: object) -> object:
    """A value as a CSV cell: numbers as they are, nested values as JSON, text that may start a formula after a `'`."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Mapping | list):
        value = dumped(value)
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode("utf-8")
        return f"'{text}" if text.startswith(RISKY) else text
    return value


def _csv_lines(rows: Iterator[Row]) -> Iterator[str]:
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(row)
        writer.writerow([cell(value) for value in row.values()])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _written(path: Path, lines: Iterable[str]) -> Path:
    """Write beside the place and rename: a file is whole or as it was."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    beside.replace(path)
    return path
