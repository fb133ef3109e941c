"""`vedette token`: who may ask the HTTP API for what."""

from __future__ import annotations

import json
from datetime import datetime

import click

from agent.place import PROBLEMS, Place

_SCOPES = ("feed:read", "archive:read", "feedback:write", "admin")


@click.group()
def command() -> None:
    """Make, list and revoke tokens of the HTTP API; see docs/api.md.

    Once a token was ever made, the API asks everybody for one.
    """


@command.command()
@click.argument("name")
@click.option("--scope", multiple=True, required=True, type=click.Choice(_SCOPES), help="What it may do; repeatable.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC) on which it no longer works.")
@click.pass_obj
def add(place: Place, name: str, scope: tuple[str, ...], expires: datetime | None) -> None:
    """Make a token called NAME and print it, this once: only its sha256 is kept."""
    from datetime import UTC
    from typing import cast

    from agent.place import utc_now
    from agent.tokens import Scope, make

    if not name.isprintable() or not 0 < len(name) <= 100:
        raise click.BadParameter("give a printable name of at most 100 characters", param_hint="NAME")
    now, ends = utc_now(), expires and expires.replace(tzinfo=UTC)
    if ends is not None and ends <= now:
        raise click.BadParameter(f"{ends.date()} is over", param_hint="--expires")
    with place.archive() as archive:
        secret = make(archive, name, cast(tuple[Scope, ...], tuple(dict.fromkeys(scope))), now, ends)
    if secret is None:
        click.echo(f"vedette: there is a token {name!r}; revoke it first, or give another name", err=True)
        raise click.exceptions.Exit(PROBLEMS)
    click.echo(secret)
    click.echo(f"{name}: {', '.join(scope)}. Keep it now: it is not shown again.", err=True)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a token.")
@click.pass_obj
def list_(place: Place, *, as_json: bool) -> None:
    """List every token ever made with scopes and last use; no secrets."""
    from agent.place import utc_now

    now = utc_now()
    with place.archive() as archive:
        found = archive.tokens.all()
    rows = [
        {
            "name": one.name,
            "scopes": list(one.scopes),
            "state": "works" if one.works(now) else "revoked" if one.revoked_at else "expired",
            "made": _day(one.made_at),
            "expires": _day(one.expires_at),
            "last_used": one.used_at.isoformat(timespec="minutes") if one.used_at else None,
        }
        for one in found
    ]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("name", "scopes", "state", "made", "expires", "last used", box=box.SIMPLE)
    for row in rows:
        spelled = {**row, "scopes": " ".join(row["scopes"] or ())}
        table.add_row(*(escape(str(value or "")) for value in spelled.values()))
    Console(highlight=False).print(table if rows else "no token was ever made: the API is open, on this machine only")


@command.command()
@click.argument("name")
@click.pass_obj
def revoke(place: Place, name: str) -> None:
    """Let the token NAME work no more, at once. The API stays closed to who has none."""
    from agent.place import utc_now

    now = utc_now()
    with place.archive() as archive:
        with archive.transaction():
            gone = archive.tokens.revoke(name, now)
        left = [one.name for one in archive.tokens.all() if one.works(now)]
    if not gone:
        click.echo(f"vedette: no token {name!r} that could be revoked; `vedette token list` shows them", err=True)
        raise click.exceptions.Exit(PROBLEMS)
    click.echo(f"revoked {name}; {len(left)} left")


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None
