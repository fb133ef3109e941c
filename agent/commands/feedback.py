"""`vedette feedback`: say whether an alert was right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from agent.place import PROBLEMS, Place

if TYPE_CHECKING:
    from agent.verdicts import Word


@click.command()
@click.argument("alert", required=False)
@click.argument("verdict", type=click.Choice(["right", "wrong"]), required=False)
@click.option(
    "--trigger", help="The trigger judged, such as one that the alert should have had. [default: the alert's]"
)
@click.option("--note", default="", help="Why, in a sentence.")
@click.option("--by", default="", help="Who says so.")
@click.option("--conflicts", is_flag=True, help="List verdicts that contradict each other.")
@click.option("--settle", is_flag=True, help="Let earlier verdicts on this document and trigger count no more.")
@click.option("--json", "as_json", is_flag=True, help="With --conflicts: one JSON object a conflict.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - one parameter an option, as click wants
    place: Place,
    alert: str | None,
    verdict: str | None,
    trigger: str | None,
    note: str,
    by: str,
    conflicts: bool,
    settle: bool,
    as_json: bool,
) -> None:
    """Keep an analyst's verdict on an alert, with the model that made it; `vedette train` learns from it."""
    if conflicts:
        _list(place, as_json=as_json)
        return
    if alert is None or verdict is None:
        raise click.UsageError("give an alert and right or wrong, or --conflicts")
    from agent.verdicts import Word

    _keep(place, alert, Word(verdict == "right", trigger, note, by), settle=settle)


def _keep(place: Place, alert: str, word: Word, *, settle: bool) -> None:
    from agent import verdicts
    from agent.place import utc_now

    declared = place.declarations()
    with place.archive() as archive:
        try:
            if settle:
                gone = verdicts.settle(archive, alert, word.trigger, utc_now())
                click.echo(f"{gone} earlier verdicts count no more")
            taken = verdicts.give(archive, declared, alert, word, utc_now())
        except verdicts.UnknownAlert as error:
            click.echo(f"vedette: {error}", err=True)
            raise click.exceptions.Exit(PROBLEMS) from error
        except KeyError as error:
            known = ", ".join(declared.triggers)
            raise click.BadParameter(
                f"{word.trigger!r} is no trigger; known are {known}", param_hint="--trigger"
            ) from error
    one = taken.verdict
    told = "kept" if taken.new else "known already"
    click.echo(f"{one.trigger} {'right' if one.right else 'wrong'} for {one.alert} ({one.model}): {told}")
    for other in taken.against:
        whose = f" by {other.by}" if other.by else ""
        click.echo(f"contradicts {'right' if other.right else 'wrong'}{whose} of {other.at.date()}; --settle drops it")


def _list(place: Place, *, as_json: bool) -> None:
    with place.archive() as archive:
        groups = archive.feedback.conflicts()
        for group in groups:
            version = archive.documents.version(group[0].version)
            title = version.reading.title if version else group[0].version
            if as_json:
                said = [{"right": one.right, "by": one.by, "note": one.note, "model": one.model, "alert": one.alert,
                         "at": one.at.isoformat()} for one in group]  # fmt: skip
                click.echo(
                    json.dumps({"title": title, "trigger": group[0].trigger, "verdicts": said}, ensure_ascii=False)
                )
                continue
            click.echo(f"{group[0].trigger}: {title}")
            for one in group:
                said_by = " ".join(filter(None, [one.by, one.note]))
                click.echo(f"  {'right' if one.right else 'wrong'} {one.at.date()} {one.alert} {said_by}".rstrip())
    if not as_json:
        click.echo(f"{len(groups)} conflict(s)")
