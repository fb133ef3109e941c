"""The book of prices and quotas: series over versions and documents, moves, volatility, and how calm it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import log
from statistics import stdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.book import Kind, Provider, Series, book, until, volatility
from classify.book_names import name, short, unit_price
from classify.calm import calm, sentence, tokens
from classify.facts import facts
from classify.pairing import pair_facts, partners
from index.archive.figures import Figures
from index.records import Fact, Reading, Version

START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CARRIER = {"ct": Provider("china_telecom", "CN"), "cu": Provider("china_unicom", "CN-43")}


def figures(text: str, day: int = 0, document: str = "a", number: int = 1, **given: Any) -> Figures:
    at = START + timedelta(days=day)
    source = given.pop("source", "ct")
    cause, withdrawn = given.pop("cause", "source"), given.pop("withdrawn", None)
    reading = Reading(url=f"https://example.cn/{document}", title="词元套餐资费公告", text=text, **given)
    version = Version(f"{document}{number}", document, document, source, number, reading, "sha", at, "1")
    return Figures(version, cause, tuple(facts(text, "zh")), withdrawn)


def written(*found: Figures, kind: Kind = "pricing") -> tuple[Series, ...]:
    return book(kind, found, CARRIER)


def test_a_plan_is_followed_through_the_versions_of_its_page() -> None:
    (one,) = written(
        figures("畅享版每月39.9元，含1500万词元。", published=date(2026, 3, 1)),
        figures("畅享版每月49.9元，含1500万词元。", day=20, number=2, published=date(2026, 3, 1)),
    )
    assert [(str(e.amount), str(e.on), e.dated) for e in one.entries] == [
        ("39.9", "2026-03-01", "published"),
        ("49.9", "2026-03-22", "first_seen"),
    ]
    assert (one.provider, one.moves[0].percent, one.last.unit_price) == ("china_telecom", "25.1", Decimal("3.32667"))


def test_the_effective_date_is_the_day_from_which_a_price_holds() -> None:
    (one,) = written(figures("旗舰版每月59元。", published=date(2026, 3, 1), effective=date(2026, 7, 1)))
    assert (one.last.on, one.last.dated) == (date(2026, 7, 1), "effective")


def test_a_change_told_by_a_notice_has_both_ends_in_one_series() -> None:
    (one,) = written(figures("智算词元包（2000万词元）资费由29元/月调整为36元/月。", source="cu"))
    assert [(str(e.amount), e.stated) for e in one.entries] == [("29", False), ("36", True)]
    assert (one.moves[0].percent, one.region) == ("24.1", "CN-43")


def test_a_notice_continues_the_series_of_a_page_and_its_old_value_is_no_second_move() -> None:
    (one,) = written(
        figures("智算词元包每月29元，含2000万词元。"),
        figures("智算词元包每月29元，含2000万词元。", day=3, document="b"),
        figures("智算词元包由每月29元调整为每月36元，含2000万词元。", day=30, document="c"),
    )
    assert [m.percent for m in one.moves] == ["24.1"]


def test_the_same_price_for_fewer_tokens_is_a_move_of_the_unit_price() -> None:
    (one,) = written(
        figures("入门版9.9元/月，含1000万词元。"), figures("入门版9.9元/月，含800万词元。", day=9, number=2)
    )
    assert [m.percent for m in one.moves] == ["25"]
    (allowance,) = written(
        figures("入门版9.9元/月，含1000万词元。"),
        figures("入门版9.9元/月，含800万词元。", day=9, number=2),
        kind="quota",
    )
    assert [m.percent for m in allowance.moves] == ["-20"]


def test_rows_keep_their_series_when_a_table_is_reordered() -> None:
    head = "| 模型 | 输入（元/百万tokens） | 输出（元/百万tokens） |\n|---|---|---|\n"
    made = written(
        figures(head + "| 甲 | 0.3 | 0.6 |\n| 乙 | 2.4 | 9.6 |"),
        figures(head + "| 乙 | 2 | 9.6 |\n| 丙 | 1 | 3 |\n| 甲 | 0.3 | 0.8 |", day=5, number=2),
    )
    moved = {one.item: one.moves[0].percent for one in made if one.moves}
    assert moved == {"乙 输入": "-16.7", "甲 输出": "33.3"}
    assert len(made) == 6 and len(tokens(made)) == 6


def test_our_own_new_extractor_corrects_an_entry_and_moves_nothing() -> None:
    (one,) = written(
        figures("畅享版每月39元，含1500万词元。"),
        figures("畅享版每月39.9元，含1500万词元。", day=5, number=2, cause="tooling"),
        figures("畅享版每月49.9元，含1500万词元。", day=9, number=3),
    )
    assert [str(e.amount) for e in one.entries] == ["39.9", "49.9"]
    assert one.entries[0].on == date(2026, 3, 2)


def test_providers_and_provinces_are_kept_apart_and_an_offer_ends() -> None:
    gone = START + timedelta(days=40)
    made = written(
        figures("词元包每月29元，含2000万词元。", source="cu", withdrawn=gone),
        figures("词元包每月29元，含2000万词元。", document="b", source="unknown"),
    )
    assert [(s.provider, s.ended) for s in made] == [("china_unicom", date(2026, 4, 11)), ("unknown", None)]


def test_the_book_as_it_stood_on_a_day() -> None:
    made = written(
        figures("畅享版每月39.9元，含1500万词元。"), figures("畅享版每月49.9元，含1500万词元。", day=20, number=2)
    )
    (then,) = until(made, date(2026, 3, 10))
    assert (str(then.last.amount), then.moves) == ("39.9", ())
    assert until(made, date(2026, 1, 1)) == ()


def test_no_facts_no_book() -> None:
    assert written() == () and written(figures("今日会议研究了有关工作。")) == ()
    assert calm((), date(2026, 6, 1), None).verdict == "unknown"


@pytest.mark.parametrize(
    ("text", "expected", "shared"),
    [
        ("单个企业申领上限由每月5万卡时调整为每月3万卡时。", "单个企业申领上限", False),
        ("第四条 公共平台每月免费提供100卡时。", "公共平台每月免费提供", False),
        ("每月39.9元，含1500万词元。", "15M tokens", True),
    ],
)
def test_names_of_numbers(text: str, expected: str, shared: bool) -> None:
    assert name(facts(text, "zh")[0], text) == (expected, shared)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"amount": "2.4", "per": "million_tokens"}, "2.4"),
        ({"amount": "0.002", "per": "thousand_tokens"}, "2.000"),
        ({"amount": "39.9", "per": "month", "quantity": "15000000", "quantity_unit": "token"}, "2.66"),
        ({"amount": "39.9", "per": "month", "quantity": "0", "quantity_unit": "token"}, None),
        ({"amount": "39.9", "per": "month", "quantity": "30", "quantity_unit": "GB"}, None),
    ],
)
def test_the_price_of_a_million_tokens(values: dict[str, str], expected: str | None) -> None:
    assert unit_price(Fact("price", values | {"currency": "CNY"}, 0, 1)) == (expected and Decimal(expected))


def test_numbers_as_people_say_them() -> None:
    assert [short(Decimal(n)) for n in (600, 1200, 50_000, 15_000_000, 1_200_000_000)] == [
        "600", "1200", "50k", "15M", "1.2B",
    ]  # fmt: skip


def prices(*days_and_prices: tuple[int, str]) -> tuple[Series, ...]:
    return written(
        *(
            figures(f"畅享版每月{price}元，含1500万词元。", day=day, number=n)
            for n, (day, price) in enumerate(days_and_prices, 1)
        )
    )


def test_volatility_is_the_deviation_of_log_changes() -> None:
    (one,) = prices((0, "10"), (10, "20"), (20, "15"))
    a, b, c = (float(entry.measure) for entry in one.entries)
    assert one.volatility == round(stdev([log(b / a), log(c / b)]), 3)
    assert volatility(one.moves[:1]) is None


@pytest.mark.parametrize(
    ("series", "verdict"),
    [
        (((0, "10"), (10, "20"), (20, "40"), (120, "44")), "calmer"),
        (((0, "10"), (20, "11"), (110, "20"), (120, "44")), "livelier"),
        (((0, "10"), (20, "20")), "quiet"),
        (((0, "10"), (20, "20"), (110, "40")), "unchanged"),
        (((0, "10"), (20, "30"), (110, "33"), (130, "36")), "mixed"),
    ],
)
def test_is_it_becoming_boring(series: tuple[tuple[int, str], ...], verdict: str) -> None:
    day = (START + timedelta(days=185)).date()
    found = calm(prices(*series), day, START.date())
    assert (found.verdict, found.covered) == (verdict, True)
    assert sentence(found).startswith("Is token pricing becoming boring yet? ")


def test_a_young_archive_makes_no_comparison() -> None:
    day = (START + timedelta(days=60)).date()
    found = calm(prices((0, "10"), (20, "20")), day, START.date())
    assert (found.verdict, found.changes, found.median) == ("unknown", 1, 100.0)
    assert "The archive begins 2026-03-02." in sentence(found)


@given(st.lists(st.sampled_from(["9.9", "19.9", "39.9"]), min_size=1, max_size=8))
def test_moves_join_neighbouring_entries_and_nothing_is_lost(amounts: list[str]) -> None:
    (one,) = prices(*enumerate(amounts))
    runs = [a for n, a in enumerate(amounts) if n == 0 or amounts[n - 1] != a]
    assert [str(e.amount) for e in one.entries] == runs
    assert all(m.before.measure != m.after.measure for m in one.moves) and len(one.moves) == len(runs) - 1


def test_partners_hold_what_stayed_and_what_changed() -> None:
    old, new = (facts(t, "zh") for t in ("甲版每月9元，乙版每月19元。", "乙版每月19元，甲版每月12元。"))
    found = [(a.values["amount"], b.values["amount"]) for a, b in partners(old, new)]
    assert found == [("19", "19"), ("9", "12")]


def test_a_price_that_another_plan_had_is_not_taken_for_it() -> None:
    old, new = (
        facts(f"甲款输入每百万词元{a}元。\n乙款输入每百万词元{b}元。", "zh") for a, b in (("1", "2"), ("2", "4"))
    )
    assert [(q.before, q.after) for q in pair_facts(old, new)] == [("1", "2"), ("2", "4")]
