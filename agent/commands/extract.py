"""`vedette extract`: read one saved page."""

from __future__ import annotations

import json
from pathlib import Path

import click

from agent.place import Place


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", required=True, help="Address the page came from; completes its links.")
@click.option("--source", help="Read with the selectors of this source.")
@click.pass_obj
def command(place: Place, file: Path, url: str, source: str | None) -> None:
    """Print what is read on one saved page, as JSON: `items` for lists, `text` for documents."""
    from agent.pages import read_file
    from crawlers.reading import as_json

    click.echo(json.dumps(as_json(read_file(place, file, url, source)), ensure_ascii=False))
