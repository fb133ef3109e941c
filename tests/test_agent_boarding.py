"""`vedette scenarios`: the board read back from the feed, with the alerts behind each piece of evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.board_chart import draw
from agent.boarding import as_json, open_board
from agent.cli import vedette
from config.declarations import Declarations, load
from config.scenario import Scenario
from index.archive.archive import Archive
from tests.priced import START, told, without_scenarios


@pytest.fixture(scope="module")
def declared() -> Declarations:
    squeeze = Scenario.model_validate({
        "id": "squeeze", "title": "Squeeze", "title_zh": "收紧", "variables": ("token_price",),
        "story": "Sellers of tokens raise prices one after another and cut what is free.",
        "indicators": [
            {"id": "rises", "when": {"trigger": "pricing", "direction": "tighten"}, "effect": "raises", "weight": 5,
             "at_least": {"count": 2, "within": "30d", "distinct": "authority"}, "variable": "token_price"},
            {"id": "cuts", "when": {"trigger": "pricing", "direction": "loosen"}, "effect": "lowers", "weight": 2},
        ],
    })  # fmt: skip
    return replace(load(), scenarios={"squeeze": squeeze})


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, declared: Declarations) -> Iterator[Archive]:
    with told(tmp_path_factory.mktemp("home"), declared) as opened:
        yield opened


def test_evidence_names_the_alert_and_its_day(archive: Archive, declared: Declarations) -> None:
    (one,) = as_json(open_board(archive, declared, START + timedelta(days=24, seconds=1)))["scenarios"]
    (sign,) = one["for"]
    made = archive.feed.alert(sign["alert"])
    assert made is not None and (made.trigger, sign["indicator"], sign["at"][:10]) == ("pricing", "rises", "2026-03-26")
    assert (one["index"], one["change_30d"], one["against"]) == (50.0, 50.0, [])
    assert len(one["history"]) == 91 and one["history"][-1]["index"] == 50.0


def test_levers_say_what_would_move_it_and_the_index_halves(archive: Archive, declared: Declarations) -> None:
    later = open_board(archive, declared, START + timedelta(days=54)).standings[0]
    assert later.index == pytest.approx(33.3)
    assert {(lever.indicator, lever.missing) for lever in later.levers} == {("rises", 2), ("cuts", 1)}


def test_before_the_second_seller_nothing_speaks(archive: Archive, declared: Declarations) -> None:
    before = open_board(archive, declared, START + timedelta(days=23)).standings[0]
    assert (before.index, before.supporting) == (0.0, ())


def test_the_command_prints_table_json_and_chart(archive: Archive, tmp_path: Path) -> None:
    base = ["--home", str(archive.home), "scenarios", "--as-of", "2026-03-28"]
    table = CliRunner().invoke(vedette, base, catch_exceptions=False)
    assert table.exit_code == 0 and "Rationing" in table.stdout
    chart = tmp_path / "board.svg"
    found = CliRunner().invoke(vedette, [*base, "--json", "--chart", str(chart)], catch_exceptions=False)
    assert len(json.loads(found.stdout)["scenarios"]) == 8
    assert chart.read_bytes().startswith(b"<?xml")


def test_without_scenarios_there_is_an_empty_board_and_no_chart(archive: Archive, declared: Declarations) -> None:
    empty = open_board(archive, without_scenarios(declared), START)
    assert as_json(empty)["scenarios"] == []
    with pytest.raises(ValueError, match="no scenario"):
        draw(empty, archive.home / "none.png")
