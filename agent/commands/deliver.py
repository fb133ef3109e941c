"""`vedette deliver`: send what waits in the ledger."""

from __future__ import annotations

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.pass_obj
def command(place: Place) -> None:
    """Try every delivery that is due once; what fails for now is tried again later."""
    from agent.place import utc_now
    from digests.delivery import deliver

    with place.archive() as archive:
        counts = deliver(archive, place.declarations(), place.settings(), utc_now())
        down = [(one, archive.told.waiting(one.route)) for one in archive.told.down()]
    if counts.busy:
        click.echo("another process is delivering; nothing was tried here")
        return
    click.echo(f"{counts.sent} sent, {counts.later} later, {counts.dead} given up")
    for problem in counts.problems:
        click.echo(problem, err=True)
    for one, waiting in down:
        when = f"down since {one.since:%Y-%m-%d %H:%M}Z, next attempt {one.until:%Y-%m-%d %H:%M}Z"
        click.echo(f"{one.route}: {when}; {waiting} wait, in order: {one.reason}", err=True)
    if counts.problems or down:
        raise click.exceptions.Exit(PROBLEMS)
