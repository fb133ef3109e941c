"""`vedette mcp`: the archive for assistants."""

from __future__ import annotations

import click

from agent.place import PROBLEMS, USAGE, Place


@click.command()
@click.pass_obj
def command(place: Place) -> None:
    """Serve the archive to an assistant over stdio (Model Context Protocol); see docs/api.md.

    Tools: search, get_document, list_changes, list_alerts. They only read. Needs the extra `vedette[mcp]`.
    """
    import logging
    from importlib.util import find_spec

    from agent.place import is_archived, utc_now

    if find_spec("mcp") is None:
        click.echo("vedette: the package mcp is not installed; run `pip install 'vedette[mcp]'`", err=True)
        raise click.exceptions.Exit(USAGE)
    settings = place.settings()
    if not is_archived(settings):
        click.echo(f"vedette: no archive in {settings.home}; give its folder with --home", err=True)
        raise click.exceptions.Exit(PROBLEMS)
    from agent.api.desk import Desk
    from agent.mcp.server import serve

    # standard output belongs to the protocol
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("vedette").setLevel(logging.INFO)
    desk = Desk(place.declarations(), settings, utc_now)
    try:
        serve(desk).run("stdio")
    finally:
        desk.close()
