"""The history as one PNG: alerts a week by trigger, one small chart each, on an opaque ground.

Labels are ASCII unless the machine has a font with Chinese characters; the digest prints the same numbers in a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from textwrap import fill
from typing import TYPE_CHECKING

from digests.issue import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CJK = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "PingFang SC", "SimHei")
_INK, _MUTED, _GROUND, _BAR, _LAST = "#1f2937", "#6b7280", "#f8fafc", "#9db4d6", "#1d4ed8"
_MOST = 6
_TITLE = 18  # characters a line


def chart(history: History, titles: Mapping[str, str]) -> bytes | None:
    """The PNG, 1125 pixels wide (shown at about half), or None where there is nothing to show.

    `titles` by trigger; one that the fonts here cannot print is replaced by the trigger's id.
    """
    if not history.total:
        return None
    rows = list(history.counts.items())[:_MOST]
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - heavy
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy

    figure = Figure(figsize=(4.5, 1.5), dpi=250, facecolor=_GROUND, layout="constrained")
    top = max(max(counts) for _, counts in rows)
    for place, (name, counts) in enumerate(rows):
        axes = figure.add_subplot(1, len(rows), place + 1)
        _bars(axes, counts, top)
        _label(axes, _printable(titles.get(name, name), name), history, first=place == 0)
    out = BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _bars(axes: Axes, counts: Sequence[int], top: int) -> None:
    colours = [_BAR] * (len(counts) - 1) + [_LAST]
    axes.bar(range(len(counts)), counts, color=colours, width=0.78)
    axes.set_ylim(0, top * 1.3)
    axes.set_facecolor(_GROUND)
    axes.annotate(
        str(counts[-1]), (len(counts) - 1, counts[-1]), ha="center", va="bottom", fontsize=7, color=_LAST, weight="bold"
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_MUTED)


def _label(axes: Axes, title: str, history: History, *, first: bool) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - heavy

    axes.set_title(fill(title, _TITLE), loc="left", fontsize=7.5, color=_INK, fontfamily=_family(), weight="bold")
    last = len(history.weeks) - 1
    marks = [0, last]
    axes.set_xticks(marks, [f"{history.weeks[mark]:%m-%d}" for mark in marks], fontsize=6, color=_MUTED)
    axes.tick_params(axis="both", length=0, pad=2)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.grid(axis="y", color="#e2e8f0", linewidth=0.6)
    axes.set_axisbelow(True)
    for tick in axes.get_yticklabels():
        tick.set_fontsize(6)
        tick.set_color(_MUTED)
        tick.set_visible(first)


@cache
def _family() -> list[str]:
    """Fonts to print with: Latin first, and a Chinese one where the machine has it."""
    from matplotlib.font_manager import fontManager  # noqa: PLC0415 - heavy

    here = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in _CJK if name in here)][:2]


def _printable(title: str, name: str) -> str:
    return title if title.isascii() or len(_family()) > 1 else name
