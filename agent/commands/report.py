"""`vedette report`: what one day brought."""

from __future__ import annotations

from datetime import datetime

import click

from agent.place import Place


@click.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day. [default: today]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(place: Place, day: datetime | None, as_json: bool) -> None:
    """Report a day: sources read and failed, what came in, alerts, deliveries, the log's root, disk and memory.

    A running agent writes that of each day to out/reports when the day is over.
    """
    import json
    from zoneinfo import ZoneInfo

    from agent.place import utc_now
    from agent.report_view import text
    from agent.reporting import Reported, report

    declarations, settings = place.declarations(), place.settings()
    now = utc_now()
    chosen = day.date() if day else now.astimezone(ZoneInfo(settings.timezone)).date()
    with place.archive() as archive:
        made = report(Reported(archive, declarations, settings, chosen), now)
    click.echo(json.dumps(made, ensure_ascii=False) if as_json else text(made), nl=as_json)
