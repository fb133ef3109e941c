"""`vedette digest`: make the issues that are due, or look at one."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import Place


@click.command()
@click.option("--preview", metavar="SUBSCRIPTION", help="Write what the next issue would hold now, and note nothing.")
@click.option("--to", type=click.Path(path_type=Path), default=Path("preview.html"), help="Where the preview goes.")
@click.pass_obj
def command(place: Place, preview: str | None, to: Path) -> None:
    """Make every issue that is due and put its deliveries into the ledger."""
    from agent.place import utc_now
    from digests.daily import gather, make, recent, sender
    from digests.office import Office
    from digests.render import render

    declared, settings, now = place.declarations(), place.settings(), utc_now()
    with place.archive() as archive:
        if preview is None:
            for issue in make(archive, declared, settings, now):
                click.echo(f"{issue.id}: {len(issue.cards)} cards")
            return
        if preview not in declared.subscriptions:
            raise click.UsageError(f"no subscription {preview!r}; known are {', '.join(declared.subscriptions)}")
        office = Office(archive, declared, settings, now)
        issue = gather(office, f"{preview}-preview", declared.subscriptions[preview], recent(archive, now))
        rendered = render(issue, declared, sender(settings))
        to.write_text(rendered.html, encoding="utf-8")
        to.with_suffix(".txt").write_text(rendered.text, encoding="utf-8")
        click.echo(f"{to} and {to.with_suffix('.txt')}: {rendered.subject}")
