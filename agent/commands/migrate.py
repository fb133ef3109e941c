"""`vedette migrate`: the archive moves to a PostgreSQL server."""

from __future__ import annotations

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.option("--to", "url", required=True, metavar="URL", help="postgresql://USER:PASSWORD@HOST/DATABASE, empty.")
@click.pass_obj
def command(place: Place, url: str) -> None:
    """Copy the archive of --home to an empty PostgreSQL database, check it, and say how to go on there.

    Everything is moved, or nothing. Stop `vedette run` first; the home is left as it is and stays the place of digests
    and the model.
    """
    from agent.lock import Held, held
    from config.settings import read
    from index.archive.store import needs_postgres

    settings = read(home=place.home, config=place.config, database_url=url)
    if not (settings.home / "archive.db").exists():
        raise click.UsageError(f"{settings.home} holds no archive.db to move")
    with needs_postgres():
        from index.archive.moving import move
    try:
        with held(settings.home / "agent.lock"):
            moved = move(settings.home, url, lambda part: click.echo(f"moving {part}", err=True))
    except Held as error:
        click.echo(f"vedette: {error}", err=True)
        raise click.exceptions.Exit(PROBLEMS) from error
    click.echo(
        f"{moved.rows} rows and {moved.blobs} blobs moved and checked; log of {moved.log_size} entries, root"
        f" {moved.log_root}\nFrom now on set VEDETTE_DATABASE_URL; {settings.home / 'archive.db'} is left as it was."
    )
