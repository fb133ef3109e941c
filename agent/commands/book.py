"""`vedette book`: prices and quotas over time."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from agent.charts import chart_file
from agent.place import PROBLEMS, Place

_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("kind", type=click.Choice(["pricing", "quota"]))
@click.option("--provider", metavar="X", help="Only this authority or source.")
@click.option("--since", type=_DAY, help="Only what began or changed on this day or later.")
@click.option("--as-of", type=_DAY, help="As the book stood on this day. [default: today]")
@click.option("--csv", "csv_file", type=_FILE, help="Write every entry here, one a row.")
@click.option("--json", "as_json_", is_flag=True, help="Everything, as JSON.")
@click.option("--chart", type=_FILE, callback=chart_file, help="Draw it here: .png or .svg.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - one parameter an option, as click wants
    place: Place,
    kind: str,
    provider: str | None,
    since: datetime | None,
    as_of: datetime | None,
    csv_file: Path | None,
    as_json_: bool,
    chart: Path | None,
) -> None:
    """Show what each provider asks or allows for each plan, what changed, and whether it is becoming boring."""
    from agent.book_chart import draw
    from agent.book_view import show
    from agent.booking import Choice, as_json, open_book, write_csv
    from agent.place import utc_now
    from index.zone import CHINA

    day = as_of.date() if as_of else utc_now().astimezone(CHINA).date()
    with place.archive() as archive:
        try:
            choice = Choice("pricing" if kind == "pricing" else "quota", provider, since and since.date(), day)
            made = open_book(archive, place.declarations(), choice)
            if csv_file:
                click.echo(f"{write_csv(made, csv_file)} entries in {csv_file}", err=True)
            if chart:
                click.echo(": ".join(filter(None, [str(chart), draw(made, chart)])), err=True)
        except ValueError as error:
            click.echo(f"vedette: {error}", err=True)
            raise click.exceptions.Exit(PROBLEMS) from error
    if as_json_:
        click.echo(json.dumps(as_json(made), ensure_ascii=False, indent=1))
    else:
        from rich.console import Console

        show(made, Console(highlight=False))
