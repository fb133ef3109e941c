"""`vedette sources`: what is watched and how it is doing."""

from __future__ import annotations

import json

import click

from agent.place import Place


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--all", "everything", is_flag=True, help="Also those that are not enabled, with what is missing.")
@click.pass_obj
def command(place: Place, as_json: bool, everything: bool) -> None:
    """List the sources with state, last visit and open problems."""
    from agent.place import utc_now
    from agent.watched import watched

    declared = place.declarations().sources
    with place.archive() as archive:
        rows = [row for row in watched(archive, declared.values(), utc_now()) if everything or row["enabled"]]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("source", "state", "last visit", "listed", "new", "publisher and problems", box=box.SIMPLE)
    for row in rows:
        note = "; ".join([row["title"], *row["problems"], *([row["missing"]] if row["missing"] else [])])
        counts = (str(row[name]) if row["last_visit"] else "" for name in ("listed", "new"))
        table.add_row(row["id"], row["state"], (row["last_visit"] or "")[:16], *counts, note)
    Console(highlight=False).print(table)
