"""Lines of attachments: wrapped lines put together whatever the width of the page, rows, Word's numbers."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.files.counting import spelled
from crawlers.files.lines import Piece, cleaned, paragraphs, row
from crawlers.files.sheets import shown

WORDS = st.text("算力电价贵州枢纽节点补贴，", min_size=30, max_size=120).filter(lambda t: not t.endswith("，"))


def laid_out(blocks: list[str], width: int, height: int) -> list[list[Piece]]:
    """Paragraphs set in lines of `width` ems, the first one indented by two, `height` lines a page."""
    lines: list[tuple[float, str]] = []
    for block in blocks:
        lines.append((2.0, block[: width - 2]))
        lines += [(0.0, block[n : n + width]) for n in range(width - 2, len(block), width)]
    pages = [lines[n : n + height] for n in range(0, len(lines), height)]
    numbered = [[*page, (width / 2, f"— {n} —")] for n, page in enumerate(pages, 1)]
    return [[Piece(x, 2.0 * y, 1.0, text) for y, (x, text) in enumerate(page)] for page in numbered]


@given(st.lists(WORDS, min_size=3, max_size=8), st.integers(25, 45), st.integers(12, 30))
def test_a_text_reads_the_same_however_it_is_set(texts: list[str], width: int, height: int) -> None:
    blocks = [f"第{n}条{text}。" for n, text in enumerate(texts, 1)]
    assert list(paragraphs(laid_out(blocks, width, height))) == blocks


def test_running_heads_are_left_out_when_pages_have_other_lines() -> None:
    pages = [
        [Piece(0, 0, 1, "某省人民政府公报 2026 年"), Piece(2, 4, 1, f"第{n}条甲。"), Piece(2, 8, 1, f"乙{n}。")]
        for n in range(4)
    ]
    assert list(paragraphs(pages)) == [line for n in range(4) for line in (f"第{n}条甲。", f"乙{n}。")]


def test_runs_on_one_line_are_joined_with_a_space_where_they_are_apart() -> None:
    page = [Piece(0, 0, 1, "GPU"), Piece(1.9, 0, 1, "server"), Piece(10, 0, 1, "算力"), Piece(12, 0.2, 1, "券")]
    assert list(paragraphs([page])) == ["GPU server 算力券"]


@given(st.lists(st.text(), max_size=8))
def test_a_row_is_one_clean_line(cells: list[str]) -> None:
    assert len(list(cleaned([row(cells)]))) <= 1


def test_rows_keep_inner_gaps_and_shorten_endless_ones() -> None:
    assert row(["甲", "", "乙\n丙", "", ""]) == "甲 |  | 乙 丙"
    assert row(["甲", *[""] * 16_000, "乙"]).count("|") == 21


@pytest.mark.parametrize(
    ("count", "form", "text"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCountingThousand", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (105, "chineseCountingThousand", "一百零五"),
        (1010, "chineseCountingThousand", "一千零一十"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (3, "decimalEnclosedCircle", "③"),
        (7, "decimalZero", "07"),
        (12, "neverHeardOf", "12"),
    ],
)
def test_numbers_are_spelled_as_word_does(count: int, form: str, text: str) -> None:
    assert spelled(count, form) == text


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (46082.0, "date", "2026-03-01"),
        (0.5, "date", "12:00"),
        (0.05, "0%", "5%"),
        (0.1 + 0.2, "", "0.3"),
        (1e20, "", "1e+20"),
        (3.0, "", "3"),
    ],
)
def test_cells_are_shown_as_a_reader_sees_them(value: float, pattern: str, text: str) -> None:
    assert shown(value, pattern, datetime(1899, 12, 30)) == text
