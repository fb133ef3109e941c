"""Pages as each platform family builds them, with the reading expected of each.

`page.html` has the family's structure and text of our own, `meta.json` its address, `expected.json` the reading.
A missing `expected.json` is written and the test fails: review it, then run again.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers.reading import read
from index.records import Reading

CASES = sorted((Path(__file__).parent / "cases").glob("*/*/page.html"))


def in_full(reading: Reading) -> dict[str, Any]:
    """Every field of a reading that says something; text as a list of lines."""
    found = {key: value for key, value in dataclasses.asdict(reading).items() if value}
    found["text"] = reading.text.split("\n") if reading.text else []
    return json.loads(json.dumps(found, default=date.isoformat))  # type: ignore[no-any-return]  # JSON has no types


@pytest.mark.parametrize("page", CASES, ids=lambda page: f"{page.parent.parent.name}-{page.parent.name}")
def test_reads_as_expected(page: Path) -> None:
    meta = json.loads(page.with_name("meta.json").read_text("utf-8"))
    got = in_full(read(page.read_bytes(), meta["url"]))
    expected = page.with_name("expected.json")
    if not expected.exists():
        expected.write_text(json.dumps(got, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pytest.fail(f"wrote {expected}: review it, then run again")
    assert got == json.loads(expected.read_text("utf-8"))


def test_there_are_cases_of_lists_and_of_documents() -> None:
    readings = [json.loads(page.with_name("expected.json").read_text("utf-8")) for page in CASES]
    assert sum("items" in r for r in readings) >= 8
    assert sum(bool(r["text"]) for r in readings) >= 12
