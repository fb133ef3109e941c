"""`vedette restore`: a home from a backup, checked."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def command(place: Place, source: Path) -> None:
    """Lay a backup down as the new home of --home, and verify it."""
    from agent.keeping import BackupProblem, restore
    from agent.pipeline import FEED
    from agent.verifying import verify

    home = place.settings().home
    try:
        said = restore(source, home)
    except BackupProblem as error:
        click.echo(f"vedette: {error}", err=True)
        raise click.exceptions.Exit(PROBLEMS) from error
    with place.archive() as archive:
        faults = list(verify(archive, home / FEED))
        counts = archive.documents.counts()
    for fault in faults:
        click.echo(f"{fault.where}: {fault.what}", err=True)
    click.echo(f"{home}: {counts['documents']} documents as of {said['made_at']}, {len(faults)} faults")
    if faults:
        raise click.exceptions.Exit(PROBLEMS)
