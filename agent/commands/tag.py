"""`vedette tag`: the triggers of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from agent.place import PROBLEMS, Place


@click.command()
@click.option("--input", "source", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("--output", "target", type=click.Path(path_type=Path), required=True)
@click.pass_obj
def command(place: Place, source: Path, target: Path) -> None:
    """Tag JSON lines {id, title, text, lang?, date?, publisher?} by every trigger."""
    from agent.jsonlines import convert
    from agent.judge import encoder, head
    from agent.progress import progress
    from classify.triggers import Tagger

    settings = place.settings()
    tagger = Tagger(head(settings), encoder(settings), list(place.declarations().triggers.values()))
    done = 0

    def turn(line: Mapping[str, Any]) -> dict[str, Any]:
        nonlocal done
        done += 1
        shown(str(line["id"]), done)
        found = tagger.tag(line.get("title") or "", line["text"], line.get("lang") or "zh")
        keys = ("trigger", "score", "fires", "direction", "evidence")
        return {"id": line["id"], "tags": [{key: asdict(one)[key] for key in keys} for one in found]}

    with progress("tag") as shown:
        bad = convert(source, target, ("id", "text"), turn)
    if bad:
        raise click.exceptions.Exit(PROBLEMS)
