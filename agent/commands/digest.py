"""`vedette digest`: make the issues that are due, or look at one."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import Place


@click.command()
@click.option("--preview", metavar="SUBSCRIPTION", help="Write what the next issue would hold now, and note nothing.")
@click.option("--to", type=click.Path(path_type=Path), default=Path("preview.html"), help="Where the preview goes.")
@click.option("--open", "show", is_flag=True, help="Open the preview in the browser.")
@click.pass_obj
def command(place: Place, preview: str | None, to: Path, *, show: bool) -> None:
    """Make every issue that is due and put its deliveries into the ledger."""
    from agent.place import utc_now
    from digests import daily
    from digests.office import Office

    declared, settings, now = place.declarations(), place.settings(), utc_now()
    with place.archive() as archive:
        if preview is None:
            for issue in daily.make(archive, declared, settings, now):
                click.echo(f"{issue.id}: {len(issue.cards)} cards")
            return
        if preview not in declared.subscriptions:
            raise click.UsageError(f"no subscription {preview!r}; known are {', '.join(declared.subscriptions)}")
        office = Office(archive, declared, settings, now)
        rendered = daily.preview(office, declared.subscriptions[preview])
    to.write_text(daily.embedded(rendered), encoding="utf-8")
    to.with_suffix(".txt").write_text(rendered.text, encoding="utf-8")
    click.echo(f"{to} and {to.with_suffix('.txt')}: {rendered.subject}")
    if show:
        click.launch(str(to.resolve()))
