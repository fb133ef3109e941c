"""What is shipped: declarations load clean, cover the known sources, and match saved pages where those are at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from parsel import Selector, SelectorList

from config.declarations import check, load
from config.source import Source
from config.trigger import Trigger

DECLARED = load()
HAN = re.compile(r"[\u4e00-\u9fff]")
HANT = re.compile(r"[資雲據電國價學請體關調應條來發開漁學]")
FORBIDDEN = {"govcn_library", "pbc", "npc_flk"}


def test_shipped_declarations_have_no_fault() -> None:
    assert [str(error) for error in check()] == []


@pytest.mark.parametrize("trigger", DECLARED.triggers.values(), ids=lambda trigger: trigger.id)
def test_triggers_have_enough_examples_of_their_own(trigger: Trigger) -> None:
    fires, silent = [example.text for example in trigger.fires_on], list(trigger.silent_on)
    for sentences in (fires, silent):
        chinese = [text for text in sentences if HAN.search(text)]
        assert len(sentences) >= 45
        assert len(chinese) >= 25
        assert len(sentences) - len(chinese) >= 12
        assert sum(bool(HANT.search(text)) for text in chinese) >= 2
    assert len({*fires, *silent}) == len(fires) + len(silent)
    assert all(15 <= len(text) <= 160 for text in fires + silent)
    assert HAN.search(trigger.description)
    assert re.search(r"[a-z]{4}", trigger.description)


@pytest.mark.parametrize("trigger", DECLARED.triggers.values(), ids=lambda trigger: trigger.id)
def test_most_examples_say_a_direction_and_each_occurs(trigger: Trigger) -> None:
    directions = [example.direction for example in trigger.fires_on]
    assert all(directions.count(wanted) >= 8 for wanted in ("tighten", "loosen", "neutral"))
    assert directions.count(None) <= len(directions) / 4


def test_the_library_holds_the_scenarios_and_uses_what_indicators_offer() -> None:
    assert set(DECLARED.scenarios) == {
        "status_quo", "rationing", "bonus_allocation", "geopolitical_escalation", "domestic_tightening",
        "regional_imbalance", "contract_nullification", "lock_in",
    }  # fmt: skip
    used: set[str] = set()
    for scenario in DECLARED.scenarios.values():
        assert len(scenario.indicators) >= 4
        assert {"raises", "lowers"} & {indicator.effect for indicator in scenario.indicators}
        used |= {name for indicator in scenario.indicators for name in indicator.when.model_fields_set}
        used |= {"at_least" for indicator in scenario.indicators if indicator.at_least}
    assert used >= {"trigger", "direction", "tier", "lifecycle", "region", "kind", "at_least"}


def test_subscriptions_cover_both_languages() -> None:
    assert {subscription.language for subscription in DECLARED.subscriptions.values()} >= {"en", "zh"}


@pytest.mark.parametrize("source", DECLARED.sources.values(), ids=lambda source: source.id)
def test_sources_are_polite(source: Source) -> None:
    assert source.delay >= (8 if "www.gov.cn" in source.hosts else 2)
    assert source.connections == 1
    assert source.robots == "obey"
    if source.enabled:
        assert re.search(r"\d+ (list )?requests? a day", source.impact_note)


def test_what_robots_forbid_is_declared_and_not_read() -> None:
    for name in FORBIDDEN:
        assert not DECLARED.sources[name].enabled
        assert "robots.txt" in str(DECLARED.sources[name].missing)
    assert not any("sousuo.www.gov.cn" in source.hosts for source in DECLARED.sources.values() if source.enabled)


@pytest.mark.shared
def test_every_known_source_is_declared(shared: Path) -> None:
    known = json.loads((shared / "sites" / "sources.json").read_text(encoding="utf-8"))["sources"]
    for fact in known:
        source = DECLARED.sources[fact["id"]]
        assert source.tier == fact["tier"], source.id
        assert source.confidence >= fact["confidence"], f"{source.id} claims more than is known"


def select(node: Selector, query: str) -> SelectorList[Selector]:
    return node.xpath(query) if query.startswith(("/", "./", "(")) else node.css(query)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("source", "file", "rows"),
    [
        ("ndrc_fzggwl", "ndrc_fzggwl_list_20260731.html", 25),
        ("mof_regional", "mof_zj_caizhengjiancha_list_p0.html", 10),
        ("nea_news", "nea_xwzx_index_20260916.html", 40),
    ],
)
def test_list_selectors_match_saved_pages(source: str, file: str, rows: int, shared: Path) -> None:
    page = Selector((shared / "sites" / "html" / file).read_text(encoding="utf-8"))
    listing = DECLARED.sources[source].list
    assert listing.items
    found = select(page, listing.items)
    assert len(found) == rows
    for row in found:
        for query in (listing.link, listing.title, listing.date):
            assert query is not None
            assert len(select(row, query)) >= 1


@pytest.mark.shared
@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("govcn_zuixin", "govcn_zhengceku_content_7082302.html"),
        ("cac", "cac_c_1578375159509309.html"),
        ("gd_gkmlpt", "gd_08_wjw.html"),
        ("gd_gz", "gd_31_gz.html"),
        ("gd_gz", "gd_12_tianhe.html"),
    ],
)
def test_detail_selectors_match_saved_pages(source: str, file: str, shared: Path) -> None:
    sites = shared / "sites"
    gold = [json.loads(line) for line in (sites / "gold_detail.jsonl").read_text(encoding="utf-8").splitlines()]
    [wanted] = [row for row in gold if row["file"] == file]
    page = Selector((sites / "html" / file).read_text(encoding="utf-8"))
    detail = DECLARED.sources[source].detail
    assert detail.body
    body = select(page, detail.body)[0]
    text = re.sub(r"\s", "", "".join(body.xpath(".//text()[not(parent::script or parent::style)]").getall()))
    assert len(text) == pytest.approx(wanted["body_chars"], rel=0.01)
    if detail.attachments:
        assert len(select(page, detail.attachments)) == len(wanted["attachments"])
