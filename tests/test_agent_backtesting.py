"""`vedette backtest`: what other rules would have alerted, with nothing written."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.backtesting import as_json, backtest, differences
from agent.cli import vedette
from config.declarations import Declarations, load
from config.settings import read
from index.archive.archive import Archive
from tests.priced import START, told

END = START + timedelta(days=60)
SHIPPED = Path("config")


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, declared: Declarations) -> Iterator[Archive]:
    with told(tmp_path_factory.mktemp("home"), declared) as opened:
        yield opened


def content(archive: Archive) -> str:
    """A digest over every row of the archive."""
    with sqlite3.connect(archive.home / "archive.db") as db:
        return hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()


def test_the_same_rules_give_the_same_feed_and_load_no_model(archive: Archive, declared: Declarations) -> None:
    made = backtest(archive, declared, read(home=archive.home), START, END)
    assert {one.status for one in made.outcomes} == {"same"}
    assert (made.judged, made.retagged, made.pending, made.triggers) == (5, 0, 0, ())
    assert len(made.outcomes) == archive.feed.last_seq()
    assert not (archive.home / "model").exists()


def test_a_changed_scenario_changes_what_alerts_say(archive: Archive, declared: Declarations) -> None:
    rationing = declared.scenarios["rationing"]
    rise = next(one for one in rationing.indicators if one.id == "repeated-price-rises")
    assert rise.at_least is not None
    easier = rise.model_copy(update={"at_least": rise.at_least.model_copy(update={"count": 2})})
    others = tuple(one for one in rationing.indicators if one.id != rise.id)
    changed = rationing.model_copy(update={"indicators": (*others, easier)})
    tried = replace(declared, scenarios={**declared.scenarios, "rationing": changed})
    made = backtest(archive, tried, read(home=archive.home), START, END)
    (one,) = made.of("changed")
    assert differences(one) == ["+ rationing/repeated-price-rises raises 2"]
    assert one.told["publisher"]["source_id"] == "cu_notice" and one.alert


def test_a_trigger_that_is_gone_loses_its_alerts(archive: Archive, declared: Declarations) -> None:
    tried = replace(declared, triggers={k: v for k, v in declared.triggers.items() if k != "quota"})
    made = as_json(backtest(archive, tried, read(home=archive.home), START, END))
    assert (made["counts"]["lost"], made["counts"]["gained"]) == (1, 0)
    assert made["alerts"][0]["trigger"] == "quota" and made["alerts"][0]["headline"]


def test_since_and_what_is_not_classified_yet(archive: Archive, declared: Declarations) -> None:
    made = backtest(archive, declared, read(home=archive.home), START + timedelta(days=22), END)
    assert made.judged == 3
    nothing = backtest(archive, declared, read(home=archive.home), END, END + timedelta(days=1))
    assert (nothing.judged, nothing.outcomes) == (0, ())


@pytest.mark.slow
def test_a_stricter_trigger_is_judged_anew_and_nothing_is_written(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "triggers"
    folder.mkdir()
    shipped = (SHIPPED / "triggers" / "pricing.yml").read_text(encoding="utf-8")
    kept = [line for line in shipped.splitlines() if not line.startswith("threshold:")]
    (folder / "pricing.yml").write_text("\n".join([*kept, "threshold: 0.999999"]) + "\n", encoding="utf-8")
    before = content(archive)
    args = ["--home", str(archive.home), "backtest", "--since", "2026-03-01", "--config", str(tmp_path), "--json"]
    done = CliRunner().invoke(vedette, args, catch_exceptions=False)
    found = json.loads(done.stdout)
    assert (done.exit_code, found["triggers_changed"], found["retagged"]) == (0, ["pricing"], 5)
    assert {one["status"] for one in found["alerts"] if one["trigger"] == "pricing"} == {"lost"}
    assert all(one["trigger"] == "pricing" for one in found["alerts"] if one["status"] == "lost")
    assert content(archive) == before
