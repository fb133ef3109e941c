"""`vedette alert`: from tags to the feed."""

from __future__ import annotations

import click

from agent.place import Place


@click.command()
@click.pass_obj
def command(place: Place) -> None:
    """Alert what was judged and not yet alerted, and append it to out/alerts.jsonl."""
    from agent.pipeline import Pipeline
    from agent.place import utc_now

    with place.archive() as archive:
        stages = Pipeline(archive, place.declarations(), place.settings(), utc_now)
        click.echo(f"{stages.alert()} alerts added to {archive.home / 'out/alerts.jsonl'}")
