"""`vedette backup`: the whole home as one file."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(place: Place, target: Path) -> None:
    """Write archive, bytes, feed and digests to one tar file; the agent may run meanwhile."""
    from agent.keeping import BackupProblem, backup
    from agent.place import utc_now

    with place.archive() as archive:
        try:
            count = backup(archive, target, utc_now())
        except BackupProblem as error:
            click.echo(f"vedette: {error}", err=True)
            raise click.exceptions.Exit(PROBLEMS) from error
    click.echo(
        f"{target}: archive and {count} snapshots, {target.stat().st_size:,} bytes; `vedette restore` lays it down"
    )
