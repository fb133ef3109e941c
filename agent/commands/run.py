"""`vedette run`: watch, day and night."""

from __future__ import annotations

import click

from agent.place import PROBLEMS, Place, is_archived


@click.command()
@click.argument("source", nargs=-1)
@click.option("--only-serve", is_flag=True, help="Serve pages and API of what is archived; visit and send nothing.")
@click.pass_obj
def command(place: Place, source: tuple[str, ...], only_serve: bool) -> None:
    """Visit every source when it is due, and classify, alert and tell what comes in, until SIGTERM or Ctrl-C.

    The analyst's pages and the API are served at VEDETTE_LISTEN, http://127.0.0.1:8787/ unless set; see docs/desk.md.
    """
    if only_serve:
        _only_serve(place, source)
        return
    import os

    from agent import logs
    from agent.api.serving import Api, CannotListen
    from agent.collect import chosen
    from agent.lock import Held
    from agent.pipeline import Pipeline
    from agent.place import open_archive, utc_now
    from agent.running import LOOP_WAIT_MS, Agent

    logs.talk(os.environ)
    declarations, settings = place.declarations(), place.settings()
    sources = tuple(chosen(declarations.sources, source))
    with open_archive(settings, LOOP_WAIT_MS) as archive:
        stages = Pipeline(archive, declarations, settings, utc_now)
        try:
            Agent(stages, sources, Api(declarations, settings, utc_now)).run()
        except (Held, CannotListen) as error:
            logs.fault(f"{error}", os.environ)
            raise click.exceptions.Exit(PROBLEMS) from error


def _only_serve(place: Place, source: tuple[str, ...]) -> None:
    from agent.api.serving import CannotListen
    from agent.showing import exhibit, show

    if source:
        raise click.UsageError("--only-serve visits no source: leave the names out")
    settings = place.settings()
    if not is_archived(settings):
        raise click.UsageError(
            f"{settings.home} holds no archive to show; name one with --home, or make one: vedette demo"
        )
    try:
        show(exhibit(place.declarations(), settings), click.echo)
    except CannotListen as error:
        click.echo(f"vedette: {error}", err=True)
        raise click.exceptions.Exit(PROBLEMS) from error
