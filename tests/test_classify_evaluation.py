"""Scores that can be checked by hand, and the floors that the shipped head must keep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classify.calibration import draw
from classify.evaluation import as_json, as_text, average_precision, below, evaluate, floors
from classify.examples import Example, documents, fingerprint, own
from classify.head import load_head
from classify.training import Training, cross_validated
from classify.triggers import Document, Judgement, Tagger
from config.declarations import load
from index.embedding import open_encoder
from index.records import Quote


def case(n: int, truth: bool, score: float, way: str = "neutral") -> tuple[Example, tuple[Judgement, ...]]:
    example = Example(
        f"t{n}", "text", {"quota": truth}, {"quota": "tighten"} if truth else {}, {"quota": ("q",)}, id=f"d{n}"
    )
    quote = (Quote("text", 0, 4),) if score >= 0.5 else ()
    return example, (Judgement("quota", score, score >= 0.5, way, quote),)  # type: ignore[arg-type]  # a direction


CASES = [
    case(1, True, 0.9, "tighten"),
    case(2, True, 0.6),
    case(3, True, 0.2),
    case(4, False, 0.8),
    case(5, False, 0.1),
]


def test_figures_by_hand() -> None:
    report = evaluate(*zip(*CASES, strict=True))
    (score,) = report.triggers
    assert score.confusion == {"tp": 2, "fp": 1, "fn": 1, "tn": 1}
    assert (score.precision, score.recall, score.f1) == (0.667, 0.667, 0.667)
    assert score.brier == round((0.01 + 0.16 + 0.64 + 0.64 + 0.01) / 5, 3)
    assert score.ap == round((1 / 1 + 2 / 3 + 3 / 4) / 3, 3)
    assert report.direction == 0.5
    assert score.calibration[-1] == (0.85, 0.5, 2)
    assert [(m.id, m.truth) for m in report.misses] == [("d3", True), ("d4", False)]
    assert report.misses[0].quote == "q"  # what the labeller saw and we missed
    assert report.misses[1].quote == "text"  # what we saw and should not have


def test_average_precision_of_a_perfect_and_an_inverted_order() -> None:
    assert average_precision([(0.9, True), (0.1, False)]) == 1
    assert average_precision([(0.1, True), (0.9, False)]) == 0.5
    assert average_precision([(0.1, False)]) == 0


def test_unlabelled_triggers_are_left_out_and_nothing_labelled_is_told() -> None:
    example = Example("", "x", {"quota": True})
    judged = (Judgement("quota", 0.9, True, "neutral"), Judgement("pricing", 0.9, True, "neutral"))
    assert [s.trigger for s in evaluate([example], [judged]).triggers] == ["quota"]
    with pytest.raises(ValueError, match="none of the examples"):
        evaluate([Example("", "x", {})], [judged])


def test_the_report_is_json_and_text() -> None:
    report = evaluate(*zip(*CASES, strict=True))
    assert json.loads(json.dumps(as_json(report)))["triggers"]["quota"]["f1"] == 0.667
    assert "false alarm quota 0.80 d4" in as_text(report)
    assert "0.85: 0.50 (2)" in as_text(report)  # calibration: two tags of 0.85 in the mean, one of them true


def test_a_floor_that_is_missed_is_named() -> None:
    report = evaluate(*zip(*CASES, strict=True))
    assert below(report, {"macro_f1": 0.5, "quota.f1": 0.6, "brier": 0.4}) == []
    assert below(report, {"macro_f1": 0.9}) == ["macro_f1: 0.667, allowed at least 0.900"]
    assert below(report, {"quota.brier": 0.1}) == ["quota.brier: 0.292, allowed at most 0.100"]
    assert below(report, {"nonsense.f1": 0.1})  # a floor for a trigger that is gone is missed, not forgotten


def test_the_shipped_head_keeps_its_floors(tmp_path: Path) -> None:
    examples = own("heldout")
    tagger = Tagger(load_head(), open_encoder(tmp_path), list(load().triggers.values()))
    report = evaluate(examples, tagger.tag_many([Document(e.title, e.text) for e in examples]))
    assert below(report, floors()) == [], as_text(report)


def test_floors_are_of_one_part_or_flat(tmp_path: Path) -> None:
    assert set(floors(part="documents")) >= {"macro_f1", "brier", "quota.f1", "pricing.f1", "residency.f1"}
    assert floors() != floors(part="documents")
    flat = tmp_path / "flat.json"
    flat.write_text('{"macro_f1": 0.5}', encoding="utf-8")
    assert floors(flat) == floors(flat, "documents") == {"macro_f1": 0.5}


@pytest.mark.shared
def test_the_card_of_the_shipped_head_tells_the_truth_about_unseen_documents(shared: Path) -> None:
    examples = documents(shared / "eval" / "tags-dev.jsonl")
    card = load_head().card
    told = [card["unseen"][fingerprint(e)] for e in examples]  # a KeyError: trained on other documents
    judged = [tuple(Judgement(t, s, s >= 0.5, "neutral") for t, s in row.items()) for row in told]
    report = evaluate(examples, judged)
    least = {k: v for k, v in floors(part="documents").items() if k != "direction_accuracy"}
    assert below(report, least) == [], as_text(report)
    assert report.macro_f1 == pytest.approx(card["scores"]["macro_f1"], abs=0.025)  # the mean of scores, and of figures


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_method_keeps_its_floors_on_a_third_of_the_documents(shared: Path, tmp_path: Path) -> None:
    examples = documents(shared / "eval" / "tags-dev.jsonl")[::3]
    encoder = open_encoder(tmp_path)
    lesson = Training(tuple(load().triggers.values()), tuple(examples), encoder.id, encoder.encode_passages)
    report = evaluate(*cross_validated(lesson, 0))
    assert below(report, floors(part="few")) == [], as_text(report)


@pytest.mark.parametrize(("suffix", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_plot_is_written(tmp_path: Path, suffix: str, magic: bytes) -> None:
    path = tmp_path / f"evaluation.{suffix}"
    draw(evaluate(*zip(*CASES, strict=True)), path)
    assert path.read_bytes().startswith(magic)
