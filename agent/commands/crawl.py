"""`vedette crawl`: collect now."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.argument("source", nargs=-1)
@click.option("--recheck", is_flag=True, help="Read every known document again, due or not.")
@click.option("--events", type=click.Path(path_type=Path), help="Append one JSON object per event to this file.")
@click.pass_obj
def command(place: Place, source: tuple[str, ...], recheck: bool, events: Path | None) -> None:
    """Collect from the sources named, or from all that are enabled."""
    from agent.collect import Collecting, chosen, collect, within_hours
    from agent.place import utc_now

    declared = place.declarations().sources
    with place.archive() as archive:
        how = Collecting(place.settings(), clock=utc_now, recheck=recheck, events=events)
        sources = within_hours(chosen(declared, source), source, utc_now(), partial(click.echo, err=True))
        runs = collect(archive, sources, how)
        for run in runs:
            counts = f"{run.requests} requests, {run.listed} listed, {run.new} new, {run.amended} amended"
            click.echo(f"{run.source:<24} {counts}, {run.problems} problems")
        for problem in archive.health.problems():
            click.echo(f"problem  {problem.source}: {problem.kind}: {problem.message}", err=True)
    if any(run.problems for run in runs):
        raise click.exceptions.Exit(PROBLEMS)
