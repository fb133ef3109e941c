"""`vedette crawl`: collect now."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.place import PROBLEMS, Place

if TYPE_CHECKING:
    from index.records import Run


@click.command()
@click.argument("source", nargs=-1)
@click.option("--recheck", is_flag=True, help="Read every known document again, due or not.")
@click.option("--events", type=click.Path(path_type=Path), help="Append one JSON object per event to this file.")
@click.pass_obj
def command(place: Place, source: tuple[str, ...], recheck: bool, events: Path | None) -> None:
    """Collect from the sources named, or from all that are enabled."""
    from agent.collect import Collecting, chosen, collect, told, within_hours
    from agent.place import utc_now

    declared = place.declarations().sources
    with place.archive() as archive:
        how = Collecting(place.settings(), clock=utc_now, recheck=recheck, events=events)
        sources = within_hours(chosen(declared, source), source, utc_now(), partial(click.echo, err=True))
        runs = collect(archive, sources, how)
        for run in runs:
            click.echo(f"{run.source:<24} {_line(run)}")
        read = {run.source for run in runs}
        for problem in archive.health.problems():
            if problem.source in read:
                click.echo(told(problem), err=True)
    if any(run.problems for run in runs):
        raise click.exceptions.Exit(PROBLEMS)


def _line(run: Run) -> str:
    counts = f"{run.listed} listed, {run.new} new, {run.amended} amended, {run.unchanged} unchanged"
    asked = f"{run.requests} requests, {run.bytes / 1_000_000:.1f} MB"
    return f"{counts}; {asked}; {run.problems or 'no'} problem{'s' if run.problems != 1 else ''}"
