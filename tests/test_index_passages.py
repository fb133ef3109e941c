"""Texts cut to passages: all of them, in order, at clauses, never too long."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import LEAST, MOST, embedded_text, estimated_tokens, split

PIECES = st.sampled_from(
    [
        "第一条 为规范算力配额管理，制定本办法。",
        "\n",
        "The plan costs CNY 9.9 a month.",
        " ",
        "，",
        "第二章 罚则\n",
        "x" * 700,
        "算" * 600,
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_all_text_is_covered_once_and_in_order(text: str) -> None:
    spans = split(text)
    assert "".join("".join(text[s.start : s.end] for s in spans).split()) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_passage_is_longer_than_the_encoder_reads(text: str) -> None:
    assert all(estimated_tokens(text[s.start : s.end]) <= MOST for s in split(text))


def test_a_long_notice_is_cut_where_clauses_begin() -> None:
    clause = (
        "第{}条 算力中心应当按照下达的指标安排调度任务，不得擅自变更用途，确需变更的应当报主管部门备案，并说明理由。"
        * 1
    )
    text = "\n".join((clause.format(n) * 4) for n in range(1, 30))
    spans = split(text)
    assert len(spans) > 5
    assert all(text[s.start : s.end].startswith("第") for s in spans)
    assert all(estimated_tokens(text[s.start : s.end]) >= LEAST for s in spans[:-1])


def test_text_without_line_or_sentence_ends_is_cut_at_commas() -> None:
    text = "机柜价格上调，" * 400
    assert all(text[s.start : s.end].endswith("，") for s in split(text))


def test_nothing_gives_no_passage() -> None:
    assert split("") == split(" \n\n　") == []


@pytest.mark.parametrize("mark", ["。", ".", "\n", "，", "a", "算", " ", "（", ". "])
def test_time_grows_with_length_only(mark: str) -> None:
    started = time.perf_counter()
    split(mark * 200_000)
    assert time.perf_counter() - started < 8


def test_the_title_stands_before_a_passage_once() -> None:
    assert embedded_text("算力券办法", "第三条 补贴上限") == "算力券办法\n第三条 补贴上限"
    assert embedded_text("算力券办法", "算力券办法 第一条") == "算力券办法 第一条"
    assert embedded_text("", "body") == "body"
