"""docs/scenarios.md states the rules of severity as the code has them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from classify.severity import Case, severity

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scenarios.md"


def test_the_page_says_from_which_sum_each_grade_begins() -> None:
    cases = (
        Case("tighten", "amended", "central", "adopted", 0.9, percent=-50, silent=False),
        Case("tighten", "new", "central", "adopted", 0.9),
        Case("neutral", "new", "central", "draft", 0.9),
    )
    told = [severity(case, date(2026, 6, 1)) for case in cases]
    sums = [int(one.severity_reason.en.split(" with ")[1].split()[0]) for one in told]
    assert list(zip((one.severity for one in told), sums, strict=True)) == [
        ("extreme", 6),
        ("severe", 4),
        ("moderate", 1),
    ]
    assert "6 points or more are extreme, 4 or 5 severe, 1 to 3 moderate" in PAGE.read_text(encoding="utf-8")
