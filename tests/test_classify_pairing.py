# ruff: noqa: E501 (Chinese text counts two columns a character)
"""Facts of two versions paired: what rose or fell, by how much, and what merely moved."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.facts import facts
from classify.pairing import Quantity, pair_facts, percent_change, stated_changes
from index.records import Fact


def changes(before: str, after: str, lang: str = "zh") -> list[tuple[str, str, str, str, str | None, str | None]]:
    found = pair_facts(facts(before, lang), facts(after, lang))
    return [(q.metric, q.before, q.after, q.unit, q.per, q.percent) for q in found]


def test_a_plan_that_became_dearer() -> None:
    found = pair_facts(facts("每月39.9元，含1500万词元。", "zh"), facts("每月49.9元，含1500万词元。", "zh"))
    assert found == (Quantity("price", "39.9", "49.9", "CNY", "month", "25.1", None, "15000000", "token"),)
    assert found[0].as_json()["percent"] == "25.1"


def test_the_same_price_for_less() -> None:
    found = changes("入门版9.9元/月，含1000万词元。", "入门版9.9元/月，含800万词元。")
    assert found == [("allowance", "10000000", "8000000", "token", "month", "-20")]


def test_price_and_allowance_both_change() -> None:
    found = changes("专业版39.9元/月，含1500万词元。", "专业版49.9元/月，含2000万词元。")
    assert [(m, b, a) for m, b, a, *_ in found] == [("price", "39.9", "49.9"), ("allowance", "15000000", "20000000")]


def test_rows_of_a_table_are_paired_by_their_names_not_their_order() -> None:
    head = "| 模型 | 输入（元/百万tokens） | 输出（元/百万tokens） |\n|---|---|---|\n"
    before = head + "| 甲 | 0.3 | 0.6 |\n| 乙 | 2.4 | 9.6 |"
    after = head + "| 乙 | 2 | 9.6 |\n| 丙 | 1 | 3 |\n| 甲 | 0.3 | 0.8 |"
    found = pair_facts(facts(before, "zh"), facts(after, "zh"))
    assert [(q.item, q.before, q.after, q.percent) for q in found] == [
        ("乙 输入", "2.4", "2", "-16.7"),
        ("甲 输出", "0.6", "0.8", "33.3"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("每日请求配额1000次。", "每日请求配额100次。", ("quota", "1000", "100", "request", "day", "-90")),
        ("单家企业每年最高200万元补贴。", "单家企业每年最高300万元补贴。", ("subsidy", "2000000", "3000000", "CNY", None, "50")),
        ("按合同额的30%给予补贴。", "按合同额的20%给予补贴。", ("subsidy", "30", "20", "percent", None, None)),
        ("首购享8折。", "首购享9折。", ("discount", "20", "10", "percent", None, None)),
        ("到2027年，智能算力规模达到50EFLOPS。", "到2027年，智能算力规模达到60EFLOPS。", ("quota", "50", "60", "EFLOPS", "none", "20")),
        ("电度电价0.6358元/千瓦时。", "电度电价由0.6358元/千瓦时调整为0.6127元/千瓦时。", ("price", "0.6358", "0.6127", "CNY", "kWh", "-3.6")),
    ],
)  # fmt: skip
def test_one_number_changed(before: str, after: str, expected: tuple[str | None, ...]) -> None:
    assert changes(before, after) == [expected]


def test_english_text() -> None:
    found = changes("Each key may send 60 requests per minute.", "Each key may send 30 requests per minute.", "en")
    assert found == [("quota", "60", "30", "request", "minute", "-50")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("每月39.9元。", "每年399元。"),  # another period is another price
        ("每月39.9元。", "每月最多60次请求。"),
        ("每月39.9元。", ""),
        ("", "每月39.9元。"),
        ("套餐9.9元/月。", "套餐999元/月。"),  # nothing names them the same, and they are far apart
        ("甲套餐9.9元/月，乙套餐19.9元/月。", "套餐29.9元/月。"),  # two for one: no telling which
        ("本办法自2026年7月1日起施行。", "本办法自2026年8月1日起施行。"),
    ],
)
def test_what_is_no_pair(before: str, after: str) -> None:
    named = {f.values.get("item") for f in facts(before, "zh")} & {f.values.get("item") for f in facts(after, "zh")}
    assert changes(before, after) == [] or named - {None}


def test_reordering_changes_nothing() -> None:
    assert changes("甲款9.9元/月；乙款19.9元/月。", "乙款19.9元/月；甲款9.9元/月。") == []


def test_a_text_that_states_its_change() -> None:
    found = stated_changes(facts("月费由9.9元调整为12.9元。日调用上限从1000次降至100次。", "zh"))
    assert [(q.metric, q.before, q.after, q.percent) for q in found] == [
        ("price", "9.9", "12.9", "30.3"),
        ("quota", "1000", "100", "-90"),
    ]
    told_backwards = facts("Output tokens are now $0.42 per million, down from $1.68.", "en")
    assert [(q.before, q.after) for q in stated_changes(told_backwards)] == [("1.68", "0.42")]


@pytest.mark.parametrize(
    ("before", "after", "percent"), [("0", "5", None), ("4", "4", "0"), ("3", "4", "33.3"), ("8", "4", "-50")]
)
def test_percent(before: str, after: str, percent: str | None) -> None:
    assert percent_change(before, after) == percent


AMOUNTS = st.integers(1, 10**9).map(str)
FACTS = st.lists(
    st.builds(
        lambda n, per, item: Fact("price", {"amount": n, "currency": "CNY", "per": per, "role": "current", "item": item}, 0, 1),
        AMOUNTS, st.sampled_from(["month", "year"]), st.sampled_from(["a", "b", "c"]),
    ),
    max_size=8,
)  # fmt: skip


@given(FACTS, FACTS)
@settings(max_examples=200, deadline=None)
def test_pairs_name_facts_of_both_sides_once(before: list[Fact], after: list[Fact]) -> None:
    found = pair_facts(before, after)
    assert len(found) <= min(len(before), len(after))
    for quantity in found:
        assert quantity.before != quantity.after
        assert any(f.values["amount"] == quantity.before for f in before)
        assert any(f.values["amount"] == quantity.after for f in after)
        rising = Decimal(quantity.after) > Decimal(quantity.before)
        assert quantity.percent is not None
        assert Decimal(quantity.percent) == 0 or (Decimal(quantity.percent) > 0) == rising


@given(FACTS)
@settings(max_examples=100, deadline=None)
def test_equal_versions_have_no_changes(found: list[Fact]) -> None:
    assert pair_facts(found, list(reversed(found))) == ()
