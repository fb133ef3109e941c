"""`vedette classify`: judge what was not judged yet."""

from __future__ import annotations

import click

from agent.place import Place


@click.command()
@click.pass_obj
def command(place: Place) -> None:
    """Tag new changes by trigger, read their facts, and put new versions into the search index."""
    from agent.classifying import classify
    from agent.judge import open_judge
    from agent.place import utc_now

    declarations = place.declarations()
    with place.archive() as archive:
        judge = open_judge(archive, declarations, place.settings())
        count = classify(archive, declarations, judge, utc_now())
    click.echo(f"{count} changes judged")
