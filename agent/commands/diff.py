"""`vedette diff`: what differs between two saved states of one document."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from agent.place import Place

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@click.option("--url", default="https://example.org/", help="Address the pages came from; completes their links.")
@click.option("--source", help="Read with the selectors of this source.")
@click.option("--json", "as_json_", is_flag=True, help="JSON even on a terminal.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a side-by-side 对照 page here.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - one parameter an option, as click wants
    place: Place, before: Path, after: Path, url: str, source: str | None, as_json_: bool, html: Path | None
) -> None:
    """Compare two HTML, JSON or text files clause by clause; JSON unless on a terminal."""
    from agent.pages import read_file
    from index.diff import as_json, diff
    from index.diff_view import side_by_side, terminal

    old, new = (read_file(place, file, url, source) for file in (before, after))
    found = diff(old, new)
    if html:
        html.write_text(side_by_side(old, new, found), encoding="utf-8")
    if as_json_ or not sys.stdout.isatty():
        click.echo(json.dumps(as_json(found, "amended" if found.changed else None), ensure_ascii=False))
    else:
        from rich.console import Console

        Console(highlight=False).print(terminal(found, new.title))
