"""Which documents carry out another: provinces after a central plan, with region, date and the words that say so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from agent.trail_view import plain
from config.region import REGIONS
from config.source import Source
from index.archive.archive import Archive

_BELOW = {"central": 0, "provincial": 1, "municipal": 2, "carrier": 3, "cloud": 3}
"""Rank of tiers: who implements stands below whom it implements, or beside."""


def implementing(archive: Archive, work: str, sources: Mapping[str, Source]) -> Iterator[dict[str, Any]]:
    """One row a document that implements the work, oldest first; of sources that are declared."""
    first = archive.documents.work(work)
    top = _rank(sources.get(first["first_source"]) if first else None)
    for row in archive.documents.implementing(work):
        source = sources.get(row["source"])
        if source is not None and _rank(source) >= top:
            yield {
                "region": source.region,
                "region_name": REGIONS.get(source.region, (source.region, source.region))[0],
                "tier": source.tier,
                "published": row["published"],
                "title": row["title"],
                "url": row["url"],
                "document": row["document"],
                "quote": row["quote"],
                "certain": row["works"] == 1,
            }


def print_implementing(archive: Archive, work: str, sources: Mapping[str, Source], *, as_json: bool) -> None:
    """Print the rows as a table, or as JSON lines."""
    rows = list(implementing(archive, work, sources))
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table("region", "tier", "published", "document", "words", box=box.SIMPLE)
    for row in rows:
        words = f"{row['quote']}{'' if row['certain'] else ' (may mean another)'}"
        table.add_row(row["region_name"], row["tier"], row["published"] or "", plain(row["title"]), plain(words))
    console = Console(highlight=False)
    console.print(table if rows else "no document of the archive says that it implements this one")


def _rank(source: Source | None) -> int:
    return _BELOW[source.tier] if source else 0
