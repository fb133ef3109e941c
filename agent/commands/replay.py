"""`vedette replay`: read the archive again with the present extractor."""

from __future__ import annotations

from collections import Counter

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.argument("document", nargs=-1)
@click.pass_obj
def command(place: Place, document: tuple[str, ...]) -> None:
    """Read stored pages again with the present extractor; differences are kept as ours and alert nobody."""
    from agent.place import utc_now
    from agent.progress import progress
    from agent.rereading import reader
    from crawlers.reading import EXTRACTOR
    from index.replay import replay
    from index.works import describe_older

    counts: Counter[str] = Counter()
    with place.archive() as archive, progress("replay") as shown:
        describe_older(archive)
        read = reader(place.declarations().sources, archive)
        for done, one in enumerate(replay(archive, read, EXTRACTOR, utc_now(), document or None), 1):
            counts[one.outcome] += 1
            shown(one.document, done)
            if one.outcome == "differs":
                click.echo(f"{one.document} reads differently: change {one.change.id if one.change else ''}")
    click.echo(", ".join(f"{counts[name]} {name}" for name in ("same", "differs", "unreadable", "done")))
    if counts["unreadable"]:
        raise click.exceptions.Exit(PROBLEMS)
