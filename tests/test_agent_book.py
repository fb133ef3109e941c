"""`vedette book`: from an archive to table, CSV, JSON and chart."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from agent import charts
from agent.booking import Choice, amount, as_json, guarded, moves, open_book, write_csv
from agent.cli import vedette
from classify.book import Kind
from config.declarations import Declarations, load
from index.archive.archive import Archive
from tests.priced import told

DAY = date(2026, 4, 1)


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, declared: Declarations) -> Iterator[Archive]:
    with told(tmp_path_factory.mktemp("home"), declared) as opened:
        yield opened


def run(archive: Archive, *args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(vedette, ["--home", str(archive.home), *args], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def choice(kind: Kind, provider: str | None = None, since: date | None = None) -> Choice:
    return Choice(kind, provider, since, DAY)


def test_prices_of_documents_that_fired_and_no_others(archive: Archive, declared: Declarations) -> None:
    made = open_book(archive, declared, choice("pricing"))
    assert [(s.provider, s.item, amount(s.last)) for s in made.series] == [
        ("china_telecom", "畅享版", "49.9 CNY/month for 15M tokens"),
        ("china_unicom", "20M tokens", "36 CNY/month for 20M tokens"),
    ]
    assert [move.percent for _, move in moves(made)] == ["24.1", "25.1"]
    assert made.volatility is not None and made.volatility < 0.01


def test_quotas_with_the_allowances_of_plans(archive: Archive, declared: Declarations) -> None:
    made = open_book(archive, declared, choice("quota"))
    assert {(s.provider, amount(s.last)) for s in made.series} >= {
        ("tencent", "5 concurrent"),
        ("china_telecom", "15M token/month"),
    }
    assert made.answer.startswith("Is compute quota becoming boring yet?")


def test_one_provider_by_authority_or_source_and_an_unknown_one(archive: Archive, declared: Declarations) -> None:
    by_source = open_book(archive, declared, choice("pricing", "ct_group"))
    assert by_source.series == open_book(archive, declared, choice("pricing", "china_telecom")).series
    code, _, err = run(archive, "book", "pricing", "--provider", "nobody")
    assert (code, "china_telecom, china_unicom" in err) == (1, True)


def test_since_leaves_out_what_stood_before(archive: Archive, declared: Declarations) -> None:
    late = open_book(archive, declared, choice("pricing", since=date(2026, 3, 25)))
    assert [s.provider for s in late.series] == ["china_unicom"]


def test_the_csv_has_every_entry_and_runs_no_formula(archive: Archive, declared: Declarations, tmp_path: Path) -> None:
    made = open_book(archive, declared, choice("pricing"))
    assert write_csv(made, tmp_path / "book.csv") == 4
    with (tmp_path / "book.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(r["amount"], r["percent"], r["unit_price_per_million_tokens"]) for r in rows[:2]] == [
        ("39.9", "", "2.66"),
        ("49.9", "25.1", "3.32667"),
    ]
    assert rows[0]["url"].startswith("https://")


@given(st.text(min_size=1, max_size=8))
def test_no_text_cell_starts_a_formula(text: str) -> None:
    cell = str(guarded({"item": text})["item"])
    assert cell[0] not in "=+-@\t\r"
    assert cell.removeprefix("'") == text or cell == text


def test_numbers_are_not_guarded() -> None:
    assert guarded({"percent": -20, "item": "=1+1", "title": "-5%"}) == {
        "percent": -20, "item": "'=1+1", "title": "'-5%",
    }  # fmt: skip


def test_json_and_table_on_the_command_line(archive: Archive) -> None:
    code, out, _ = run(archive, "book", "pricing", "--as-of", "2026-04-01", "--json")
    found = json.loads(out)
    assert (code, len(found["series"]), found["boring"]["changes"]) == (0, 2, 2)
    assert found["series"][0]["entries"][1]["unit_price"] == "3.32667"
    code, out, _ = run(archive, "book", "pricing", "--as-of", "2026-04-01")
    assert code == 0 and "+25.1%" in out and "Is token pricing becoming boring yet?" in out.replace("\n", " ")


@pytest.mark.parametrize("kind", ["pricing", "quota"])
@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG\r\n\x1a\n"), (".svg", b"<?xml")])
def test_charts_are_drawn_and_the_same_data_gives_the_same_file(
    archive: Archive, tmp_path: Path, kind: str, suffix: str, magic: bytes
) -> None:
    files = [tmp_path / f"{n}{suffix}" for n in (1, 2)]
    for file in files:
        code, _, err = run(archive, "book", kind, "--as-of", "2026-04-01", "--chart", str(file))
        assert (code, str(file) in err) == (0, True)
    assert files[0].read_bytes().startswith(magic) and files[0].read_bytes() == files[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == files


def test_without_a_chinese_font_series_are_named_by_their_number(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "_FONTS", ())
    assert charts.chinese_font() is None
    assert charts.legible("畅享版", 3, None) == "#3" and charts.legible("20M tokens", 3, None) == "20M tokens"
    assert run(archive, "book", "pricing", "--as-of", "2026-04-01", "--chart", str(tmp_path / "a.png"))[0] == 0


def test_a_chart_of_another_kind_is_refused_before_any_work(archive: Archive, tmp_path: Path) -> None:
    code, _, err = run(archive, "book", "pricing", "--chart", str(tmp_path / "a.pdf"))
    assert (code, ".png or .svg" in err) == (2, True)


def test_an_empty_archive_has_a_table_and_no_chart(tmp_path: Path, declared: Declarations) -> None:
    with Archive(tmp_path) as empty:
        assert as_json(open_book(empty, declared, choice("quota")))["series"] == []
        assert run(empty, "book", "quota")[0] == 0
        code, _, err = run(empty, "book", "pricing", "--chart", str(tmp_path / "a.png"))
    assert (code, "no price of tokens" in err) == (1, True)
