"""`vedette facts`: the numbers of texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from agent.place import PROBLEMS


@click.command()
@click.option("--input", "source", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("--output", "target", type=click.Path(path_type=Path), required=True)
def command(source: Path, target: Path) -> None:
    """Find prices, quotas, subsidies, discounts, dates and 文号 in JSON lines {id, text, lang?}."""
    from agent.jsonlines import convert
    from classify.facts import as_json, facts

    def turn(line: Mapping[str, Any]) -> dict[str, Any]:
        return {"id": line["id"], "facts": [as_json(fact) for fact in facts(line["text"], line.get("lang"))]}

    if convert(source, target, ("id", "text"), turn):
        raise click.exceptions.Exit(PROBLEMS)
