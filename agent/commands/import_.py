"""`vedette import`: documents from elsewhere into the archive."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import PROBLEMS, Place


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def command(place: Place, file: Path) -> None:
    """Archive and index JSON lines {id, title, text, lang?, date?, publisher?, url?}; they are never alerted."""
    from agent.importing import import_file
    from agent.judge import encoder
    from agent.place import utc_now

    with place.archive() as archive:
        counts = import_file(archive, encoder(place.settings()), file, utc_now())
    click.echo(f"{counts.new} new, {counts.amended} amended, {counts.unchanged} unchanged, {counts.bad} bad lines")
    if counts.bad:
        raise click.exceptions.Exit(PROBLEMS)
