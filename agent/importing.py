"""Documents from a JSON lines file into the archive, as versions under the ids they come with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from agent import jsonlines
from agent.progress import progress
from index.archive.archive import Archive
from index.cleaning import clean_text
from index.embedding import Encoder
from index.indexing import index_versions
from index.ingest import Visit, record
from index.records import Page, Reading

SOURCE = "import"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the lines."""

    new: int = 0
    amended: int = 0
    unchanged: int = 0
    bad: int = 0


def import_file(archive: Archive, encoder: Encoder, file: Path, now: datetime) -> Counts:
    """Archive and index each line; lines seen before change nothing, bad ones are told and passed over."""
    counts: Counter[str] = Counter()
    with progress("import") as shown:
        for number, line in enumerate(jsonlines.read(file, ("id", "text")), 1):
            if isinstance(line, str):
                click.echo(line, err=True)
                counts["bad"] += 1
            else:
                counts[_import_one(archive, encoder, {**line, "id": clean_text(line["id"])}, now)] += 1
                shown(str(line["id"]), number)
    return Counts(**counts)


def _import_one(archive: Archive, encoder: Encoder, line: Mapping[str, Any], now: datetime) -> str:
    url = _text(line, "url") or f"import:{line['id']}"
    body = json.dumps(line, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    page = Page(url, SOURCE, now, 200, {"content-type": "application/json"}, body, url)
    change = record(archive, page, _reading(line, url), Visit(SOURCE, "import-1", document=line["id"], news=False))
    version = archive.documents.latest(line["id"])
    if version is not None:
        index_versions(archive, encoder, [version])
    return "unchanged" if change is None else "new" if change.kind == "new" else "amended"


def _reading(line: Mapping[str, Any], url: str) -> Reading:
    return Reading(
        url=url,
        title=_text(line, "title") or "",
        text=line["text"],
        lang=_text(line, "lang") or "zh",
        published=_day(_text(line, "date")),
        issuer=_text(line, "publisher"),
    )


def _text(line: Mapping[str, Any], key: str) -> str | None:
    value = line.get(key)
    return value if isinstance(value, str) and value else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
