"""`vedette once`: all stages, once."""

from __future__ import annotations

from functools import partial

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.argument("source", nargs=-1)
@click.option("--recheck", is_flag=True, help="Read every known document again, due or not.")
@click.pass_obj
def command(place: Place, source: tuple[str, ...], recheck: bool) -> None:
    """Crawl, classify, alert, digest and deliver, once; of the sources named, or of all that are enabled."""
    from agent.collect import chosen, told, within_hours
    from agent.pipeline import Pipeline
    from agent.place import utc_now

    declarations = place.declarations()
    with place.archive() as archive:
        stages = Pipeline(archive, declarations, place.settings(), utc_now)
        tell = partial(click.echo, err=True)
        sources = within_hours(chosen(declarations.sources, source), source, utc_now(), tell)
        runs = stages.crawl(sources, recheck=recheck)
        new, amended = (sum(getattr(run, name) for run in runs) for name in ("new", "amended"))
        click.echo(f"crawl: {len(runs)} sources, {new} new and {amended} amended documents")
        click.echo(f"classify: {stages.classify(stages.open_judge())} changes judged")
        click.echo(f"alert: {stages.alert()} alerts added to {archive.home / 'out/alerts.jsonl'}")
        click.echo(f"digest: {len(stages.digest())} issues made")
        counts = stages.deliver()
        click.echo(f"deliver: {counts.sent} sent, {counts.later} later, {counts.dead} given up")
        for problem in archive.health.problems():
            click.echo(told(problem), err=True)
    if counts.problems or any(run.problems for run in runs):
        raise click.exceptions.Exit(PROBLEMS)
