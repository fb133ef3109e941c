"""Is it becoming boring yet? Changes of a book over the last 90 days against the 90 days before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal

from classify.book import Move, Series

WINDOW = timedelta(days=90)
Verdict = Literal["quiet", "calmer", "livelier", "mixed", "unchanged", "unknown"]
_ANSWER = {
    "quiet": "Yes: nothing moved",
    "calmer": "Getting there",
    "livelier": "No",
    "mixed": "Not clear",
    "unchanged": "As before",
    "unknown": "Too early to compare",
}


@dataclass(frozen=True, slots=True)
class Calm:
    """Changes and their median absolute size in percent, in the window up to `day` and in the one before it.

    `announced`: changes that hold from a later day. `covered` is False where the archive begins inside the earlier
    window, so that changes of that time may be missing; then the verdict is `unknown`.
    """

    day: date
    changes: int
    median: float | None
    changes_before: int
    median_before: float | None
    announced: int
    begins: date | None
    covered: bool
    verdict: Verdict


def tokens(series: Iterable[Series]) -> tuple[Series, ...]:
    """The series that give a price of a million tokens."""
    return tuple(one for one in series if one.last.unit_price is not None)


def calm(series: Iterable[Series], day: date, begins: date | None) -> Calm:
    """Compare the windows (day - 90, day] and (day - 180, day - 90]; `begins` is the archive's first day."""
    moves = [move for one in series for move in one.moves]
    now = [m for m in moves if day - WINDOW < m.on <= day]
    before = [m for m in moves if day - 2 * WINDOW < m.on <= day - WINDOW]
    covered = begins is not None and begins <= day - 2 * WINDOW
    counted = len(now), _median(now), len(before), _median(before)
    verdict = _verdict(*counted) if covered else "unknown"
    return Calm(day, *counted, sum(m.on > day for m in moves), begins, covered, verdict)


def sentence(found: Calm, what: str = "token pricing") -> str:
    """The answer in one line."""
    now = _told(found.changes, found.median)
    before = _told(found.changes_before, found.median_before)
    answer = f"{_ANSWER[found.verdict]}: {now} in the 90 days to {found.day}, {before} in the 90 before."
    line = f"Is {what} becoming boring yet? {answer}"
    if found.announced:
        line += f" Announced for later: {found.announced}."
    if not found.covered:
        line += f" The archive begins {found.begins}." if found.begins else " The archive is empty."
    return line


def _told(count: int, size: float | None) -> str:
    changes = f"{count} change" + ("" if count == 1 else "s")
    return changes if size is None else f"{changes} (median {size:.1f}%)"


def _median(moves: Iterable[Move]) -> float | None:
    sizes = [abs(float(m.percent)) for m in moves if m.percent is not None]
    return round(median(sizes), 1) if sizes else None


def _verdict(count: int, size: float | None, count_before: int, size_before: float | None) -> Verdict:
    if not count:
        return "quiet"
    pairs = ((count, count_before), (size or 0.0, size_before or 0.0))
    if all(a == b for a, b in pairs):
        return "unchanged"
    if all(a <= b for a, b in pairs):
        return "calmer"
    return "livelier" if all(a >= b for a, b in pairs) else "mixed"
