"""`vedette run`: watch, day and night."""

from __future__ import annotations

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.argument("source", nargs=-1)
@click.pass_obj
def command(place: Place, source: tuple[str, ...]) -> None:
    """Visit every source when it is due, and classify, alert and tell what comes in, until SIGTERM or Ctrl-C.

    The alert feed is served over HTTP at VEDETTE_LISTEN; see docs/alerts.md.
    """
    import logging

    from agent.api.serving import Api, CannotListen
    from agent.collect import chosen
    from agent.lock import Held
    from agent.pipeline import Pipeline
    from agent.place import utc_now
    from agent.running import LOOP_WAIT_MS, Agent
    from index.archive.archive import Archive

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("vedette").setLevel(logging.INFO)
    declarations, settings = place.declarations(), place.settings()
    sources = tuple(chosen(declarations.sources, source))
    with Archive(settings.home, busy_ms=LOOP_WAIT_MS) as archive:
        stages = Pipeline(archive, declarations, settings, utc_now)
        try:
            Agent(stages, sources, Api(declarations, settings, utc_now)).run()
        except (Held, CannotListen) as error:
            click.echo(f"vedette: {error}", err=True)
            raise click.exceptions.Exit(PROBLEMS) from error
