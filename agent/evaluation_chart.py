"""An evaluation as a chart: precision, recall and F1 of each trigger, and whether its scores mean what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agent import charts
from classify.evaluation import Report, TriggerScore

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ("#b35900", "#0b6bb8", "#2f7d4f", "#8b4a9c", "#6b6b00", "#a3304a")


def draw(report: Report, file: Path) -> None:
    """Write the chart."""
    height = max(4.6, 2.2 + 0.75 * len(report.triggers))
    with charts.drawing(12.0, height) as (figure, _):
        way = "unknown" if report.direction is None else f"{report.direction:.3f}"
        lines = (
            f"{report.documents} documents. Macro-F1 {report.macro_f1:.3f}, average precision {report.macro_ap:.3f}, "
            f"Brier {report.brier:.3f}, direction {way}.",
        )
        top = charts.headed(figure, "How good the tags are", lines)
        grid = figure.add_gridspec(1, 2, top=top, bottom=0.6 / height, left=0.2, right=0.97, wspace=0.22,
                                   width_ratios=(1.5, 1))  # fmt: skip
        _measures(figure.add_subplot(grid[0, 0]), report)
        _calibration(figure.add_subplot(grid[0, 1]), report)
        charts.save(figure, file)


def _measures(axes: Axes, report: Report) -> None:
    axes.set_title("Precision, recall, F1", loc="left", fontsize=10.5, fontweight="bold")
    for row, one in enumerate(reversed(report.triggers)):
        _measure(axes, row, one, _colour(report, one))
    axes.set_ylim(-0.6, len(report.triggers) - 0.4)
    axes.set_xlim(min([0.5, *(min(s.precision, s.recall) - 0.05 for s in report.triggers)]), 1.0)
    axes.set_yticks([])
    charts.plain(axes, dates=False)
    axes.grid(axis="x", color=charts.FAINT, linewidth=0.6)


def _measure(axes: Axes, row: int, one: TriggerScore, colour: str) -> None:
    axes.plot([one.precision, one.recall], [row, row], color=charts.FAINT, linewidth=4, solid_capstyle="round")
    for value, mark in ((one.precision, "P"), (one.recall, "R")):
        axes.plot([value], [row], "o", color="white", markeredgecolor=colour, markersize=13, clip_on=False)
        axes.annotate(mark, (value, row), ha="center", va="center", fontsize=8, color=colour)
    axes.plot([one.f1], [row], "D", color=colour, markersize=7, clip_on=False)
    axes.annotate(
        f"F1 {one.f1:.3f}", (one.f1, row), xytext=(0, 12), textcoords="offset points", ha="center", fontsize=9
    )
    counts = "  ".join(f"{name} {one.confusion[name]}" for name in ("tp", "fp", "fn", "tn"))
    for up, text, size, shade in ((6, one.trigger, 10, charts.INK), (-8, counts, 8, charts.MUTED)):
        axes.annotate(text, (-0.02, row), xycoords=("axes fraction", "data"), xytext=(0, up), va="center", ha="right",
                      textcoords="offset points", fontsize=size, color=shade, annotation_clip=False)  # fmt: skip


def _calibration(axes: Axes, report: Report) -> None:
    """Mean score against the share that is true; on the diagonal, 0.8 means right in four of five."""
    axes.set_title("Calibration: score and share true", loc="left", fontsize=10.5, fontweight="bold")
    axes.plot([0, 1], [0, 1], color=charts.MUTED, linewidth=0.8, linestyle="--")
    for one in report.triggers:
        scores, shares, counts = zip(*one.calibration, strict=True) if one.calibration else ((), (), ())
        told = f"{one.trigger} (Brier {one.brier:.3f})"
        axes.plot(scores, shares, color=_colour(report, one), linewidth=1.4, label=told)
        axes.scatter(scores, shares, s=[12 + 3 * n**0.5 * 4 for n in counts], color=_colour(report, one), zorder=3)
    axes.set_xlim(-0.05, 1.05)
    axes.set_ylim(-0.06, 1.03)
    axes.legend(loc="lower right", frameon=False, fontsize=8)
    charts.plain(axes, dates=False)


def _colour(report: Report, one: TriggerScore) -> str:
    return _COLOURS[[s.trigger for s in report.triggers].index(one.trigger) % len(_COLOURS)]
