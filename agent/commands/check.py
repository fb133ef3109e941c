"""`vedette check`: validate all declarations."""

from __future__ import annotations

import click

from agent.place import USAGE, Place


@click.command()
@click.pass_obj
def command(place: Place) -> None:
    """Validate all declarations: name file, line, key and fix of each fault."""
    from config.declarations import check, load

    overlay = place.settings().config
    faults = check(overlay)
    for fault in faults:
        click.echo(str(fault))
    if faults:
        click.echo(f"{len(faults)} fault(s)")
        raise click.exceptions.Exit(USAGE)
    found = load(overlay)
    enabled = sum(source.enabled for source in found.sources.values())
    click.echo(
        f"{len(found.sources)} sources ({enabled} enabled), {len(found.triggers)} triggers, "
        f"{len(found.scenarios)} scenarios, {len(found.subscriptions)} subscriptions, "
        f"{len(found.searches)} saved searches: no fault"
    )
