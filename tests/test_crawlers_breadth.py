"""All sources whose structure is known are declared and have a case; the others say what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.declarations import load

CASES = Path(__file__).parent / "cases"
FORBIDDEN = {"govcn_library", "npc_flk", "pbc"}
"""robots.txt or terms forbid them, whatever is known of their pages."""
NO_LIST = {"govcn_gongbao", "jiangxi", "jiangsu", "mee", "csrc", "moj_xzfg", "nfra", "shanxi", "zhejiang"}
"""Documents can be read, and the address of their list, or a number in it, is not recorded."""
NO_KEY = {"ct_notice", "gd_gdii", "govcn_gjgzk", "miit_column"}
"""The list wants a key, or a number that a script makes."""
SHOWN_BY_NO_PAGE = {"csrc", "jiangxi", "mee", "npc_flk", "pbc", "hubei", "ctyun_docs"}
"""Nothing is recorded that a case could be made from; none is visited."""


@pytest.mark.shared
def test_every_source_of_a_known_structure_is_declared_visited_and_has_a_case(shared: Path) -> None:
    known = json.loads((shared / "sites" / "sources.json").read_text(encoding="utf-8"))["sources"]
    declared = load().sources
    assert len(known) == 76
    assert [fact["id"] for fact in known if fact["id"] not in declared] == []
    graded = {fact["id"]: fact["confidence"] for fact in known}
    sure = {name for name, grade in graded.items() if grade in {"A", "B"}}
    assert {name for name in sure if not declared[name].enabled} == FORBIDDEN | NO_LIST | NO_KEY
    has_case = {folder.name for folder in CASES.iterdir() if any(folder.rglob("expected.json"))}
    assert set(graded) - has_case == SHOWN_BY_NO_PAGE
    assert len(sure & has_case) >= 56
    for name in set(graded) - sure:  # only the address is known
        source = declared[name]
        assert source.confidence == "C"
        assert source.missing if not source.enabled else name in has_case


def test_what_is_not_visited_says_why_and_what_would_help() -> None:
    left_out = [source for source in load().sources.values() if not source.enabled]
    assert left_out
    for source in left_out:
        assert source.missing is not None and len(source.missing) >= 20, source.id


def test_every_enabled_source_has_a_case_of_its_own() -> None:
    for source in load().sources.values():
        if source.enabled:
            assert any((CASES / source.id).rglob("expected.json")), source.id
