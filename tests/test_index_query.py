"""The query language: what is read, what is refused and why, and that writing a query back loses nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.filters import FILTERS
from index.query import Condition, Query, QueryProblem, parse

PIECES = (
    *(
        "trigger",
        "触发",
        "来源",
        "地区",
        "pricing",
        "算力",
        "a:b",
        "NOT",
        "until:9999",
        "文号：",
        "通知：算力",
        "－算力",
        "--x",
    ),
    *(
        "region:上海",
        "since:2026",
        "至:2026-05",
        "before:2026-05-01",
        "as-of:2026-5-9",
        "in:changes",
        "doc:国发〔2026〕",
    ),
    *(
        "lang:zh",
        "http://x",
        "kind:",
        "：",
        ":",
        "-",
        '"',
        "“",
        "”",
        "「",
        "」",
        ",",
        "，",
        " ",
        "  ",
        "\x00",
        "*",
        "/",
        "%",
    ),
)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("算力 价格", Query(words="算力 价格")),
        ('"exact phrase" 算力', Query(words="算力", phrases=("exact phrase",))),
        ("“算力券” 「词元」", Query(phrases=("算力券", "词元"))),
        ('算力 -补贴 -"free tier"', Query(words="算力", excluded=("补贴", "free tier"))),
        ("trigger:pricing,quota", Query(filters=(Condition("trigger", ("pricing", "quota")),))),
        ("-source:ndrc_tz", Query(filters=(Condition("source", ("ndrc_tz",), negated=True),))),
        ("触发：pricing", Query(filters=(Condition("trigger", ("pricing",)),))),
        ("层级:运营商，云", Query(filters=(Condition("tier", ("carrier", "cloud")),))),
        ("地区:上海 region:cn-11", Query(filters=(Condition("region", ("CN-31",)), Condition("region", ("CN-11",))))),
        ("类型:修订 lang:EN", Query(filters=(Condition("kind", ("amended",)), Condition("lang", ("en",))))),
        ("文号:国发〔2026〕", Query(filters=(Condition("doc", ("国发〔2026〕",)),))),
        ("since:2026-05-01 before:2026-06", Query(since=date(2026, 5, 1), before=date(2026, 6, 1))),
        ("自:2026年5月1日 至:2026-05-31", Query(since=date(2026, 5, 1), before=date(2026, 6, 1))),
        ("until:2026-12", Query(before=date(2027, 1, 1))),
        ("截至：２０２６-05-09", Query(as_of=date(2026, 5, 9))),
        ("降价 in:changes", Query(words="降价", within="changes")),
        ("chatbot: where is it", Query(words="chatbot: where is it")),
        ("政策解读：上海市算力券", Query(words="政策解读：上海市算力券")),
        ("see https://example.org/a?b=c", Query(words="see https://example.org/a?b=c")),
        ('"never closed', Query(words="never closed")),
        ("算力 - 价格 --", Query(words="算力 价格")),
        ("", Query()),
        ('""  -""', Query()),
    ],
)
def test_reads(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("算力 tigger:pricing", 3, "did you mean trigger:"),
        ("来原:ndrc", 0, "did you mean 来源:"),
        ("foo:bar", 0, "known are trigger, tier"),
        ("kind:amend", 0, "did you mean 'amended'"),
        ("tier:bank", 0, "known are carrier"),
        ("since:yesterday", 0, "2026-05-01"),
        ("since:2026-02-30", 0, "2026-05-01"),
        ("since:2026-01-01 since:2026-02-01", 17, "given twice"),
        ("-since:2026-01-01", 1, "no minus"),
        ("x trigger:", 2, "has no value"),
        ("trigger:,", 0, "has no value"),
        ("算" * 10_000, 1000, "10000 characters"),
    ],
)
def test_names_what_it_cannot_read_and_where(text: str, position: int, says: str) -> None:
    with pytest.raises(QueryProblem) as caught:
        parse(text)
    assert caught.value.position == position
    assert says in str(caught.value)


@given(st.text(max_size=80) | st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join))
def test_any_text_is_read_or_refused_and_comes_back_the_same(text: str) -> None:
    try:
        query = parse(text)
    except QueryProblem:
        return
    assert parse(str(query)) == query


def test_every_filter_reads_its_own_example_by_every_name() -> None:
    for name, kind in FILTERS.items():
        value = kind.example.partition(":")[2]
        assert not parse(kind.example).is_empty
        for alias in kind.aliases:
            same = f"until:{value}" if alias in {"until", "至"} else kind.example
            assert parse(f"{alias}：{value}") == parse(same), name


def test_a_facet_narrows_and_is_taken_back() -> None:
    asked = parse("算力 since:2026-01-01")
    narrowed = asked.narrowed("tier", "carrier").narrowed("tier", "carrier").narrowed("as-of", "2026-05-01")
    assert str(narrowed) == "算力 tier:carrier since:2026-01-01 as-of:2026-05-01"
    assert narrowed.widened("tier").widened("as-of") == asked
    with pytest.raises(QueryProblem):
        asked.narrowed("teir", "carrier")
