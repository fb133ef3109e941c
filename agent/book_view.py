"""The book for a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.booking import Book, amount, moves, numbered
from classify.book import Move, Series

_MOST = 40


def show(made: Book, console: Console) -> None:
    """Print the series, the changes newest first, and the answer in one line."""
    console.print(_standing(made))
    changed = moves(made)
    if changed:
        console.print(_changes(changed[:_MOST]))
    if len(changed) > _MOST:
        console.print(f"{len(changed) - _MOST} older changes are left out; --csv and --json have all.")
    spread = "" if made.volatility is None else f" Volatility {made.volatility:.3f}"
    told = f"{len(made.series)} series, {len(changed)} changes.{spread}"
    console.print(told + (" (standard deviation of log changes)." if spread else ""))
    console.print(f"[bold]{escape(made.answer)}[/bold]")


def _standing(made: Book) -> Table:
    prices = made.choice.kind == "pricing"
    table = Table("no.", "provider", "item", "now", *(["per 1M tokens"] if prices else []), "since", "changes",
                  "first to last", "volatility", box=box.SIMPLE)  # fmt: skip
    for no, one in numbered(made):
        unit = one.last.unit_price
        told = [] if not prices else ["" if unit is None else f"{float(unit):.4g} {one.last.unit}"]
        since = f"{one.last.on}" + (f", ended {one.ended}" if one.ended else "")
        spread = "" if one.volatility is None else f"{one.volatility:.3f}"
        row = (str(no), _who(one), one.item, amount(one.last), *told, since, str(len(one.moves)), _total(one), spread)
        table.add_row(*map(escape, row))
    return table


def _changes(changed: list[tuple[Series, Move]]) -> Table:
    table = Table("on", "provider", "item", "before", "after", "change", "told by", box=box.SIMPLE)
    for one, move in changed:
        percent = "" if move.percent is None else f"{float(move.percent):+g}%"
        ends = (amount(move.before), amount(move.after))
        table.add_row(*map(escape, (f"{move.on}", _who(one), one.item, *ends, percent, move.after.title)))
    return table


def _who(one: Series) -> str:
    return one.provider if one.region in {"", "CN"} else f"{one.provider} {one.region}"


def _total(one: Series) -> str:
    first, last = one.entries[0].measure, one.last.measure
    return f"{float((last - first) * 100 / first):+.1f}%" if one.moves and first else ""
