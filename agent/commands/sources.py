"""`vedette sources`: what is watched and how it is doing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from agent.place import Place

if TYPE_CHECKING:
    from rich.table import Table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--all", "everything", is_flag=True, help="Also those that are not enabled, with what is missing.")
@click.pass_obj
def command(place: Place, as_json: bool, everything: bool) -> None:
    """List the sources with state, last visit and open problems, and what each host was asked."""
    from agent.place import utc_now
    from agent.trail_view import plain
    from agent.watched import burdens, watched

    declared = place.declarations().sources
    with place.archive() as archive:
        rows = [row for row in watched(archive, declared.values(), utc_now()) if everything or row["enabled"]]
        hosts = burdens(archive, utc_now())
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("source", "state", "last visit", "listed", "new", "publisher and problems", box=box.SIMPLE)
    for row in rows:
        hours = [f"hours {row['hours']}"] if row["hours"] else []
        note = "; ".join([row["title"], *hours, *row["problems"], *([row["missing"]] if row["missing"] else [])])
        counts = (str(row[name]) if row["last_visit"] else "" for name in ("listed", "new"))
        table.add_row(row["id"], row["state"], (row["last_visit"] or "")[:16], *counts, plain(note))
    console = Console(highlight=False)
    console.print(table)
    if hosts:
        console.print(_hosts(hosts))


def _hosts(rows: list[dict[str, Any]]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table("host", "sources", box=box.SIMPLE, title="asked of each host, robots.txt and further looks included")
    for heading in ("requests today", "MB", "in 7 days", "MB"):
        table.add_column(heading, justify="right")
    for row in rows:
        counts = (
            f"{row['requests_today']}",
            _mb(row["bytes_today"]),
            f"{row['requests_week']}",
            _mb(row["bytes_week"]),
        )
        table.add_row(row["host"], ", ".join(sorted(row["sources"])), *counts)
    return table


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f}"
