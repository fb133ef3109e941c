"""`vedette search` as typed: what a person reads, what a program reads, what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.cli import vedette
from index.archive.archive import Archive
from index.query import parse
from index.records import Reading
from tests.finding import Shelf, WordEncoder, on, reading

EVIL = "价格\x1b[2J公告\x07\u202e\u200b[bold]"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    with Archive(home) as archive:
        shelf = Shelf(archive)
        plan = "词元套餐每月{}元含1500万词元。\n本公告自发布之日起执行。"
        shelf.put(
            "plan", reading("plan", "词元套餐公告", plan.format("39.9"), published="2026-05-05"), on(5), "ct_group"
        )
        shelf.put(
            "plan", reading("plan", "词元套餐公告", plan.format("49.9"), published="2026-05-05"), on(12), "ct_group"
        )
        shelf.put("evil", reading("evil", EVIL, "词元\x1b]0;owned\x07价格。"), on(6), "aliyun_notice")
        number = reading("rules", "算力券办法", "发放算力券。", published="2026-05-06", number="沪经信〔2026〕12号")
        shelf.put("rules", number, on(6), "shanghai")
        shelf.put("copy", number, on(7), "shanghai_data", work="rules")
    return home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("agent.searching.encoder", lambda _: WordEncoder())
    return lambda *args: CliRunner().invoke(vedette, ["--home", str(home), "search", *args])


def test_a_person_reads_title_place_date_number_quote_and_id(run: Run) -> None:
    done = run("算力券", "文号：沪经信〔2026〕")
    assert done.exit_code == 0, done.output
    for told in ("算力券办法", "2026-05-06", "沪经信〔2026〕12号", "CN-31", "发放算力券。", "also at", "1 found"):
        assert told in done.output
    assert ("rules" in done.output) or ("copy" in done.output)


def test_nothing_of_a_page_reaches_the_terminal_but_text(run: Run) -> None:
    for args in (("价格公告",), ("价格公告", "--facets"), ("--like", "plan")):
        shown = run(*args).output
        assert "公告" in shown and "[bold]" in shown
        assert not {char for char in shown if not char.isprintable()} - {"\n"}


def test_a_program_reads_lines(run: Run) -> None:
    *hits, last = [json.loads(line) for line in run("词元", "--json", "--facets").output.splitlines()]
    assert last["total"] == len(hits)
    assert last["facets"]["source"]["ct_group"] == 1
    assert {hit["quote"][start:end] for hit in hits for start, end in hit["marks"]} == {"词元"}
    assert {"document", "version", "score", "start", "end", "also", "altered", "doc_number"} <= set(hits[0])


def test_changes_show_both_spans(run: Run) -> None:
    done = run("词元", "in:changes")
    assert "39.9" in done.output and "49.9" in done.output and "plan-2" in done.output


def test_a_minus_is_no_option(run: Run) -> None:
    done = run("lang:zh", "-source:ct_group", "-算力券")
    assert done.exit_code == 0, done.output
    assert "词元套餐公告" not in done.output and "算力券办法" not in done.output and "公告" in done.output


def test_options_and_filters_narrow_together(run: Run) -> None:
    assert "1 found" in run("lang:zh since:2026-05-01", "--since", "2026-05-06").output
    assert "nothing found" in run("lang:zh", "--before", "2026-05-01").output


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("tigger:pricing",), "did you mean trigger:"),
        (("trigger:prcing",), "did you mean 'pricing'"),
        (("--like", "nothere"), "no document 'nothere'"),
        (("算力", "--limt", "3"), "no option --limt"),
        (("算力", "--like", "plan"), "give a query, or --like"),
        ((), "give a query, or --like"),
        (("算" * 10_000,), "10000 characters"),
    ],
)
def test_what_cannot_be_read_is_said_with_exit_code_2(run: Run, args: tuple[str, ...], says: str) -> None:
    done = run(*args)
    assert (done.exit_code, says in " ".join(done.output.split())) == (2, True), done.output


@pytest.mark.parametrize("query", ["", "   ", "*", '"', "'; DROP TABLE works; --", "\\", "%"])
def test_odd_queries_are_answered(run: Run, query: str) -> None:
    assert run(query).exit_code == 0


def test_batches_read_plain_words(run: Run, tmp_path: Path) -> None:
    queries, hits = tmp_path / "q.jsonl", tmp_path / "h.jsonl"
    queries.write_text('{"id": "1", "query": "什么是“词元套餐”: 多少钱"}\n{"id": "2"}\n', "utf-8")
    done = run("--queries", str(queries), "--output", str(hits))
    assert (done.exit_code, "q.jsonl:2" in done.output) == (1, True), done.output
    answers = [json.loads(line) for line in hits.read_text("utf-8").splitlines()]
    assert answers[0]["id"] == "1"
    assert answers[0]["hits"][0]["doc"] == "plan"
    assert {hit["doc"] for hit in answers[0]["hits"]} >= {"rules", "copy"}


# The index beside the archive


def _put(home: Path, name: str, count: int) -> None:
    with Archive(home) as archive:
        shelf = Shelf(archive)
        for number in range(count):
            text = f"{name} 第{number}号公告，词元价格调整。"
            shelf.put(f"{name}-{number}", reading(f"{name}-{number}", f"{name}公告", text), on(8), "ct_notice")
            shelf.searcher().search(parse("词元 价格"))


@pytest.fixture
def own(tmp_path: Path, home: Path) -> Iterator[Path]:
    copied = tmp_path / "own"
    shutil.copytree(home, copied)
    return copied


def test_two_processes_may_index_and_search_at_once(own: Path) -> None:
    spawn = get_context("spawn")
    workers = [spawn.Process(target=_put, args=(own, name, 6)) for name in ("甲", "乙")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(150)
    assert [worker.exitcode for worker in workers] == [0, 0]
    with Archive(own) as archive:
        found = Shelf(archive).searcher().search(parse("source:ct_notice"), 100)
        assert {hit.document for hit in found} == {f"{name}-{number}" for name in "甲乙" for number in range(6)}
        near = Shelf(archive).searcher().search("词元价格调整公告", 100)
        assert {hit.document for hit in found} <= {hit.document for hit in near}


@pytest.mark.parametrize("harm", ["cut", "noise", "missing"])
def test_harmed_vectors_are_made_anew_from_the_archive(own: Path, harm: str, caplog: pytest.LogCaptureFixture) -> None:
    with Archive(own) as archive:
        before = [hit.document for hit in Shelf(archive).searcher().search("词元套餐")]
    files = [path for path in (own / "vectors").rglob("*") if path.is_file() and path.name != "lock"]
    assert files
    for path in files:
        data = path.read_bytes()
        match harm:
            case "cut":
                path.write_bytes(data[: len(data) // 2])
            case "noise":
                path.write_bytes(bytes(255 - byte for byte in data))
            case "missing":
                path.unlink()
    with Archive(own) as archive:
        assert [hit.document for hit in Shelf(archive).searcher().search("词元套餐")] == before
    assert harm == "missing" or caplog.records


def test_a_reading_without_text_is_found_by_its_title(own: Path) -> None:
    with Archive(own) as archive:
        empty = Reading(url="https://example.org/empty", title="关于词元的空白公告", text="")
        Shelf(archive).put("empty", empty, on(9), "ct_notice")
        assert "empty" in [hit.document for hit in Shelf(archive).searcher().search(parse("关于词元的空白公告"))]
