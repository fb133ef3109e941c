"""`vedette feedback`, and what training and evaluation make of it and of labelled files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent import verdicts
from agent.cli import vedette
from agent.teaching import _too_few
from agent.verdicts import UnknownAlert, Word, lessons
from classify.head import SHIPPED
from config.declarations import Declarations, load
from config.settings import read
from index.archive.archive import Archive
from tests.priced import MODEL, START, told


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture
def archive(tmp_path: Path, declared: Declarations) -> Iterator[Archive]:
    with told(tmp_path / "home", declared) as opened:
        yield opened


def first(archive: Archive, source: str) -> str:
    found = archive.feed.after(0)
    return next(one.id for one in found if one.event["data"]["publisher"]["source_id"] == source)


def run(archive: Archive, *args: str) -> tuple[int, str]:
    done = CliRunner().invoke(vedette, ["--home", str(archive.home), *args], catch_exceptions=False)
    return done.exit_code, done.output


def test_a_verdict_is_kept_once_with_the_model_that_it_judges(archive: Archive, declared: Declarations) -> None:
    alert = first(archive, "cu_notice")
    taken = verdicts.give(archive, declared, alert, Word(False, note="a plan of 2025", by="ann"), START)
    assert taken.new and (taken.verdict.model, taken.verdict.trigger) == (MODEL, "pricing")
    assert not verdicts.give(archive, declared, alert, Word(False, by="ann"), START).new
    assert archive.feedback.all() == [taken.verdict]


def test_an_unknown_alert_and_an_unknown_trigger(archive: Archive, declared: Declarations) -> None:
    with pytest.raises(UnknownAlert, match="000000000099-x"):
        verdicts.give(archive, declared, "000000000099-x", Word(True), START)
    code, told_ = run(archive, "feedback", "000000000099-x", "wrong")
    assert (code, "no alert '000000000099-x'" in told_) == (1, True)
    code, told_ = run(archive, "feedback", first(archive, "cu_notice"), "right", "--trigger", "weather")
    assert (code, "pricing, quota, residency" in told_) == (2, True)
    assert run(archive, "feedback")[0] == 2 and archive.feedback.all() == []


def test_conflicts_are_told_listed_left_out_of_training_and_settled(archive: Archive) -> None:
    alert = first(archive, "cu_notice")
    assert "kept" in run(archive, "feedback", alert, "right", "--by", "ann")[1]
    assert "contradicts right by ann" in run(archive, "feedback", alert, "wrong", "--by", "bob")[1]
    assert "1 conflict(s)" in run(archive, "feedback", "--conflicts")[1]
    (found,) = map(json.loads, run(archive, "feedback", "--conflicts", "--json")[1].splitlines())
    assert [one["right"] for one in found["verdicts"]] == [True, False] and found["trigger"] == "pricing"
    assert list(lessons(archive)) == []
    assert "2 earlier verdicts" in run(archive, "feedback", alert, "wrong", "--settle")[1]
    assert archive.feedback.conflicts() == []
    assert [e.labels for e in lessons(archive)] == [{"pricing": False}]


def test_lessons_are_one_a_document_and_trigger(archive: Archive, declared: Declarations) -> None:
    alert = first(archive, "tencent_notice")
    for word in (Word(True, by="ann"), Word(True, by="bob"), Word(True, "residency", by="bob")):
        verdicts.give(archive, declared, alert, word, START)
    taught = list(lessons(archive))
    assert [(e.labels, e.origin) for e in taught] == [({"quota": True}, "feedback"), ({"residency": True}, "feedback")]
    assert all("并发数" in e.text for e in taught)


def test_scores_from_far_fewer_documents_do_not_compare(archive: Archive) -> None:
    settings = read(home=archive.home)
    assert "give --documents" in _too_few(settings, {"documents": 2})
    assert _too_few(settings, {"documents": 10_000}) == ""


def test_evaluate_needs_labels_and_floors_that_can_be_read(archive: Archive, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"title": "x"}\n', encoding="utf-8")
    done = CliRunner().invoke(vedette, ["--home", str(archive.home), "evaluate", str(bad)])
    assert done.exit_code != 0 and "bad.jsonl" in str(done.exception or done.output)
    assert run(archive, "evaluate", str(bad), "--floors", str(tmp_path / "none.json"))[0] == 2


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_evaluate_and_train_on_a_small_file(archive: Archive, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    rows = [
        {"id": "1", "title": "资费", "text": "旗舰版词元套餐月费由39.9元调整为49.9元。",
         "labels": {"pricing": 1, "quota": 0}, "direction": {"pricing": "tighten"}},
        {"id": "2", "title": "渔业", "text": "核定本年度远洋渔业捕捞配额。", "labels": {"pricing": 0, "quota": 0}},
    ]  # fmt: skip
    labelled.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    plot, floors = tmp_path / "plot.png", tmp_path / "floors.json"
    floors.write_text('{"pricing.f1": 1.1}', encoding="utf-8")
    args = ["--home", str(archive.home), "evaluate", str(labelled), "--json", "--plot", str(plot)]
    done = CliRunner().invoke(vedette, [*args, "--floors", str(floors)], catch_exceptions=False)
    found = json.loads(done.stdout)
    assert done.exit_code == 1 and "below the floor: pricing.f1" in done.stderr
    assert found["documents"] == 2 and found["triggers"]["pricing"]["confusion"]["tp"] == 1
    assert plot.read_bytes().startswith(b"\x89PNG")
    code, told_ = run(archive, "train", "--documents", str(labelled))
    assert (code, "scores do not compare" in told_) == (1, True)
    assert not (archive.home / "model" / "head").exists() and SHIPPED.exists()
    code, told_ = run(archive, "train", "--documents", str(labelled), "--force")
    assert (code, "2 documents (0 verdicts" in told_) == (0, True)
    assert (archive.home / "model" / "head" / "head.npz").exists()
