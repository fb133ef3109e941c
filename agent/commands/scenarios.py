"""`vedette scenarios`: the board."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from agent.charts import chart_file
from agent.place import PROBLEMS, Place


@click.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="At the end of this day (China). [default: now]")
@click.option("--json", "as_json_", is_flag=True, help="Everything, as JSON.")
@click.option("--chart", type=click.Path(path_type=Path, dir_okay=False), callback=chart_file, help=".png or .svg.")
@click.pass_obj
def command(place: Place, as_of: datetime | None, as_json_: bool, chart: Path | None) -> None:
    """Show for each scenario how near it is, what speaks for and against it, and what would move it."""
    from agent.board_chart import draw
    from agent.board_view import show
    from agent.boarding import as_json, open_board
    from agent.place import utc_now
    from index.zone import CHINA

    now = (as_of.replace(tzinfo=CHINA) + timedelta(days=1, seconds=-1)).astimezone(UTC) if as_of else utc_now()
    with place.archive() as archive:
        made = open_board(archive, place.declarations(), now)
    if chart:
        try:
            draw(made, chart)
        except ValueError as error:
            click.echo(f"vedette: {error}", err=True)
            raise click.exceptions.Exit(PROBLEMS) from error
        click.echo(str(chart), err=True)
    if as_json_:
        click.echo(json.dumps(as_json(made), ensure_ascii=False, indent=1))
    else:
        from rich.console import Console

        show(made, Console(highlight=False))
