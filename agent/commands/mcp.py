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
    import os
    from importlib.util import find_spec

    from agent import logs
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

    # to standard error: standard output belongs to the protocol
    logs.talk(os.environ)
    desk = Desk(place.declarations(), settings, utc_now)
    try:
        serve(desk).run("stdio")
    finally:
        desk.close()
