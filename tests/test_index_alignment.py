"""Clauses are found again though inserted, renumbered, moved or reworded; the instructions rebuild the later text."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.alignment import align, apply, opcodes, units
from index.clauses import clauses
from index.matching import best, common, heaviest, rising
from tests.legal import bodies, law

LINES = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(["第一条 甲。", "第二条 甲。", "（一）乙", "甲。乙。丙。", "a | b", "同样的一句话，足够长。"]),
    ),
    max_size=14,
)


@given(LINES, LINES)
def test_instructions_rebuild_the_later_text(before: list[str], after: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(after)
    assert apply(old, opcodes(old, new)) == new


@given(LINES, st.integers(0, 13), st.integers(0, 13))
def test_instructions_rebuild_a_rearranged_text(lines: list[str], i: int, j: int) -> None:
    moved = lines.copy()
    if moved:
        moved.insert(j % len(moved), moved.pop(i % len(moved)))
    old, new = "\n".join(lines), "\n".join(moved)
    assert apply(old, opcodes(old, new)) == new


@given(LINES)
def test_an_equal_text_is_only_copied(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert all(step.op == "equal" and not step.text for step in opcodes(text, text))


@given(LINES, LINES)
def test_every_clause_is_matched_once(before: list[str], after: list[str]) -> None:
    olds, news = units(clauses("\n".join(before)), clauses("\n".join(after)))
    matches = align(olds, news)
    left = Counter(i for m in matches if m.op != "insert" for i in range(*m.before))
    right = Counter(j for m in matches if m.op != "delete" for j in range(*m.after))
    assert left == Counter(range(len(olds)))
    assert right == Counter(range(len(news)))


@given(bodies, st.data())
def test_an_insertion_copies_all_else(texts: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(texts)))
    after = [*texts[:at], "新增的条文明确词元计费的单位和公布的时限，并自发布之日起执行。", *texts[at:]]
    ops = Counter(m.op for m in align(clauses(law(texts)), clauses(law(after))))
    assert ops == Counter({"equal": len(texts), "insert": 1})


@given(bodies, st.data())
def test_a_moved_article_is_one_move(texts: list[str], data: st.DataObject) -> None:
    i, j = data.draw(st.integers(0, len(texts) - 1)), data.draw(st.integers(0, len(texts) - 1))
    after = texts.copy()
    after.insert(j, after.pop(i))
    ops = Counter(m.op for m in align(clauses(law(texts)), clauses(law(after))))
    assert ops["move"] == (i != j)
    assert set(ops) <= {"equal", "move"}


def test_a_moved_article_takes_its_items_along() -> None:
    items = ["第二条 申请人应当提交下列材料：", "（一）证明；", "（二）承诺书；", "（三）其他。"]
    others = [
        "第一条 为了规范算力券的发放和使用，制定本办法。",
        "第三条 国家数据局负责监督检查和信息公开。",
        "第四条 本办法由国家数据局负责解释。",
        "第五条 县级以上人民政府应当公布用量。",
        "第六条 套餐价格由提供者每月公布一次。",
        "第七条 居民积分不得转让，不得出售。",
    ]
    before = "\n".join([others[0], *items, *others[1:]])
    after = "\n".join([*others, *items])
    moves = [m for m in align(clauses(before), clauses(after)) if m.op == "move"]
    assert [m.before for m in moves] == [(1, 5)]


def test_a_table_row_is_known_by_its_first_cell() -> None:
    before = clauses("套餐 | 价格\n畅享 | 39.9元\n轻享 | 9.9元")
    after = clauses("套餐 | 价格\n轻享 | 9.9元\n畅享 | 59.9元")
    assert ("replace", (1, 2), (2, 3)) in [(m.op, m.before, m.after) for m in align(before, after)]


def test_other_line_breaks_are_equal() -> None:
    one = "第一条 甲的规定。乙的规定。\n丙的规定。"
    two = "第一条 甲的规定。\n乙的规定。丙的规定。"
    assert {m.op for m in align(clauses(one), clauses(two))} == {"equal"}


@given(st.lists(st.sampled_from("abcde"), max_size=12), st.lists(st.sampled_from("abcde"), max_size=12))
def test_common_pairs_rise_and_agree(left: list[str], right: list[str]) -> None:
    pairs = list(common(left, right))
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def test_common_holds_for_sequences_too_long_for_lcs() -> None:
    left = [f"line {n}" for n in range(9000)]
    right = [f"line {n}" for n in range(9000) if n % 7] + ["tail"]
    right[100], right[5000] = "x", "y"
    pairs = list(common([*left, "end"], right))
    assert len(pairs) > 7700
    assert all(([*left, "end"])[i] == right[j] for i, j in pairs)


@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.floats(1, 100), max_size=12))
def test_heaviest_is_at_least_as_heavy_as_greedy(scored: dict[tuple[int, int], float]) -> None:
    heavy, greedy = heaviest(scored), best(scored)
    assert rising(heavy) == heavy
    assert sum(scored[p] for p in heavy) >= sum(scored[p] for p in greedy) - 1e-9


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x\n" * 20_000, "x\n" * 19_999 + "y\n"),
        ("a\nb\n" * 5_000, "b\na\na\n" * 4_000),
        ("\n".join(f"同 | {n} | x" for n in range(2000)), "\n".join(f"同 | {n}.5 | y" for n in range(2000))),
        ("甲乙丙丁。" * 10_000, "甲乙丙丁。" * 9_999 + "戊。"),
    ],
)
def test_hostile_pairs_take_bounded_time(before: str, after: str) -> None:
    started = time.perf_counter()
    assert apply(before, opcodes(before, after)) == after
    assert time.perf_counter() - started < 15
