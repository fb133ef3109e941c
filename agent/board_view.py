"""The scenario board for a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.boarding import Board
from classify.board import Evidence, Standing

_LEVERS = 3


def show(made: Board, console: Console) -> None:
    """Print the standings, then for each scenario with evidence what speaks for and against it and would move it."""
    table = Table("scenario", "index", "30 days", "for", "against", box=box.SIMPLE)
    for one in made.standings:
        counts = (str(len(one.supporting)), str(len(one.opposing)))
        table.add_row(escape(f"{one.title} {one.title_zh}"), f"{one.index:+.1f}", f"{one.change_30d:+.1f}", *counts)
    console.print(table)
    for one in made.standings:
        if one.supporting or one.opposing:
            _detail(made, one, console)
    quiet = [one.title for one in made.standings if not (one.supporting or one.opposing)]
    if quiet:
        console.print(f"No evidence for or against: {escape(', '.join(quiet))}.")


def _detail(made: Board, one: Standing, console: Console) -> None:
    console.print(f"[bold]{escape(one.title)}[/bold] {one.index:+.1f}")
    for sign, each in [*(("+", e) for e in one.supporting), *(("-", e) for e in one.opposing)]:
        _evidence(made, sign, each, console)
    far = sorted(one.levers, key=lambda lever: -abs(lever.index - one.index))[:_LEVERS]
    for lever in far:
        if lever.index != one.index:
            more = f"{lever.missing} more signal" + ("" if lever.missing == 1 else "s")
            console.print(f"    would move it: {escape(lever.indicator)} ({more}) to {lever.index:+.1f}")


def _evidence(made: Board, sign: str, one: Evidence, console: Console) -> None:
    alert, headline = made.alert(one)
    times = "" if one.times == 1 else f", {one.times} times"
    console.print(f"  {sign} {one.at.date()} {escape(one.indicator)} {one.share:.2f}{times}: {escape(one.reason)}")
    console.print(f"      [dim]{escape(alert)}  {escape(headline)}[/dim]")
