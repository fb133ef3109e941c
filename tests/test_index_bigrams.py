"""Tokens for full-text search, and that no query can break or escape the expression built from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.bigrams import index_text, match_any, match_phrase, tokens

TEXTS = (
    "上海市发布算力券实施细则，补贴最高50%",
    "Token Prices for small businesses: 15M tokens at CNY 39.9",
    "国发〔2026〕3号 国务院关于人工智能的意见",
    "Companies transferring important data abroad file an assessment",
)


@pytest.fixture(scope="module")
def table() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5 (tokens, content = '', tokenize = 'unicode61 remove_diacritics 2')")
    db.executemany("INSERT INTO t (rowid, tokens) VALUES (?, ?)", [(i, index_text(x)) for i, x in enumerate(TEXTS)])
    yield db
    db.close()


def found(db: sqlite3.Connection, match: str) -> list[int]:
    return [row[0] for row in db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid", (match,))]


@pytest.mark.parametrize(
    ("query", "rows"),
    [("算力", [0]), ("力券", [0]), ("算", [0]), ("price", [1]), ("PRICING", [1]), ("business", [1]), ("３９", [1])],
)
def test_words_are_found(table: sqlite3.Connection, query: str, rows: list[int]) -> None:
    assert found(table, match_any(tokens(query))) == rows


def test_a_phrase_is_found_word_by_word_in_order(table: sqlite3.Connection) -> None:
    assert found(table, match_phrase("算力券实施")) == [0]
    assert found(table, match_phrase("实施算力券")) == []
    assert found(table, match_phrase("important data abroad")) == [3]
    assert found(table, match_phrase("data important")) == []


def test_tokens_of_both_languages_in_one_text() -> None:
    assert tokens("GPU算力券") == ["gpu", "算力", "力券"]
    assert tokens("tokens token") == ["token", "token"]
    assert tokens("……！") == []


@pytest.mark.parametrize(
    "words",
    [("price", "prices", "pricing", "priced"), ("company", "companies"), ("limit", "limits", "limited", "limiting")],
)
def test_forms_of_one_word_meet(words: tuple[str, ...]) -> None:
    assert len({tokens(word)[0] for word in words}) == 1


@given(st.text(max_size=60) | st.sampled_from(['" OR t:*', "NEAR(", "a AND NOT b", '""""', "*", "tokens : x", "'; --"]))
def test_any_text_makes_a_query_that_runs(table: sqlite3.Connection, text: str) -> None:
    for match in (match_any(tokens(text)), match_phrase(text)):
        if match:
            found(table, match)


@given(st.sampled_from(TEXTS), st.integers(0, 30), st.integers(4, 30))
def test_any_piece_of_chinese_text_is_found_again(table: sqlite3.Connection, text: str, start: int, size: int) -> None:
    piece = "".join(c for c in TEXTS[2] if "\u4e00" <= c <= "\u9fff")[3:]
    part = piece[start % 8 : start % 8 + size]
    assert found(table, match_phrase(part)) == [2] or len(part) < 1
