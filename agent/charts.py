"""What all charts share: a drawing surface without a screen, colours that colour-blind readers tell apart, a font for
Chinese where the machine has one, and files written whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, FAINT = "#1f2328", "#656d76", "#d0d7de"
UP, DOWN, FLAT = "#b35900", "#0b6bb8", "#8c959f"
"""Dearer or more pressure; cheaper or less; unchanged. Orange and blue are told apart by all common colour visions."""
_DATES = ["%Y", "%b %Y", "%d %b", "%d %b", "%H:%M", "%H:%M"]
"""Ticks at years, months, days …"""
_LINE = 170
"""Characters of a line below the title that fit 12 inches."""
FORMATS = (".png", ".svg")
_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC"),
    *("SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP", "Noto Serif CJK SC"),
)


def chart_file(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """For options that name a chart: refuse before any work what cannot be drawn."""
    if value is not None and value.suffix.lower() not in FORMATS:
        raise click.BadParameter(f"{value.name}: a chart is written as .png or .svg", ctx=ctx, param=param)
    return value


def chinese_font() -> str | None:
    """A font of this machine that has Chinese characters."""
    from matplotlib import font_manager  # noqa: PLC0415 - half a second that only charts need

    present = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _FONTS if name in present), None)


def legible(text: str, number: int, font: str | None) -> str:
    """The text, or its number in the table where the machine has no font for it."""
    return text if font or text.isascii() else f"#{number}"


@contextmanager
def drawing(width: float, height: float) -> Iterator[tuple[Figure, str | None]]:
    """A figure of so many inches and the Chinese font; fonts and colours are ours only inside."""
    import matplotlib as mpl  # noqa: PLC0415 - as above
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - as above

    font = chinese_font()
    families = [*([font] if font else []), "DejaVu Sans"]
    ours: Any = {"font.family": families, "font.size": 9, "axes.unicode_minus": False, "text.color": INK,
                            "axes.edgecolor": FAINT, "xtick.color": MUTED, "ytick.color": MUTED,
                            "svg.hashsalt": "vedette"}  # fmt: skip
    with mpl.rc_context(ours):
        yield Canvas(figsize=(width, height), facecolor="white"), font


def save(figure: Figure, file: Path) -> None:
    """Write the chart in the format of its suffix, with no date inside, so that the same data gives the same file."""
    part = file.with_name(f".{file.name}.part")
    kind = file.suffix.lower().removeprefix(".")
    figure.savefig(part, format=kind, dpi=160, metadata={"Date": None} if kind == "svg" else None)
    part.replace(file)


def headed(figure: Figure, title: str, lines: Sequence[str]) -> float:
    """Title and lines below it at the top left; return where the panels may begin, as a share of the height."""
    height = float(figure.get_figheight())
    figure.text(0.025, 1 - 0.2 / height, title, fontsize=15, fontweight="bold", va="top")
    wrapped = [part for line in lines for part in wrap(line, _LINE)]
    for n, line in enumerate(wrapped):
        figure.text(0.025, 1 - (0.52 + 0.2 * n) / height, line, fontsize=9.5, color=MUTED, va="top")
    return 1 - (0.95 + 0.2 * len(wrapped)) / height


def plain(axes: Axes, *, dates: bool = True) -> None:
    """A quiet frame: a baseline, faint lines across, and few dates."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8)
    if dates:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415 - as above

        where = AutoDateLocator(minticks=3, maxticks=6)  # type: ignore[no-untyped-call] # matplotlib types no dates
        axes.xaxis.set_major_locator(where)
        told = ConciseDateFormatter(where, formats=_DATES, show_offset=False)  # type: ignore[no-untyped-call] # as above
        axes.xaxis.set_major_formatter(told)


def across(day: date | datetime) -> float:
    """A day's place on an axis of dates."""
    from matplotlib.dates import date2num  # noqa: PLC0415 - as above

    return float(date2num(day))  # type: ignore[no-untyped-call] # as above


def apart(places: Sequence[float], least: float) -> list[float]:
    """The places moved as little as needed to lie at least so far apart, in their order from low to high."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    for a, b in pairwise(order):
        moved[b] = max(moved[b], moved[a] + least)
    return moved
