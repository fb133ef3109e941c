"""Charts as shapes for inline SVG: coordinates only. Colours stand in the style sheet, words and numbers in HTML, so
that both follow the reader's size, language and light.

The drawings stretch to their place (`preserveAspectRatio="none"`, strokes that do not scale); y grows downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

WIDTH, HEIGHT = 300.0, 60.0
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A line and the area between it and the base line, as SVG paths; `dots` are places of events."""

    line: str
    area: str
    base: float
    dots: tuple[tuple[float, float], ...] = ()


def history(points: Points, low: float, high: float, events: Sequence[float] = ()) -> Shape:
    """A line through (x, y) with x ascending and y between `low` and `high`; the base line is at 0.

    `events` are xs at which a dot is drawn on the line.
    """
    first, last = points[0][0], points[-1][0]
    placed = [(_across(x, first, last), _down(y, low, high)) for x, y in points]
    base = _down(0, low, high)
    line = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    area = f"{line}L{placed[-1][0]:.1f},{base:.1f}L{placed[0][0]:.1f},{base:.1f}Z"
    dots = tuple((_across(x, first, last), _down(_at(points, x), low, high)) for x in events if first <= x <= last)
    return Shape(line, area, base, tuple((round(x, 1), round(y, 1)) for x, y in dots))


def steps(points: Points, end: float) -> Shape:
    """A step line through (x, y), each y held until the next x and the last one until `end`, to its own range."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    low, high = min(ys), max(ys)
    spread = (high - low) or abs(high) or 1.0
    low, high = low - spread * 0.12, high + spread * 0.12
    first, last = xs[0], max(end, xs[-1]) if max(end, xs[-1]) > xs[0] else xs[0] + 1
    placed = [(_across(x, first, last), _down(y, low, high)) for x, y in points]
    line = f"M{placed[0][0]:.1f},{placed[0][1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in placed[1:]) + f"H{WIDTH}"
    moved = tuple((round(x, 1), round(y, 1)) for x, y in placed[1:])
    return Shape(line, f"{line}V{HEIGHT}H{placed[0][0]:.1f}Z", HEIGHT, moved)


def share(value: float, low: float, high: float) -> float:
    """The length of a bar, 2 to 100, on a logarithmic scale from `low` to `high`, all positive."""
    if value <= 0 or high <= low:
        return 2.0 if value <= 0 else 100.0
    return round(2 + 98 * (log10(value) - log10(low)) / (log10(high) - log10(low)), 1)


def _across(x: float, first: float, last: float) -> float:
    return WIDTH * (x - first) / ((last - first) or 1)


def _down(y: float, low: float, high: float) -> float:
    return HEIGHT * (high - y) / ((high - low) or 1)


def _at(points: Points, x: float) -> float:
    """The value at the first point not before x."""
    return next((y for at, y in points if at >= x), points[-1][1])
