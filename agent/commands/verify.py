"""`vedette verify`: whether the archive still holds what was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from agent.place import PROBLEMS, USAGE, Place

if TYPE_CHECKING:
    from index.archive.log import Head


@click.command()
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="SIZE:HEX",
    help="A root of the log kept outside, as mails and proofs give it.",
)
@click.option("--json", "as_json", is_flag=True, help="Faults as JSON lines.")
@click.pass_obj
def command(place: Place, roots: tuple[str, ...], as_json: bool) -> None:
    """Check bytes, log, rows, references, vectors and the feed file; name what was touched from outside."""
    from agent.pipeline import FEED
    from agent.verifying import verify

    told = tuple(_head(root) for root in roots)
    with place.archive() as archive:
        count = 0
        for fault in verify(archive, archive.home / FEED, told, _say):
            count += 1
            text = json.dumps(fault._asdict(), ensure_ascii=False) if as_json else f"{fault.where}: {fault.what}"
            click.echo(text)
        frontier = archive.log.frontier()
        word = "fault" if count == 1 else "faults"
        click.echo(f"{count or 'no'} {word}; log of {frontier.size} entries, root {frontier.root.hex()}", err=True)
    if count:
        raise click.exceptions.Exit(PROBLEMS)


def _say(part: str) -> None:
    click.echo(f"checking {part}", err=True)


def _head(text: str) -> Head:
    from datetime import UTC, datetime

    from index.archive.log import Head

    size, _, root = text.partition(":")
    if not size.isdecimal() or len(root) != 64:
        click.echo(
            f"vedette: --root {text!r} is not SIZE:HEX, as `vedette prove` gives it",
            err=True,
        )
        raise click.exceptions.Exit(USAGE)
    return Head(int(size), root.lower(), datetime.now(UTC))
