"""The scenario board as a chart: the index of every scenario over ninety days, with its evidence."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from agent import charts
from agent.boarding import Board
from classify.board import Standing
from index.zone import CHINA

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _ROW, _HEAD = 12.0, 1.9, 1.6


def draw(made: Board, file: Path) -> None:
    """Write the chart. Raises ValueError where no scenario is declared."""
    if not made.standings:
        raise ValueError("no scenario is declared, so there is nothing to draw")
    rows = ceil(len(made.standings) / 2)
    height = _HEAD + _ROW * rows
    with charts.drawing(_WIDTH, height) as (figure, font):
        day = made.at.astimezone(CHINA).date()
        lines = (
            "Index -100 to 100 over 90 days; a sign counts by its weight and halves every 30 days.",
            "Orange: pressure towards the scenario; blue: against it. Dots: days on which an indicator last spoke.",
        )
        top = charts.headed(figure, f"Scenario board, {day}", lines)
        grid = figure.add_gridspec(rows, 2, top=top, bottom=0.4 / height, left=0.05, right=0.97, wspace=0.12,
                                   hspace=0.5)  # fmt: skip
        for n, one in enumerate(made.standings):
            _panel(figure.add_subplot(grid[n // 2, n % 2]), one, font, edge=n >= len(made.standings) - 2)
        charts.save(figure, file)


def _panel(axes: Axes, one: Standing, font: str | None, *, edge: bool) -> None:
    days = [charts.across(_day(at)) for at, _ in one.history]
    values = [value for _, value in one.history]
    above, below = [max(v, 0.0) for v in values], [min(v, 0.0) for v in values]
    axes.fill_between(days, above, color=charts.UP, alpha=0.25, linewidth=0)
    axes.fill_between(days, below, color=charts.DOWN, alpha=0.25, linewidth=0)
    axes.plot(days, values, color=charts.INK, linewidth=1.4)
    for each in (*one.supporting, *one.opposing):
        colour = charts.DOWN if each.effect == "lowers" else charts.UP
        axes.plot([charts.across(_day(each.at))], [_at(one, each.at)], "o", color=colour, markersize=5, clip_on=False)
    title = f"{one.title}  {one.title_zh}" if font else one.title
    axes.set_title(title, loc="left", fontsize=10.5, fontweight="bold")
    axes.set_title(f"{one.index:+.0f}   ({one.change_30d:+.0f} in 30 days)", loc="right", fontsize=10,
                   color=_colour(one.index))  # fmt: skip
    axes.set_ylim(-100, 100)
    axes.set_yticks([-100, -50, 0, 50, 100])
    axes.axhline(0, color=charts.MUTED, linewidth=0.8)
    axes.set_xlim(days[0], days[-1])
    charts.plain(axes)
    axes.tick_params(labelbottom=edge)


def _at(one: Standing, at: datetime) -> float:
    """The index at the first point of the history not before a time; evidence may be older than the history."""
    return next((value for when, value in one.history if when >= at), one.index)


def _day(at: datetime) -> datetime:
    return at.astimezone(CHINA).replace(tzinfo=None)


def _colour(index: float) -> str:
    return charts.UP if index > 0 else charts.DOWN if index < 0 else charts.MUTED
