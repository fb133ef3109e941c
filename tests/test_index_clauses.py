"""Clauses are cited as a lawyer would cite them."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clauses import clauses, sentences

LAW = """算力券管理办法
第一章　总则
第一条 为了规范算力券，制定本办法。
第二条 本办法所称算力券包括：
（一）训练券；
（二）推理券：
1.通用；
2.专用。
前款所称算力券不含转让所得。
依照第三条第二款执行的，从其规定。
第 三 条　免费配额比例为95%。
第二章 附则
第一节 其他
第四条 略。第五条 本办法自公布之日起施行。
附件：1.申请表
2.汇总表
某某部
2026年5月8日
附件1
一、总体要求
（一）指导思想。
说明段落。
二、任务
1.建设
①平台
套餐 | 价格
畅享 | 39.9元
3.5亿元投入"""

PLACES = [
    ("text", "第1段"),
    ("chapter", "第一章"),
    ("article", "第一条"),
    ("article", "第二条第一款"),
    ("item", "第二条第一款第（一）项"),
    ("item", "第二条第一款第（二）项"),
    ("item", "第二条第一款第（二）项第1目"),
    ("item", "第二条第一款第（二）项第2目"),
    ("paragraph", "第二条第二款"),
    ("paragraph", "第二条第三款"),
    ("article", "第三条"),
    ("chapter", "第二章"),
    ("section", "第二章第一节"),
    ("article", "第四条"),
    ("article", "第五条"),
    ("attachment", "附件1"),
    ("heading", "附件2"),
    ("signature", "落款"),
    ("signature", "落款"),
    ("attachment", "附件1"),
    ("heading", "附件1 一、"),
    ("heading", "附件1 一、（一）"),
    ("text", "附件1 一、（一）第2段"),
    ("heading", "附件1 二、"),
    ("heading", "附件1 二、1."),
    ("heading", "附件1 二、1.①"),
    ("row", "表1 第1行"),
    ("row", "表1 第2行"),
    ("text", "附件1 二、1.①第2段"),
]


def test_a_chinese_regulation() -> None:
    assert [(c.level, c.locator) for c in clauses(LAW)] == PLACES


def test_path_number_and_body() -> None:
    item = clauses(LAW)[6]
    assert (item.number, item.body) == ("1.", "通用；")
    assert item.path == ("第一章", "第二条", "（二）", "1.")


ENGLISH = """Terms of Service
Article 1 Scope
These terms apply.
(a) to customers;
(b) to resellers.
Article 2. Fees
1. The fee is USD 5 a month.
2. The quota is 100 requests.
Section 4.1 Data
1.1 Storage
1.2 Transfer
3.5 million users
plan\tprice
basic\t5"""


def test_english_terms() -> None:
    assert [c.locator for c in clauses(ENGLISH)] == [
        "para 1",
        "Article 1",
        "Article 1 para 2",
        "Article 1(a)",
        "Article 1(b)",
        "Article 2",
        "Article 2(1)",
        "Article 2(2)",
        "Section 4.1",
        "Section 4.1 1.1",
        "Section 4.1 1.2",
        "Section 4.1 para 2",
        "table 1 row 1",
        "table 1 row 2",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "3.5亿元用于建设",
        "1.1 亿元用于建设",
        "5 万元以下的",
        "第五条、第六条规定的情形",
        "第三条第二款规定的",
        "2026年工作",
        "6月21日电",
        "30%以上的",
    ],
)
def test_an_amount_or_reference_at_the_head_of_a_line_is_no_number(line: str) -> None:
    assert clauses(line)[0].number == ""


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("第二十一条之一 略", "第二十一条之一"),
        ("第 14 條 獲配之頻率", "第14條"),
        ("第10条 略", "第10条"),
        ("## 第一章 总则", "第一章"),
        ("⑴ 略", "⑴"),
        ("（a）略", "（a）"),
        ("Chapter IV Penalties", "Chapter IV"),
        ("§ 5 Fees", "§5"),
    ],
)
def test_numbers(line: str, number: str) -> None:
    assert clauses(line)[0].number == number


def test_an_article_after_a_wrapped_reference_keeps_its_paragraphs() -> None:
    text = "第一条 依照本法\n第二条规定的情形处理。\n第二条 略。"
    assert [c.locator for c in clauses(text)] == ["第一条第一款", "第一条第二款", "第二条"]


def test_a_long_block_is_cut_at_sentences() -> None:
    block = "".join(f"国家支持算力基础设施建设的第{n}项措施由有关部门负责落实。" for n in range(200))
    parts = clauses(block)
    assert {c.locator for c in parts} <= {f"第{n}段" for n in range(1, 201)}
    assert all(c.text.endswith("。") and len(c.text) < 60 for c in parts)


def test_sentences_keep_place_and_number() -> None:
    clause = clauses("第三条 一句。两句！三句")[0]
    parts = sentences(clause)
    assert [p.text for p in parts] == ["第三条 一句。", "两句！", "三句"]
    assert [p.number for p in parts] == ["第三条", "", ""]
    assert {p.locator for p in parts} == {"第三条"}


LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                "第一条 略。",
                "（一）甲",
                "1.乙",
                "一、丙",
                "附件1",
                "a | b",
                "Article 1 X",
                "1.1 x",
                "(a) y",
                "2026年5月8日",
            ]
        ),
    ),
    max_size=25,
).map("\n".join)


@given(LINES)
def test_clauses_hold_every_word_once_and_in_place(text: str) -> None:
    parts = clauses(text)
    assert all(text[c.start : c.end] == c.text == c.text.strip() != "" for c in parts)
    assert all(a.end <= b.start for a, b in pairwise(parts))
    assert "".join("".join(c.text.split()) for c in parts) == "".join(text.split())
    for clause in parts:
        assert "".join(p.text for p in sentences(clause)).replace(" ", "") == clause.text.replace(" ", "") or any(
            c.isspace() for c in clause.text
        )
        assert clause.locator


@pytest.mark.parametrize(
    "text",
    [
        "x\n" * 60_000,
        "一" * 200_000,
        "（" * 200_000,
        "第" * 200_000,
        "1." * 100_000,
        "。第一条" * 50_000,
        "a | " * 50_000,
        "附件：" * 60_000,
        "第一条\n（一）\n1.\n" * 15_000,
        " " * 200_000 + "x",
    ],
)
def test_hostile_texts_take_linear_time(text: str) -> None:
    started = time.perf_counter()
    clauses(text)
    assert time.perf_counter() - started < 10


@pytest.mark.shared
def test_real_texts_are_covered(shared: Path) -> None:
    rows = (shared / "eval" / "tags-dev.jsonl").read_text("utf-8").splitlines()
    levels: dict[str, int] = {}
    for row in rows:
        text = json.loads(row)["text"]
        parts = clauses(text)
        assert "".join("".join(c.text.split()) for c in parts) == "".join(text.split())
        for clause in parts:
            levels[clause.level] = levels.get(clause.level, 0) + 1
    assert levels["article"] > 600
    assert levels["row"] > 500
    assert levels["item"] > 200
