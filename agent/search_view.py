"""Answers of search for people and for programs: a terminal with the words sought in bold, or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click
from rich.console import Console
from rich.text import Text

from index.results import Hit, Results

_SHOWN_VALUES = 8


def show(results: Results, *, as_json: bool = False, facets: bool = False) -> None:
    """Print hits, best first, and with `facets` how all that was found divides.

    As JSON, one object a hit, and with `facets` a last one {"total", "facets"}.
    """
    if as_json:
        click.echo("".join(f"{line}\n" for line in _json(results, facets=facets)), nl=False)
        return
    console = Console(highlight=False, soft_wrap=True)
    for number, hit in enumerate(results, 1):
        for line in _told(number, hit):
            console.print(line)
    shown = f", {len(results)} shown" if results.total > len(results) else ""
    console.print(f"{results.total} found{shown}" if results.total else "nothing found")
    if facets:
        for line in _facets(results):
            console.print(line)


def printable(text: object) -> str:
    """A text for the terminal: nothing that a page could use to move the cursor or change colours."""
    return "".join(char if char.isprintable() else " " for char in str(text))


def _json(results: Results, *, facets: bool) -> Iterator[str]:
    for hit in results:
        yield json.dumps(asdict(hit), ensure_ascii=False)
    if facets:
        counts = {name: {one.value: one.count for one in found} for name, found in results.facets.items()}
        yield json.dumps({"total": results.total, "facets": counts}, ensure_ascii=False)


def _told(number: int, hit: Hit) -> Iterator[Text]:
    yield Text(f"{number:>2}. ").append(printable(hit.title) or "(no title)", "bold")
    facts = (hit.published, hit.doc_number, hit.source, hit.region, "withdrawn" if hit.state == "withdrawn" else None)
    yield Text("    " + " · ".join(printable(fact) for fact in facts if fact))
    yield from _altered(hit)
    if hit.quote and not (hit.altered and hit.altered.after):
        yield _marked(hit)
    yield Text(f"    {hit.document}  {printable(hit.url)}", "dim")
    if hit.also:
        yield Text(f"    also at {', '.join(map(printable, hit.also))}", "dim")


def _marked(hit: Hit) -> Text:
    line = Text("    " + printable(hit.quote))
    for start, end in hit.marks:
        line.stylize("bold cyan", 4 + start, 4 + end)
    return line


def _altered(hit: Hit) -> Iterator[Text]:
    one = hit.altered
    if one is None:
        return
    yield Text(f"    {one.at[:10]} {one.kind}: {one.op} {printable(one.locator)} (change {one.change})")
    if one.before:
        yield Text(f"    - {printable(one.before)}", "red")
    if one.after:
        yield Text(f"    + {printable(one.after)}", "green")


def _facets(results: Results) -> Iterator[Text]:
    for name, counts in results.facets.items():
        if counts:
            told = "  ".join(f"{printable(one.value)} {one.count}" for one in counts[:_SHOWN_VALUES])
            more = f"  … {len(counts) - _SHOWN_VALUES} more" if len(counts) > _SHOWN_VALUES else ""
            yield Text(f"{name:>8}: {told}{more}")
