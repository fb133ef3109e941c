"""Reads saved pages for the commands `extract` and `diff`."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import Place
from crawlers.reading import Selectors, read, read_json, selectors_of
from index.records import Reading


def read_file(place: Place, file: Path, url: str, source: str | None) -> Reading:
    """Read an HTML, JSON or plain text file, with the selectors of a source where one is named.

    Raises UsageError for an unknown source.
    """
    body = file.read_bytes()
    if file.suffix == ".txt":
        return Reading(url=url, text=body.decode("utf-8", "replace"))
    selectors = _selectors(place, source) if source else None
    if file.suffix == ".json" or body[:1] in {b"{", b"["}:
        return read_json(body, url, selectors=selectors or Selectors())
    return read(body, url, selectors=selectors)


def _selectors(place: Place, source: str) -> Selectors:
    sources = place.declarations().sources
    if source not in sources:
        raise click.UsageError(f"no source {source!r}; `vedette sources` lists them")
    return selectors_of(sources[source])
