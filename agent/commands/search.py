"""`vedette search`: the archive in Chinese or English, each in either language."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from agent.place import PROBLEMS, Place

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("query", nargs=-1)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="Documents to show.")
@click.option("--trigger", help="Only documents for which this trigger fired.")
@click.option("--source", help="Only documents of this source.")
@click.option("--since", type=_DAY, help="Only documents published on this day or later.")
@click.option("--before", type=_DAY, help="Only documents published before this day.")
@click.option("--lang", type=click.Choice(["zh", "zh-Hant", "en"]), help="Only documents in this language.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a hit.")
@click.option("--queries", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="JSON lines {id, query}.")
@click.option("--output", type=click.Path(path_type=Path), help="Where the hits of --queries go.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - one parameter an option, as click wants
    place: Place,
    query: tuple[str, ...],
    limit: int,
    trigger: str | None,
    source: str | None,
    since: datetime | None,
    before: datetime | None,
    lang: str | None,
    as_json: bool,
    queries: Path | None,
    output: Path | None,
) -> None:
    """Search the archive; 文号 and titles are found exactly, everything else by meaning and by words."""
    from agent.searching import batch, open_searcher, show
    from index.search import Filters

    if bool(query) == bool(queries) or bool(queries) != bool(output):
        raise click.UsageError("give a query, or --queries FILE with --output FILE")
    filters = Filters(trigger, source, since.date() if since else None, before.date() if before else None, lang)
    with place.archive() as archive:
        searcher = open_searcher(archive, place.settings())
        if queries and output:
            if batch(searcher, queries, output, limit, filters):
                raise click.exceptions.Exit(PROBLEMS)
        else:
            show(searcher.search(" ".join(query), limit, filters), as_json=as_json)
