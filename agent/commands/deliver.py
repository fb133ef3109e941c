"""`vedette deliver`: send what waits in the ledger."""

from __future__ import annotations

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.pass_obj
def command(place: Place) -> None:
    """Try every delivery that is due once; what fails for now is tried again later."""
    from agent.place import utc_now
    from digests.delivery import deliver, waiting

    with place.archive() as archive:
        counts = deliver(archive, place.declarations(), place.settings(), utc_now())
        down = waiting(archive)
    if counts.busy:
        click.echo("another process is delivering; nothing was tried here")
        return
    click.echo(f"{counts.sent} sent, {counts.later} later, {counts.dead} given up")
    for problem in counts.problems:
        click.echo(problem, err=True)
    for one in down:
        click.echo(one, err=True)
    if counts.problems or down:
        raise click.exceptions.Exit(PROBLEMS)
