"""`vedette evaluate`: how good the tags are."""

from __future__ import annotations

import json
from pathlib import Path

import click

from agent.charts import chart_file
from agent.place import PROBLEMS, USAGE, Place

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_PINNED = "pinned"


@click.command()
@click.argument("file", type=_FILE)
@click.option("--cross-validate", is_flag=True, help="Judge by heads that have not seen the documents; takes longer.")
@click.option("--misses", default=20, show_default=True, type=click.IntRange(0, 10000), help="Worst misses to show.")
@click.option(
    "--floors",
    is_flag=False,
    flag_value=_PINNED,
    metavar="[FILE]",
    help="Exit 1 below these. [pinned: sentences or, with --cross-validate, documents]",
)
@click.option("--json", "as_json_", is_flag=True, help="Everything, as JSON.")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), callback=chart_file, help=".png or .svg.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - one parameter an option, as click wants
    place: Place,
    file: Path,
    cross_validate: bool,
    misses: int,
    floors: str | None,
    as_json_: bool,
    plot: Path | None,
) -> None:
    """Score the head in use on labelled documents: precision, recall, F1, calibration, confusion, the worst misses.

    On documents that the head was trained on, only --cross-validate tells how good it is.
    """
    from agent import teaching
    from agent.evaluation_chart import draw
    from classify import evaluation

    least = _floors(floors, cross_validate)
    with place.archive() as archive:
        room = teaching.Class(archive, place.declarations(), place.settings())
        try:
            report = (teaching.cross_validate if cross_validate else teaching.score)(room, file, misses)
        except ValueError as error:
            click.echo(f"vedette: {file}: {error}", err=True)
            raise click.exceptions.Exit(PROBLEMS) from error
    if plot:
        draw(report, plot)
        click.echo(str(plot), err=True)
    found = evaluation.as_json(report)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json_ else evaluation.as_text(report))
    missed = evaluation.below(report, least)
    for line in missed:
        click.echo(f"below the floor: {line}", err=True)
    if missed:
        raise click.exceptions.Exit(PROBLEMS)


def _floors(given: str | None, unseen: bool) -> dict[str, float]:
    from classify import evaluation

    if given is None:
        return {}
    path = evaluation.FLOORS if given == _PINNED else Path(given)
    try:
        return evaluation.floors(path, "documents" if unseen else "sentences")
    except (OSError, ValueError, AttributeError, TypeError) as error:
        click.echo(f'vedette: {path}: no floors: {error}. Fix: write an object such as {{"quota.f1": 0.85}}', err=True)
        raise click.exceptions.Exit(USAGE) from error
