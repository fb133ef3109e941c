"""Real saved pages against their gold, by the scoring rules that come with them. Lowering a floor needs a reason."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from crawlers.reading import as_json, read

pytestmark = pytest.mark.shared
FLOORS = {"body": 0.95, "title": 0.98, "published": 0.95, "doc_number": 0.95, "attachments": 0.95}


@pytest.fixture(scope="module")
def scoring(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_extract", shared / "eval" / "score_extract.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def extracted(gold: dict[str, Any], shared: Path) -> dict[str, Any]:
    page = (shared / "sites" / "html" / gold["file"]).read_bytes()
    return as_json(read(page, gold["url"] or "https://example.gov.cn/x.html"))


def test_documents(shared: Path, scoring: ModuleType) -> None:
    golds = scoring.rows(shared / "sites" / "gold_detail.jsonl")
    right = dict.fromkeys(FLOORS, 0)
    for gold in golds:
        got = extracted(gold, shared)
        right["body"] += scoring.body_ok(gold, got["text"])
        right["title"] += scoring.squeeze(got["title"]) == scoring.squeeze(gold["title"])
        right["published"] += got["published"] == gold["published"]
        right["doc_number"] += got["doc_number"] in (gold["doc_number"], *gold.get("doc_number_alt", []))
        right["attachments"] += set(got["attachments"]) == set(gold["attachments"])
        assert got["items"] == []
    below = {name: right[name] / len(golds) for name, floor in FLOORS.items() if right[name] / len(golds) < floor}
    assert below == {}


def test_lists(shared: Path, scoring: ModuleType) -> None:
    found = wanted = both = 0
    for gold in scoring.rows(shared / "sites" / "gold_list.jsonl"):
        optional = {x["url"] for x in gold.get("items_optional", [])}
        want = {(x["url"], x["title"], x["date"]) for x in gold["items"]}
        have = {(x["url"], x["title"], x["date"]) for x in extracted(gold, shared)["items"] if x["url"] not in optional}
        found, wanted, both = found + len(have), wanted + len(want), both + len(want & have)
    assert both / found >= 0.97
    assert both / wanted >= 0.97
