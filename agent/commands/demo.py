"""`vedette demo`: the whole job on the built-in replica."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import USAGE, Place


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="Where the demo keeps its data. [default: ./demo]")
@click.pass_obj
def command(place: Place, home: Path | None) -> None:
    """Play April to June 2026 on a replica of sixteen sources: crawl, diff, tag, alert, digest; no network needed."""
    from agent.demo import NotADemo, demo
    from agent.demo_view import Story

    folder = home or place.home or Path("demo")
    story = Story(folder)
    try:
        story.begin()
        for seen in demo(folder):
            story.tell(seen)
    except NotADemo as error:
        click.echo(f"vedette: {error}", err=True)
        raise click.exceptions.Exit(USAGE) from error
    story.end()
