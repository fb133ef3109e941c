"""The book as a chart: prices of a million tokens as steps over time, a panel a provider; quotas as bars of change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from math import ceil, log10
from pathlib import Path
from typing import TYPE_CHECKING

from agent import charts
from agent.booking import Book, amount, numbered
from classify.book import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PANELS, _LINES, _BARS = 12, 10, 24
_WIDTH, _ROW, _HEAD = 12.0, 2.9, 1.6
Numbered = tuple[int, Series]


def draw(made: Book, file: Path) -> str:
    """Write the chart and return what it leaves out, in one line, empty where it shows everything.

    Raises ValueError where there is nothing to draw.
    """
    return _prices(made, file) if made.choice.kind == "pricing" else _quotas(made, file)


def _prices(made: Book, file: Path) -> str:
    shown = [(no, one) for no, one in numbered(made) if one.last.unit_price is not None]
    if not shown:
        raise ValueError("no price of tokens to draw")
    panels = [(name, list(group)) for name, group in groupby(shown, key=lambda pair: _name(pair[1]))]
    drawn = sorted(panels, key=lambda p: (-_newest(p[1]).toordinal(), p[0]))[:_PANELS]
    rows = ceil(len(drawn) / 2)
    with charts.drawing(_WIDTH, _HEAD + _ROW * rows) as (figure, font):
        units = "/".join(sorted({one.last.unit for _, group in drawn for _, one in group}))
        legend = "Orange: dearer than at first; blue: cheaper; grey: unchanged. x: offer taken down. Log scale."
        top = charts.headed(figure, f"Price of a million tokens, {units}", (made.answer, legend))
        grid = figure.add_gridspec(rows, 2, top=top, bottom=0.35 / (_HEAD + _ROW * rows), left=0.05, right=0.86,
                                   wspace=0.62, hspace=0.42)  # fmt: skip
        ends = (
            min(one.entries[0].on for _, group in drawn for _, one in group),
            max(made.choice.day, *(one.last.on for _, one in shown)),
        )
        for n, (name, group) in enumerate(drawn):
            axes = figure.add_subplot(grid[n // 2, n % 2])
            axes.set_title(name, loc="left", fontsize=10.5, fontweight="bold")
            _panel(axes, group[:_LINES], ends, font)
        charts.save(figure, file)
    kept = sum(len(group[:_LINES]) for _, group in drawn)
    return _left_out(len(made.series) - kept, "without a price of tokens, or beyond 12 panels of 10 lines")


def _panel(axes: Axes, group: Sequence[Numbered], ends: tuple[date, date], font: str | None) -> None:
    axes.set_yscale("log")
    places = []
    for _, one in group:
        axes.step(*_steps(one, ends[1]), where="post", color=_colour(one), linewidth=2 if one.moves else 1.3)
        if one.ended:
            axes.plot(
                [charts.across(one.ended)], [float(one.last.measure)], marker="x", color=_colour(one), markersize=6
            )
        places.append(log10(float(one.last.measure) or 0.001))
    _range(axes, group)
    low, high = (log10(value) for value in axes.get_ylim())
    for (no, one), place in zip(group, charts.apart(places, (high - low) * 0.085), strict=True):
        told = f"{_shown(one)}  {charts.legible(one.item, no, font)}"
        axes.annotate(told, (1.015, (place - low) / (high - low)), xycoords="axes fraction", va="center", fontsize=8,
                      color=_colour(one) if one.moves else charts.MUTED, annotation_clip=False)  # fmt: skip
    margin = max((ends[1] - ends[0]) / 40, timedelta(days=1))
    axes.set_xlim(charts.across(ends[0] - margin), charts.across(ends[1] + margin))
    charts.plain(axes)


def _range(axes: Axes, group: Sequence[Numbered]) -> None:
    """At least one decade, and ticks that say prices as people do."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # noqa: PLC0415 - only charts need it

    values = [float(e.measure) for _, one in group for e in one.entries if e.measure > 0] or [1.0]
    low, high = min(values) / 1.5, max(values) * 1.5
    short = max(0.0, 1 - log10(high / low)) / 2
    axes.set_ylim(low / 10**short, high * 10**short)
    axes.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5), numticks=8))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.minorticks_off()


def _steps(one: Series, day: date) -> tuple[list[float], list[float]]:
    """Places and prices; a stated old value begins a week before its end, for its own beginning is not known."""
    days = [e.on if e.stated else e.on - timedelta(days=7) for e in one.entries]
    last = max(one.ended or day, days[-1])
    return [*map(charts.across, days), charts.across(last)], [float(e.measure) for e in (*one.entries, one.last)]


def _quotas(made: Book, file: Path) -> str:
    moved = [(no, one) for no, one in numbered(made) if one.moves and one.entries[0].measure]
    if not moved:
        raise ValueError("no quota changed yet; the table has those that stand")
    shown = sorted(moved, key=lambda pair: pair[1].last.on)[-_BARS:]
    height = _HEAD + 0.75 + 0.52 * len(shown)
    with charts.drawing(_WIDTH, height) as (figure, font):
        top = charts.headed(
            figure, "Quotas and allowances that changed", (made.answer, "Change from first to last, percent.")
        )
        axes = figure.add_axes((0.34, 0.5 / height, 0.56, top - 0.2 / height))
        for place, (no, one) in enumerate(shown):
            _bar(axes, place, one, charts.legible(one.item, no, font))
        percents = [_percent(one) for _, one in shown]
        margin = 0.2 * (max(*percents, 0) - min(*percents, 0))
        axes.set_xlim(min(*percents, 0) - margin, max(*percents, 0) + margin)
        axes.set_ylim(-0.7, len(shown) - 0.3)
        axes.axvline(0, color=charts.MUTED, linewidth=0.8)
        axes.set_yticks([])
        charts.plain(axes, dates=False)
        charts.save(figure, file)
    return _left_out(len(made.series) - len(shown), "that did not change")


def _bar(axes: Axes, place: int, one: Series, item: str) -> None:
    percent = _percent(one)
    axes.barh(place, percent, height=0.42, color=charts.UP if percent < 0 else charts.DOWN)
    right = percent > 0
    axes.annotate(f"{percent:+.0f}%", (percent, place), xytext=(5 if right else -5, 0), textcoords="offset points",
                  va="center", ha="left" if right else "right", fontsize=9, fontweight="bold")  # fmt: skip
    told = f"{amount(one.entries[0]).partition(' ')[0]} to {amount(one.last)}, {one.last.on}"
    ended = f", taken down {one.ended}" if one.ended else ""
    for up, text, size, colour in ((7, f"{_name(one)} · {item}", 9.5, charts.INK), (-7, told + ended, 8, charts.MUTED)):
        axes.annotate(text, (-0.01, place), xycoords=("axes fraction", "data"), xytext=(0, up), va="center", ha="right",
                      textcoords="offset points", fontsize=size, color=colour, annotation_clip=False)  # fmt: skip


def _percent(one: Series) -> float:
    first, last = float(one.entries[0].measure), float(one.last.measure)
    return (last - first) * 100 / first


def _shown(one: Series) -> str:
    price = f"{float(one.last.measure):.4g}"
    return f"{price} ({_percent(one):+.0f}%)" if one.moves and one.entries[0].measure else price


def _colour(one: Series) -> str:
    if not one.moves or one.last.measure == one.entries[0].measure:
        return charts.FLAT
    return charts.UP if one.last.measure > one.entries[0].measure else charts.DOWN


def _name(one: Series) -> str:
    where = f", {one.region}" if one.region not in {"", "CN"} else ""
    return one.provider.replace("_", " ") + where


def _newest(group: Sequence[Numbered]) -> date:
    return max((move.on for _, one in group for move in one.moves), default=date.min)


def _left_out(count: int, why: str) -> str:
    return f"{count} series {why} are in the table only" if count > 0 else ""
