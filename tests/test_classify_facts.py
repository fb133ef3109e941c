# ruff: noqa: E501 (Chinese text counts two columns a character)
"""What holds for facts of any text: exact offsets, plain decimals, no crash and time linear in the length."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classify.facts import as_json, facts
from classify.facts.plain import plain

NOTICE = (
    "发布日期：2026-05-17\n关于词元套餐资费的通知\n一、入门版由９．９元/月调整为12.9元/月，含1000万词元；\n"
    "二、每个账号每分钟最多60次请求；\n三、按合同额的30%给予补贴，最高不超过200万元；\n本通知自2026年6月1日起施行。\n国信发〔2026〕7号\n"
)
PIECES = st.sampled_from(
    ["每月", "9.9", "元", "/", "万", "亿", " tokens", "百万", "最高", "不超过", "|", "\t", "\n", "1,000", "$", "US$", "%", "折", "至", "-",
     "从", "to ", "from ", "per ", "month", "2026年5月8日", "〔2026〕", "12号", "令", "第", "补贴", "上限", "QPS", "一百", "（", "）", "。", ".", "0"]
)  # fmt: skip


def test_offsets_name_the_literal_in_the_text_as_given() -> None:
    found = [(f.kind, NOTICE[f.start : f.end]) for f in facts(NOTICE, "zh")]
    assert found == [
        ("date", "2026-05-17"),
        ("price", "９．９元"),
        ("price", "12.9元"),
        ("quota", "60次请求"),
        ("subsidy", "30%"),
        ("subsidy", "200万元"),
        ("date", "2026年6月1日"),
        ("doc_number", "国信发〔2026〕7号"),
    ]


def test_json_form_is_flat_text_with_offsets() -> None:
    price = as_json(facts("每月39.9元，含1500万词元。", "zh")[0])
    assert price == {
        "kind": "price", "amount": "39.9", "currency": "CNY", "per": "month", "quantity": "15000000",
        "quantity_unit": "token", "role": "current", "start": 2, "end": 7,
    }  # fmt: skip
    assert json.loads(json.dumps(price)) == price


@pytest.mark.parametrize(
    "text", ["", "1", "元", "\x00", "\ud800", "%", "$", "|", "折", "〔2026〕号", "2026年13月45日", "９" * 400]
)
def test_small_and_odd_texts_state_nothing(text: str) -> None:
    assert facts(text) == ()


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
@example("1-2元/3、4折5%")
@settings(max_examples=400, deadline=None)
def test_any_text_gives_well_formed_facts(text: str) -> None:
    assert len(plain(text)) == len(text)
    last = 0
    for fact in facts(text, "zh"):
        assert 0 <= fact.start < fact.end <= len(text)
        assert fact.start >= last
        last = fact.start
        for key in ("amount", "percent", "percent_off", "quantity"):
            assert re.fullmatch(r"\d+(\.\d+)?", fact.values.get(key, "0")), fact
        if fact.kind == "date":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", fact.values["value"])


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=100, deadline=None)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert facts(text, "zh") == facts(text, "zh")


HOSTILE = [
    "1", "1 ", "1,", "1元", "每", "(", "|1", "a|\n", "最高", "一", "per ", "$1 to ", "2026年1月1日", "〔2026〕1号", "人民政府", "令", "\n", "maximum ",
    "number of ", "国 ", "1/月", "、1万", "10%", "第1号",
]  # fmt: skip


def seconds(text: str) -> float:
    started = time.process_time()
    facts(text)
    return time.process_time() - started


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    """Eight times the text may take at most twenty times as long (a quadratic rule would take 64 times)."""
    small = piece * (8_000 // len(piece))
    assert seconds(small * 8) < 20 * max(seconds(small), 0.02)


@pytest.mark.slow
def test_five_megabytes_are_read_in_bounded_time() -> None:
    text = (NOTICE * (5_000_000 // len(NOTICE) + 1))[:5_000_000]
    started = time.process_time()
    found = facts(text, "zh")
    assert len(found) > 10_000
    assert time.process_time() - started < 120


@pytest.mark.shared
def test_scores_on_labelled_real_snippets(shared: Path, tmp_path: Path) -> None:
    """On facts-dev (70 snippets): measured F1 0.99, role 1.0, clean negatives 1.0; the floor is lower than that."""
    rows = [json.loads(line) for line in (shared / "eval" / "facts-dev.jsonl").read_text("utf-8").splitlines()]
    out = tmp_path / "out.jsonl"
    made = [{"id": r["id"], "facts": [as_json(f) for f in facts(r["text"], r["lang"])]} for r in rows]
    out.write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in made), "utf-8")
    script = shared / "eval" / "score_facts.py"
    done = subprocess.run(
        [sys.executable, str(script), str(shared / "eval" / "facts-dev.jsonl"), str(out)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["all"]["f1"] >= 0.95
    assert report["role_accuracy"] >= 0.95
    assert report["clean_negatives"] >= 0.95
