"""Training with a small stand-in for the encoder: what it needs, what it refuses, what it keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from classify import keeping, learning, training
from classify.examples import Example, conflicts, digest, documents, feedback, of_triggers, own
from classify.features import Matrix
from classify.grams import BUCKETS, grams, matrix
from classify.head import Head, clause_logits, load_head, pooled, save
from config.declaration import DeclarationError
from config.declarations import load

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.timeout(600)
"""Nested cross-validation is some ten seconds of work; on a busy machine many more."""


def embed(texts: Sequence[str]) -> Matrix:
    """Thirty-two hashed bigrams of a text, length 1: enough to tell texts apart, and no model."""
    rows = np.full((len(texts), 32), 1e-6, np.float32)
    for row, text in zip(rows, texts, strict=True):
        for pair in pairwise(text):
            row[crc32("".join(pair).encode()) % 32] += 1
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def made_documents(count: int = 15) -> list[Example]:
    """Documents of three sentences of our own each, with the labels and quotes of these."""
    sentences = own()
    found = []
    for n in range(count):
        parts = [sentences[(n * 7 + k * 53) % len(sentences)] for k in range(3)]
        labels = {t: any(p.labels[t] for p in parts) for t in parts[0].labels}
        quotes = {t: tuple(p.text for p in parts if p.labels[t]) for t, y in labels.items() if y}
        way = {t: p.direction[t] for p in parts for t in p.direction}
        found.append(Example(f"文件{n}", "\n".join(p.text for p in parts), labels, way, quotes, "document", f"m{n}"))
    return found


@pytest.fixture(scope="module")
def task() -> training.Training:
    return training.Training(tuple(load().triggers.values()), tuple(made_documents(60)), "toy@1", embed)


@pytest.fixture(scope="module")
def head(task: training.Training) -> Head:
    return training.train(task, TODAY, seeds=(0,))


def test_the_card_tells_data_date_and_nested_scores(head: Head) -> None:
    assert head.card["trained"] == "2026-11-22"
    assert head.card["documents"] == 60
    assert head.card["scores"]["method"].startswith("nested cross-validation")
    assert 0 < head.card["scores"]["macro_f1"] <= 1
    assert set(head.card["scores"]["triggers"]) == set(head.triggers)


def test_every_document_is_judged_once_by_a_head_that_had_not_seen_it(task: training.Training) -> None:
    examples, judged = training.cross_validated(task, seed=1)
    assert [e.id for e in examples] == [e.id for e in task.labelled]
    assert all(len(row) == len(task.triggers) for row in judged)
    # a title that says its own number would be learnt by heart if a document were in its own training set
    folds = training._folds(list(task.labelled), 1)
    assert sorted(i for fold in folds for i in fold) == list(range(60))


def test_a_head_is_read_back_as_it_was_written(head: Head, tmp_path: Path) -> None:
    save(head, tmp_path)
    again = load_head(tmp_path)
    assert again.id == head.id
    assert again.triggers == head.triggers
    assert again.card["data"] == head.card["data"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["card.json", "head.npz"]


@pytest.mark.parametrize("damage", ["cut", "garbage", "other", "missing", "card", "nan"])
def test_a_damaged_head_is_named_with_its_fix(head: Head, tmp_path: Path, damage: str) -> None:
    save(head, tmp_path)
    arrays, card = tmp_path / "head.npz", tmp_path / "card.json"
    if damage == "cut":
        arrays.write_bytes(arrays.read_bytes()[:500])
    elif damage == "garbage":
        arrays.write_bytes(b"\x80\x04garbage")
    elif damage == "other":
        save(replace(head, centre=head.centre + 1), tmp_path / "b")
        arrays.write_bytes((tmp_path / "b" / "head.npz").read_bytes())
    elif damage == "missing":
        arrays.unlink()
    elif damage == "card":
        card.write_text("{", encoding="utf-8")
    else:
        save(replace(head, centre=head.centre * np.nan), tmp_path)
    with pytest.raises(DeclarationError, match=r"holds no usable head.*vedette train"):
        load_head(tmp_path)


def blunted(head: Head, share: float) -> Head:
    """The head as if it had said the contrary of a share of the documents, unseen."""
    told = dict(head.card["unseen"])
    for key in sorted(told)[: int(len(told) * share)]:
        told[key] = {t: 1 - s for t, s in told[key].items()}
    return replace(head, card={**head.card, "unseen": told})


def test_a_worse_head_is_refused_unless_forced(head: Head, task: training.Training, tmp_path: Path) -> None:
    assert keeping.keep(head, tmp_path, task, None) is None
    worse = blunted(head, 0.2)
    with pytest.raises(training.WorseHead, match="on the same 60 documents, unseen by both"):
        keeping.keep(worse, tmp_path, task, head)
    assert load_head(tmp_path).card["unseen"] == head.card["unseen"]
    found = keeping.keep(worse, tmp_path, task, head, force=True)
    assert found and found.after < found.before - 0.01
    assert load_head(tmp_path).card["unseen"] == worse.card["unseen"]
    found = keeping.keep(head, tmp_path, task, worse)
    assert found and found.after > found.before


def test_what_the_old_head_never_saw_it_judges_itself(head: Head, task: training.Training) -> None:
    half = dict(list(head.card["unseen"].items())[:30])
    old = replace(head, card={**head.card, "unseen": half})
    found = keeping.compare(head, task, old)
    assert found and found.documents == 60
    assert found.before != found.after  # it was taught the other thirty: here it knows them
    foreign = keeping.compare(head, replace(task, encoder="other@1"), old)
    assert foreign and foreign.documents == 30
    assert foreign.before == foreign.after  # the same scores of the same documents


def test_heads_without_a_document_in_common_are_not_compared(
    head: Head, task: training.Training, tmp_path: Path
) -> None:
    untold = replace(head, card={k: v for k, v in head.card.items() if k != "unseen"})
    assert keeping.compare(head, task, untold) is None
    with pytest.raises(training.WorseHead, match="no labelled document to compare"):
        keeping.keep(head, tmp_path, task, untold)
    assert keeping.keep(head, tmp_path, task, replace(untold, card={})) is None


def test_a_missing_or_damaged_old_head_is_none(head: Head, tmp_path: Path) -> None:
    assert keeping.old_head(tmp_path / "none") is None
    save(head, tmp_path / "a")
    assert keeping.old_head(tmp_path / "none", tmp_path / "a") is not None
    (tmp_path / "a" / "head.npz").write_bytes(b"cut")
    assert keeping.old_head(tmp_path / "a") is None


def test_n_grams_are_hashed_alike_and_tell_texts_apart() -> None:
    spelt = grams(["算力配额", "算力配額", "渔业捕捞", "a"])
    table = np.zeros((2, BUCKETS), np.float32)
    first = spelt.buckets[: spelt.starts[1]]
    table[0, first] = 1
    heard = spelt.logits(table)
    assert heard[0, 0] == pytest.approx(heard[1, 0])  # traditional characters are folded
    assert heard[0, 0] > 5 * abs(heard[2, 0])
    assert not heard[:, 1].any()
    assert matrix([(spelt, i) for i in range(4)]) @ table.T == pytest.approx(heard, abs=1e-4)
    # pinned: the weights of the shipped head are only valid for these buckets
    assert crc32(first.astype("<i8").tobytes()) == 2059778696


def test_a_class_that_is_missing_is_told(task: training.Training) -> None:
    made, centre = learning.samples([e for e in own() if not e.labels["quota"]], None, embed)
    with pytest.raises(ValueError, match="quota are all true or all false"):
        learning.fit(made, ["quota"], "toy@1", centre)


def test_contradicting_labels_are_listed_and_refused(task: training.Training) -> None:
    said = [feedback("quota", "公告", "额度下调。", right) for right in (True, False)]
    assert conflicts(said) == [("公告", "quota")]
    with pytest.raises(ValueError, match="contradict each other: quota of '公告'"):
        training.train(replace(task, labelled=(*task.labelled, *said)), TODAY, seeds=(0,))


def test_feedback_moves_the_score_its_way() -> None:
    text = "本省对模型推理用的词元实行季度核定，企业凭证领用。"
    triggers = list(load().triggers.values())
    base = [*of_triggers(triggers), *own(), *made_documents(60)]

    def score(extra: list[Example]) -> float:
        made, centre = learning.samples([*base, *extra], None, embed)
        fitted = learning.fit(made, ["quota"], "toy@1", centre)
        (sample,), _ = learning.samples([Example("", text, {})], centre, embed)
        return float(clause_logits(fitted, sample.inputs, sample.spelt)[0, 0])

    said = [feedback("quota", "核定通知", text, right=True)] * 3
    denied = [feedback("quota", "核定通知", text, right=False)] * 3
    assert score(denied) < score([]) < score(said)


def test_the_digest_of_data_ignores_order_and_sees_every_label() -> None:
    examples = own()[:20]
    assert digest(examples) == digest(examples[::-1])
    assert digest(examples) != digest(
        [replace(examples[0], labels={**examples[0].labels, "quota": False}), *examples[1:]]
    )


def test_labelled_documents_are_read_or_the_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "labelled.jsonl"
    row = {"id": "a", "title": "公告", "text": "额度下调。", "labels": {"quota": 1}, "direction": {"quota": "tighten"}}
    path.write_text(json.dumps({**row, "evidence": {"quota": "额度下调"}}) + "\n", encoding="utf-8")
    (example,) = documents(path)
    assert example.labels == {"quota": True}
    assert example.quotes == {"quota": ("额度下调",)}
    path.write_text(json.dumps(row) + "\n{broken\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"labelled\.jsonl:2"):
        documents(path)


def test_pooling_ignores_silent_clauses_beyond_the_first_few() -> None:
    loud = np.array([[3.0], *[[-4.0]] * 5])
    long = np.vstack([loud, np.full((300, 1), -6.0)])
    assert pooled(long)[0, :2] == pytest.approx(pooled(loud)[0, :2])
    assert pooled(long)[0, 2] < pooled(loud)[0, 2] < 0.05


def test_own_sentences_and_held_out_ones_never_meet() -> None:
    learnt = {e.text for e in (*own(), *of_triggers(load().triggers.values()))}
    assert not learnt & {e.text for e in own("heldout")}
    assert len(own()) > 300
    assert len(own("heldout")) >= 60
