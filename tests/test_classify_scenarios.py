"""Indicators over windows, and the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.board import HALF_LIFE, board, decay, index
from classify.scenarios import Signal, effects
from config.declarations import load
from config.scenario import Scenario

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)
CUT = Signal(
    "c1", "cn/ndrc/1", "ndrc_tz", "ndrc", "central", "CN", "quota", "tighten", "in_force", "new", "severe", NOW
)
RISE = replace(
    CUT, change="p1", work="w1", source="s1", authority="a1", tier="carrier", trigger="pricing", severity="moderate"
)
LIBRARY = {
    "rationing": Scenario.model_validate(
        {
            "id": "rationing",
            "title": "Rationing",
            "title_zh": "配给",
            "story": "The centre sets quotas and carriers raise prices until demand gives way.",
            "variables": ["token_quota", "token_price"],
            "indicators": [
                {
                    "id": "cut",
                    "when": {"trigger": "quota", "direction": "tighten", "tier": ["central"]},
                    "effect": "raises",
                    "weight": 3,
                    "variable": "token_quota",
                },
                {
                    "id": "rises",
                    "when": {"trigger": "pricing", "direction": "tighten", "tier": ["carrier", "cloud"]},
                    "at_least": {"count": 3, "within": "30d", "distinct": "authority"},
                    "effect": "raises",
                    "weight": 2,
                },
                {"id": "relief", "when": {"trigger": "quota", "direction": "loosen"}, "effect": "lowers", "weight": 2},
            ],
        }
    )
}


def rises(*ages: int, authority: str = "a{}") -> list[Signal]:
    return [
        replace(RISE, change=f"p{n}", authority=authority.format(n), at=NOW - age * DAY) for n, age in enumerate(ages)
    ]


def test_one_signal_satisfies_an_indicator_without_a_count() -> None:
    (effect,) = effects(LIBRARY, CUT, [])
    assert (effect.scenario, effect.indicator, effect.effect, effect.weight) == ("rationing", "cut", "raises", 3)
    assert effect.variable == "token_quota"
    assert effect.reason == "quota tightened by ndrc (central, China, in force)."
    assert effect.reason_zh.startswith("ndrc（全国）：配额收紧")


@pytest.mark.parametrize(
    ("ages", "authority", "speaks"),
    [
        ((0, 10, 29), "a{}", True),
        ((0, 10, 30), "a{}", False),  # the window is open at its far end
        ((0, 10, 20), "same", False),  # one authority three times is one
        ((0, 10), "a{}", False),
    ],
)
def test_a_count_needs_distinct_authorities_inside_the_window(
    ages: tuple[int, ...], authority: str, speaks: bool
) -> None:
    new, *earlier = rises(*ages, authority=authority)
    assert bool(effects(LIBRARY, new, earlier)) is speaks


def test_signals_after_the_new_one_do_not_count() -> None:
    new, *others = rises(0, -1, -2)
    assert effects(LIBRARY, new, others) == ()


def test_a_signal_among_the_earlier_ones_counts_once() -> None:
    new, second = rises(0, 5)
    assert effects(LIBRARY, new, [new, second, second]) == ()


def test_a_declared_region_covers_its_divisions() -> None:
    scenario = LIBRARY["rationing"].model_copy(
        update={
            "indicators": (
                LIBRARY["rationing"]
                .indicators[0]
                .model_copy(
                    update={"when": LIBRARY["rationing"].indicators[0].when.model_copy(update={"region": ("CN",)})}
                ),
            )
        }
    )
    assert effects({"r": scenario}, replace(CUT, region="CN-31"), [])
    assert not effects({"r": scenario}, replace(CUT, region="SG"), [])


def test_the_board_weighs_for_and_against_with_dates() -> None:
    relief = replace(CUT, change="c2", direction="loosen", at=NOW - 10 * DAY)
    (standing,) = board(LIBRARY, [CUT, relief], NOW)
    assert [e.indicator for e in standing.supporting] == ["cut"]
    assert [(e.indicator, e.at) for e in standing.opposing] == [("relief", relief.at)]
    assert standing.index == index(3 - 2 * decay(10 * DAY))
    assert standing.history[-1] == (NOW, standing.index)
    assert standing.history[0] == (NOW - 90 * DAY, 0.0)
    assert standing.change_30d == standing.index


def test_pressure_halves_after_a_half_life() -> None:
    old = replace(CUT, at=NOW - HALF_LIFE)
    assert board(LIBRARY, [old], NOW)[0].index == index(1.5)


def test_repetition_does_not_add_up() -> None:
    again = [replace(CUT, change=f"c{n}", at=NOW - n * DAY) for n in range(20)]
    assert board(LIBRARY, again, NOW)[0].index == board(LIBRARY, [CUT], NOW)[0].index
    assert board(LIBRARY, again, NOW)[0].supporting[0].times == 20


def test_levers_say_how_many_signals_are_missing_and_what_they_would_do() -> None:
    (standing,) = board(LIBRARY, rises(1, 5), NOW)
    levers = {lever.indicator: lever for lever in standing.levers}
    assert standing.index == 0
    assert levers["rises"].missing == 1
    assert levers["rises"].index == index(2)
    assert levers["relief"].index == index(-2)


def test_the_shipped_library_answers() -> None:
    library = load().scenarios
    found = {(e.scenario, e.indicator) for e in effects(library, CUT, [])}
    assert ("rationing", "quota-cut-central") in found
    assert len(board(library, [CUT], NOW)) == len(library)
    assert board(library, [], NOW)[0].index == 0


@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["tighten", "loosen"])), max_size=12))
def test_the_index_stays_in_its_range_and_ignores_order(events: list[tuple[int, str]]) -> None:
    signals = [
        replace(CUT, change=f"c{n}", direction=way, at=NOW - age * DAY)  # type: ignore[arg-type]  # drawn
        for n, (age, way) in enumerate(events)
    ]
    (one,), (other,) = board(LIBRARY, signals, NOW), board(LIBRARY, signals[::-1], NOW)
    assert -100 < one.index < 100
    assert one.index == other.index
