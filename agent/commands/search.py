"""`vedette search`: the archive in Chinese or English, each in either language."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.place import PROBLEMS, Place

if TYPE_CHECKING:
    from agent.searching import Ask
    from index.results import Results
    from index.search import Searcher, Sort

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="Documents to show.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Documents to pass over first.")
@click.option("--sort", type=click.Choice(["relevance", "date"]), default="relevance", help="Best or newest first.")
@click.option("--facets", is_flag=True, help="Also how all that was found divides.")
@click.option("--like", metavar="DOC", help="Documents like this one, instead of a query.")
@click.option("--trigger", help="Only documents for which this trigger fired.")
@click.option("--source", help="Only documents of this source.")
@click.option("--since", type=_DAY, help="Only documents published on this day or later.")
@click.option("--before", type=_DAY, help="Only documents published before this day.")
@click.option("--lang", type=click.Choice(["zh", "zh-Hant", "en"]), help="Only documents in this language.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a hit.")
@click.option("--queries", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="JSON lines {id, query}.")
@click.option("--output", type=click.Path(path_type=Path), help="Where the hits of --queries go.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - one parameter an option, as click wants
    place: Place,
    query: tuple[str, ...],
    limit: int,
    offset: int,
    sort: Sort,
    facets: bool,
    like: str | None,
    trigger: str | None,
    source: str | None,
    since: datetime | None,
    before: datetime | None,
    lang: str | None,
    as_json: bool,
    queries: Path | None,
    output: Path | None,
) -> None:
    """Search the archive by words, "phrases", -exclusions and filters such as trigger:pricing or as-of:2026-05-09.

    文号 and titles are found exactly, everything else by meaning and by words. docs/search.md tells the query language.
    """
    from agent.search_view import show
    from agent.searching import Ask, batch, open_searcher
    from index.query import Filters

    _check(query, (bool(query), bool(queries), like is not None), output)
    filters = Filters(trigger, source, since.date() if since else None, before.date() if before else None, lang)
    with place.archive() as archive:
        searcher = open_searcher(archive, place.settings())
        if queries and output:
            if batch(searcher, queries, output, limit, filters):
                raise click.exceptions.Exit(PROBLEMS)
        else:
            ask = Ask(" ".join(query), like, filters, limit, offset, sort)
            show(_answered(searcher, ask), as_json=as_json, facets=facets)


def _answered(searcher: Searcher, ask: Ask) -> Results:
    from index.query import QueryProblem

    try:
        return ask.answer(searcher)
    except QueryProblem as problem:
        raise click.UsageError(str(problem)) from problem
    except LookupError as error:
        raise click.UsageError(f"{error.args[0]}: `vedette search` and `vedette show` tell ids") from error


def _check(query: tuple[str, ...], given: tuple[bool, ...], output: Path | None) -> None:
    for word in query:
        if word.startswith("--"):
            raise click.UsageError(
                f"there is no option {word}; to leave out words, write one minus: -{word.strip('-')}"
            )
    if sum(given) != 1 or given[1] != bool(output):
        raise click.UsageError("give a query, or --like DOC, or --queries FILE with --output FILE")
