"""`vedette show`: one document, from an alert back to the bytes."""

from __future__ import annotations

import json
import sys

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.argument("doc")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@click.option("--implements", is_flag=True, help="Who has implemented this document: region, tier, date, clause.")
@click.option("--raw", is_flag=True, help="The bytes of the newest version as received, to standard output.")
@click.pass_obj
def command(place: Place, doc: str, as_json: bool, implements: bool, raw: bool) -> None:
    """Walk from an alert, change, version, document, address or 文号 back to the bytes as received."""
    from agent.implementing import print_implementing
    from agent.trail import trail
    from agent.trail_view import print_trail
    from index.identity import doc_number

    with place.archive() as archive:
        found = trail(archive, doc) or trail(archive, doc_number(doc) or doc)
        if found is None:
            click.echo(f"vedette: nothing in {archive.home} has the id, address or number {doc!r}", err=True)
            raise click.exceptions.Exit(PROBLEMS)
        if implements:
            print_implementing(archive, found["work"], place.declarations().sources, as_json=as_json)
        elif raw:
            sys.stdout.buffer.write(archive.pages.body(found["versions"][-1]["sha256"]))
        elif as_json:
            click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            print_trail(found)
