"""`vedette prove`: a bundle that a third party checks without Vedette."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.argument("doc")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The zip file. [default: proof.zip]")
@click.pass_obj
def command(place: Place, doc: str, output: Path | None) -> None:
    """Write what proves a document: bytes as WARC, records with their way to the log's root, a page, a checker.

    DOC is an alert, change, version, document, address or 文号.
    """
    from agent.place import utc_now
    from agent.proof.bundle import prove
    from agent.trail import trail

    target = output or Path("proof.zip")
    with place.archive() as archive:
        known = trail(archive, doc)
        proof = prove(archive, known["document"], target, utc_now()) if known else None
        if proof is None:
            click.echo(f"vedette: nothing in {archive.home} has the id, address or number {doc!r}", err=True)
            raise click.exceptions.Exit(PROBLEMS)
    click.echo(f"{target}: {proof.entries} entries and {proof.snapshots} snapshots, log {proof.size}:{proof.root}")
    click.echo("unzip it, then: python3 check.py")
