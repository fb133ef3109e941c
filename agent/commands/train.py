"""`vedette train`: a head from everything that is labelled here."""

from __future__ import annotations

from pathlib import Path

import click

from agent.place import PROBLEMS, Place

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.option("--documents", type=_FILE, help="Labelled documents: JSON lines {id, title, text, labels, …}.")
@click.option("--force", is_flag=True, help="Keep the new head even where it scores lower than the one in use.")
@click.pass_obj
def command(place: Place, documents: Path | None, force: bool) -> None:
    """Train on trigger files, shipped sentences, analysts' verdicts and labelled documents; keep it in HOME/model/head.

    A head that scores lower than the one in use is refused. Scores are of nested cross-validation.
    """
    from agent.place import utc_now
    from agent.teaching import Class, train
    from classify.training import WorseHead

    with place.archive() as archive:
        room = Class(archive, place.declarations(), place.settings())
        try:
            made = train(room, documents, utc_now().date(), force=force)
        except (WorseHead, ValueError) as error:
            click.echo(f"vedette: nothing kept: {error}", err=True)
            raise click.exceptions.Exit(PROBLEMS) from error
    for title, trigger in made.disputed:
        click.echo(f"left out, labelled both ways: {trigger} of {title}", err=True)
    card = made.card
    told = f"{card['documents']} documents ({made.verdicts} verdicts of analysts), {card['sentences']} sentences"
    scores = card["scores"]
    reached = f"macro-F1 {scores['macro_f1']:.3f}, Brier {scores['brier']:.3f}" if scores else "no scores: no documents"
    click.echo(f"{made.folder}: {told}; {reached}")
