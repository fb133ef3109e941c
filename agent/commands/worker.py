"""`vedette worker`: one role of the agent, beside others on any host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from agent.place import PROBLEMS, Place

if TYPE_CHECKING:
    from agent.working import Role


@click.command()
@click.argument("source", nargs=-1)
@click.option("--role", type=click.Choice(["crawl", "classify", "deliver"]), required=True)
@click.pass_obj
def command(place: Place, source: tuple[str, ...], role: Role) -> None:
    """Do one part of what `vedette run` does, until SIGTERM or Ctrl-C; any number may share an archive.

    crawl reads sources that are due (all, or those named), each site by one worker at a time; classify judges what came
    in; deliver alerts, makes digests and sends, on one worker while the others stand by. See docs/scale.md.
    """
    import os

    from agent import logs
    from agent.collect import chosen
    from agent.lock import Held
    from agent.pipeline import Pipeline
    from agent.place import open_archive, utc_now
    from agent.working import LOOP_WAIT_MS, Worker

    logs.talk(os.environ)
    if source and role != "crawl":
        raise click.UsageError(f"--role {role} works for all sources: leave the names out")
    declarations, settings = place.declarations(), place.settings()
    sources = tuple(chosen(declarations.sources, source))
    with open_archive(settings, LOOP_WAIT_MS if role == "crawl" else None) as archive:
        try:
            Worker(Pipeline(archive, declarations, settings, utc_now), sources, role).run()
        except Held as error:
            logs.fault(f"{error}", os.environ)
            raise click.exceptions.Exit(PROBLEMS) from error
