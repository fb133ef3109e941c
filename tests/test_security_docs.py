"""docs/security.md names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def test_every_defence_points_at_a_test_that_there_is() -> None:
    named = NAMED.findall((ROOT / "docs/security.md").read_text("utf-8"))
    assert len(named) > 50
    missing = [
        f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / "tests" / file).read_text("utf-8")
    ]
    assert not missing
