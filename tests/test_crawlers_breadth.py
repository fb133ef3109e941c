"""All sources whose structure is known are declared and have a case; the others say what is missing."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from config.declarations import load
from config.source import Source

CASES = Path(__file__).parent / "cases"
FORBIDDEN = {"govcn_library", "npc_flk", "pbc"}
"""robots.txt or terms forbid them, whatever is known of their pages."""
NO_LIST = {"govcn_gongbao", "jiangsu", "moj_xzfg", "nfra", "shanxi", "zhejiang"}
"""Documents can be read, and the address of their list, or a number in it, is not recorded."""
NO_KEY = {"ct_notice", "gd_gdii", "govcn_gjgzk", "miit_column"}
"""The list wants a key, or a number that a script makes."""
NO_CASE = {
    "ctyun_docs": "the form of its addresses is all that is recorded",
    "npc_flk": "robots.txt and its terms forbid all, and nothing is recorded of its pages",
}
"""The only declared sources of which no page, no selector and no field is known; neither is visited."""
VISITED_THOUGH_C = {
    "aliyun_notice": "rows, dates and the body are recorded",
    "tencent_price": "static HTML is recorded, and watching a page needs no selector",
}
"""Sources graded C that are visited, and what is known that speaks for it."""
LIST_ALONE = {
    "baidu_notice": "no body is recorded",
    "chongqing_data": "no body is recorded",
    "cm_group": "no body is recorded",
    "ct_group": "no body is recorded",
    "ct_notice": "documents are behind a cookie challenge",
    "cu_group": "no body is recorded",
    "gansu": "documents are behind a cookie challenge",
    "hebei": "no body is recorded",
    "huawei_notice": "no body is recorded",
    "jiangsu": "no body is recorded",
    "jiangxi": "no body is recorded",
    "neimenggu": "no body is recorded",
    "shanghai_data": "no body is recorded",
    "tencent_notice": "no body is recorded",
    "tianjin": "no body is recorded",
}
"""Listings whose case is their list: nothing certain is known of their documents, which are read without selectors."""
DOCUMENT_ALONE = {"govcn_gongbao", "miit_ca", "moj_xzfg", "nfra", "shanxi"}
"""Listings whose case is a document: no list of theirs is recorded (see NO_LIST), so none is visited."""


@cache
def sources() -> dict[str, Source]:
    return dict(load().sources)


def shown(source: str) -> set[str]:
    """What the cases of a source show: `list`, `document`, or both; by what is expected of them."""
    found = set()
    for path in (CASES / source).glob("*/expected.json"):
        expected = json.loads(path.read_text("utf-8"))
        found |= {"list"} if expected.get("items") else {"document"} if expected.get("text") else set()
        found |= {"document"} if expected.get("fault") else set()
    return found


@pytest.mark.shared
def test_every_source_of_a_known_structure_is_declared_visited_and_has_a_case(shared: Path) -> None:
    known = json.loads((shared / "sites" / "sources.json").read_text(encoding="utf-8"))["sources"]
    declared = sources()
    assert len(known) == 76
    assert [fact["id"] for fact in known if fact["id"] not in declared] == []
    graded = {fact["id"]: fact["confidence"] for fact in known}
    sure = {name for name, grade in graded.items() if grade in {"A", "B"}}
    assert {name for name in sure if not declared[name].enabled} == FORBIDDEN | NO_LIST | NO_KEY
    assert {name for name in graded if not shown(name)} == set(NO_CASE)
    unsure = set(graded) - sure
    assert {name for name in unsure if declared[name].enabled} == set(VISITED_THOUGH_C)
    assert all(declared[name].confidence == "C" for name in unsure)


@pytest.mark.parametrize("name", sorted(sources()))
def test_every_declared_source_has_a_case_or_a_reason(name: str) -> None:
    """Both the list and a document are shown, save where one of them is not known; then it is named here."""
    has = shown(name)
    if name in NO_CASE:
        assert not has
        assert not sources()[name].enabled
    elif sources()[name].kind == "page":
        assert "document" in has
    elif name in LIST_ALONE:
        assert has == {"list"}
        assert sources()[name].detail.body is None
    elif name in DOCUMENT_ALONE:
        assert has == {"document"}
        assert not sources()[name].enabled
    else:
        assert has == {"list", "document"}


def test_the_reasons_name_declared_sources_once() -> None:
    named = [*NO_CASE, *LIST_ALONE, *DOCUMENT_ALONE]
    assert len(named) == len(set(named))
    assert set(named) | FORBIDDEN | NO_LIST | NO_KEY | set(VISITED_THOUGH_C) <= set(sources())


def test_what_is_not_visited_says_why_and_what_would_help() -> None:
    left_out = [source for source in sources().values() if not source.enabled]
    assert left_out
    for source in left_out:
        assert source.missing is not None and len(source.missing) >= 20, source.id


@pytest.mark.shared
def test_jiangxi_asks_for_what_the_script_of_its_saved_page_names(shared: Path) -> None:
    page = (shared / "sites" / "html" / "jiangxi_sthjt_col_list_2025.html").read_text(encoding="utf-8")
    script = page[page.index("var params") : page.index("loadPageData(params")]
    asked = dict(re.findall(r"(\w+):\s*\[?'([^']*)'", script))
    form = sources()["jiangxi"].form
    for field in ("unitid", "webSiteCode", "channelCode", "perPage", "showMode"):
        assert form.get(field) or form.get(f"{field}[]") == asked[field]
        assert asked[field] in form.values()
