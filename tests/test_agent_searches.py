"""Saved searches: declared in one file, frozen at first use, asked of every new change, told to who names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from agent import searches
from agent.signals import signals
from config.declarations import Declarations, check, load
from config.search import Search
from config.settings import Settings
from config.subscription import Filter
from digests.alert import schema
from digests.selection import matches
from index.altering import index_changes
from index.archive.archive import Archive
from index.records import Alert, Change
from tests.finding import NOW, Shelf, WordEncoder, on, reading

PLAN = "词元套餐价格表\n轻享版每月9.9元含1000万词元。\n畅享版每月{}元含1500万词元。"
DEARER = Search(
    id="dearer", title="Token plans", title_zh="词元套餐涨价", query="词元套餐 畅享版 tier:carrier", at_least=0.3
)
SHANGHAI = Search(id="shanghai", title="Shanghai", title_zh="上海", query="region:CN-31")
OFF = Search(id="off", title="Off", title_zh="停用", query="region:CN-31", enabled=False)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def declared() -> Declarations:
    return replace(load(), searches={one.id: one for one in (DEARER, SHANGHAI, OFF)})


def classified(archive: Archive, *changes: Change) -> None:
    index_changes(archive, WordEncoder(), NOW)
    with archive.transaction():
        archive.judgements.done("classify", [change.id for change in changes], NOW)


def told(archive: Archive, declared: Declarations) -> list[Alert]:
    searches.ask(archive, declared, WordEncoder(), NOW)
    searches.tell(archive, declared, Settings(home=archive.home), NOW)
    return archive.feed.after(0)


def carrier_plan(archive: Archive) -> tuple[Change, Change]:
    shelf = Shelf(archive)
    old = shelf.put("plan", reading("plan", "词元套餐公告", PLAN.format("39.9")), on(5), "ct_group")
    return old, shelf.put("plan", reading("plan", "词元套餐公告", PLAN.format("49.9")), on(12), "ct_group")


def test_a_change_that_answers_is_an_alert_of_its_own(archive: Archive, declared: Declarations) -> None:
    new, dearer = carrier_plan(archive)
    other = Shelf(archive).put("notice", reading("notice", "系统维护通知", "五月九日凌晨维护。"), on(13), "ct_notice")
    local = Shelf(archive).put("vouchers", reading("vouchers", "算力券办法", "发放算力券。"), on(14), "shanghai")
    classified(archive, new, dearer, other, local)
    alerts = told(archive, declared)
    assert {(one.trigger, one.change) for one in alerts} == {
        ("search:dearer", new.id),
        ("search:dearer", dearer.id),
        ("search:shanghai", local.id),
    }
    for alert in alerts:
        assert not list(Draft202012Validator(schema()).iter_errors(alert.event))
    (found,) = (one for one in alerts if one.change == dearer.id)
    (evidence,) = found.event["data"]["evidence"]
    text = PLAN.format("49.9")
    assert text[evidence["start"] : evidence["end"]] == evidence["quote"]
    assert "49.9" in evidence["quote"]
    assert found.event["data"]["trigger"]["title_zh"] == "词元套餐涨价"
    assert found.event["data"]["scenarios"] == []


def test_each_stage_may_run_twice(archive: Archive, declared: Declarations) -> None:
    classified(archive, *carrier_plan(archive))
    first = told(archive, declared)
    assert first == told(archive, declared) != []


def test_what_was_alerted_before_is_not_asked(archive: Archive, declared: Declarations) -> None:
    new, dearer = carrier_plan(archive)
    classified(archive, new, dearer)
    with archive.transaction():
        archive.judgements.done("alert", [new.id], NOW)
    assert [one.change for one in told(archive, declared)] == [dearer.id]


def test_only_news_is_told(archive: Archive, declared: Declarations) -> None:
    (new, _) = carrier_plan(archive)
    old = replace(new, id="old", document="plan", baseline=True)
    with archive.transaction():
        archive.documents.add_change(old)
    classified(archive, old)
    assert told(archive, declared) == []


def test_the_vector_is_frozen_at_first_use(archive: Archive) -> None:
    class Other(WordEncoder):
        def _one(self, text: str) -> np.ndarray:  # a model that was changed under the same name
            return -super()._one(text)

    first = searches.frozen(archive, WordEncoder(), DEARER, NOW)
    again = searches.frozen(archive, Other(), DEARER, NOW)
    assert first is not None and again is not None
    assert np.array_equal(first, again)
    another = Search(**{**DEARER.model_dump(), "query": "数据出境"})
    assert not np.array_equal(first, searches.frozen(archive, WordEncoder(), another, NOW))
    assert searches.frozen(archive, WordEncoder(), SHANGHAI, NOW) is None


def test_only_who_names_a_search_is_told_of_it(archive: Archive, declared: Declarations) -> None:
    classified(archive, *carrier_plan(archive))
    event = told(archive, declared)[0].event
    assert matches(event, Filter(searches=("dearer",)))
    assert matches(event, Filter(searches=("dearer",), triggers=("quota",)))
    assert not matches(event, Filter())
    assert not matches(event, Filter(triggers=("pricing",)))
    assert not matches(event, Filter(searches=("shanghai",)))
    assert not matches(event, Filter(searches=("dearer",), tiers=("cloud",)))
    ordinary = event | {"triggerid": "pricing"}
    assert matches(ordinary, Filter()) and matches(ordinary, Filter(triggers=("pricing",), searches=("dearer",)))
    assert not matches(ordinary, Filter(searches=("dearer",)))


def test_saved_searches_say_nothing_of_scenarios(archive: Archive, declared: Declarations) -> None:
    classified(archive, *carrier_plan(archive))
    assert told(archive, declared)
    assert list(signals(archive, on(1, 1), on(1, 12))) == []


def test_the_shipped_example_is_off() -> None:
    assert [one.id for one in load().searches.values() if one.enabled] == []


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("title: T\ntitle_zh: 甲\nquery: 'tigger:x'\n", 3, "did you mean trigger:"),
        ("title: T\ntitle_zh: 甲\nquery: ''\n", 3, "asks nothing"),
        ("title: T\ntitle_zh: 甲\nquery: 算力 as-of:2026-01-01\n", 3, "as-of"),
        ("title: T\ntitle_zh: 甲\nquery: trigger:prcing\n", 3, "did you mean 'pricing'"),
        ("title: T\ntitle_zh: 甲\nquery: source:nowhere_at_all\n", 3, "names no source"),
        ("title: T\nquery: 算力\n", 1, "title_zh"),
    ],
)
def test_check_names_file_line_and_fix(tmp_path: Path, body: str, line: int, says: str) -> None:
    (tmp_path / "searches").mkdir()
    (tmp_path / "searches" / "mine.yml").write_text(body, "utf-8")
    (fault,) = check(tmp_path)
    assert fault.file.endswith("searches/mine.yml")
    assert fault.line == line
    assert says in str(fault)


def test_a_subscription_may_name_only_searches_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "subscriptions").mkdir()
    text = "title: T\nto: [a@example.org]\ncadence: immediate\nfilter: {searches: [model_price_cut]}\n"
    (tmp_path / "subscriptions" / "mine.yml").write_text(text, "utf-8")
    (fault,) = check(tmp_path)
    assert "did you mean 'model_price_cuts'" in str(fault)
