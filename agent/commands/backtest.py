"""`vedette backtest`: what other rules would have alerted."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.place import Place

if TYPE_CHECKING:
    from agent.backtesting import Backtest

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--since", type=_DAY, required=True, help="Replay changes seen on this day (China) or later.")
@click.option("--until", type=_DAY, help="Replay changes seen before this day. [default: all]")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the triggers/ and scenarios/ to try. [default: those in force]",
)
@click.option("--json", "as_json_", is_flag=True, help="Everything, as JSON.")
@click.pass_obj
def command(place: Place, since: datetime, until: datetime | None, config: Path | None, as_json_: bool) -> None:
    """Replay the archive under changed triggers or scenarios; alerts gained, lost and changed. Nothing is written."""
    from agent.backtesting import as_json, backtest
    from agent.place import utc_now
    from config.declarations import load
    from index.zone import CHINA

    declared = load(config) if config else place.declarations()
    end = until.replace(tzinfo=CHINA) if until else utc_now()
    with place.archive() as archive:
        made = backtest(archive, declared, place.settings(), since.replace(tzinfo=CHINA), end)
    if as_json_:
        click.echo(json.dumps(as_json(made), ensure_ascii=False, indent=1))
    else:
        _show(made)


def _show(made: Backtest) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from agent.backtesting import differences

    table = Table("", "on", "trigger", "score", "severity", "headline", box=box.SIMPLE)
    signs = {"gained": "+", "lost": "-", "changed": "~"}
    for one in made.outcomes:
        if one.status != "same":
            data, more = one.told, "; ".join(differences(one))
            score = f"{data['trigger']['score']:.2f}"
            told = data["headlines"]["en"] + (f" ({more})" if more else "")
            row = (signs[one.status], str(one.at.date()), one.trigger, score, data["severity"], told)
            table.add_row(*map(escape, row))
    console = Console(highlight=False)
    if table.row_count:
        console.print(table)
    counts = ", ".join(f"{len(made.of(status))} {status}" for status in ("gained", "lost", "changed", "same"))
    console.print(f"{made.judged} changes replayed, {made.retagged} tagged anew: {counts}.")
    if made.triggers:
        console.print(f"Triggers judged anew: {', '.join(made.triggers)}.")
    if made.pending:
        console.print(f"{made.pending} changes are left out until `vedette classify` has read them.")
