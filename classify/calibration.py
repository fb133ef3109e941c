"""Draws an evaluation: how often a tag is right where it says so often, and what is missed or falsely told."""

from __future__ import annotations

from pathlib import Path

from classify.evaluation import Report


def draw(report: Report, path: Path) -> None:
    """Write a PNG or SVG (by suffix): reliability of the scores at the left, counts by trigger at the right."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # heavy: only where a plot is asked for

    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for score in report.triggers:
        told, true, _ = zip(*score.calibration, strict=True)
        left.plot(told, true, marker="o", label=score.trigger)
    left.set(xlabel="mean score", ylabel="share true", xlim=(0, 1), ylim=(0, 1), title="Calibration")
    left.legend()
    places = range(len(report.triggers))
    floor = [0] * len(report.triggers)
    for kind, label in (("tp", "right"), ("fn", "missed"), ("fp", "false alarm")):
        counts = [s.confusion[kind] for s in report.triggers]
        right.bar(places, counts, bottom=floor, label=label)
        floor = [a + b for a, b in zip(floor, counts, strict=True)]
    right.set(
        xticks=list(places), xticklabels=[s.trigger for s in report.triggers], title=f"{report.documents} documents"
    )
    right.legend()
    figure.savefig(path)
