"""Search made ready for one archive, and its answers shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from agent.jsonlines import convert
from agent.judge import encoder
from agent.trail_view import plain
from config import declarations
from config.glossary import load
from config.settings import Settings
from index.archive.archive import Archive
from index.query import Declared
from index.search import Filters, Hit, Searcher
from index.vectors import open_vectors


def open_searcher(archive: Archive, settings: Settings) -> Searcher:
    """Load the encoder and bring the vectors up to the archive's state."""
    found = declarations.load(settings.config)
    loaded = encoder(settings)
    vectors = open_vectors(settings.home / "vectors", archive.passages, loaded)
    return Searcher(archive.passages, loaded, vectors, load(), Declared(found.sources, found.triggers))


def batch(searcher: Searcher, queries: Path, output: Path, limit: int, filters: Filters) -> int:
    """Answer JSON lines {id, query} and return how many lines were bad."""

    def turn(line: Mapping[str, Any]) -> dict[str, Any]:
        hits = searcher.search(line["query"], limit, filters, fold=False)
        return {"id": line["id"], "hits": [{"doc": h.document, "score": h.score, "quote": h.quote} for h in hits]}

    return convert(queries, output, ("id", "query"), turn)


def show(hits: Sequence[Hit], *, as_json: bool) -> None:
    """Print hits, best first."""
    if as_json:
        for hit in hits:
            click.echo(json.dumps(asdict(hit), ensure_ascii=False))
        return
    console = Console(highlight=False)
    for hit in hits:
        console.print(f"[bold]{plain(hit.title)}[/bold]  {hit.published or ''} {hit.source} [dim]{hit.document}[/dim]")
        console.print(f"  {plain(hit.quote)}")
    if not hits:
        console.print("nothing found")
