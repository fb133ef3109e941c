"""Fuzzers of everything that reads what others wrote. Seeded in the test run; VEDETTE_FUZZ_MINUTES=10 runs each long.

Each says what must hold for any input: no exception but the one that is told to a person, a bound on time, and a
property of the result.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import strategies as st
from rich.console import Console

from agent.trail_view import plain
from classify.facts import facts
from config.declaration import DeclarationError
from config.declarations import check, load
from config.query import LONGEST
from crawlers.reading import as_json, read, read_json, selectors_of
from digests.plain import block, line
from index.alignment import apply, opcodes
from index.cleaning import clean_reading, clean_text
from index.diff import diff
from index.diff_view import side_by_side, terminal, visible
from index.identity import digests
from index.query import Query, QueryProblem, parse
from index.records import Diff, Reading
from tests.crawled import source
from tests.fuzzed import ANSWERS, DECLARATIONS, MINUTES, PAGES, PIECES, QUERIES, TEXTS, as_bytes, fuzz, in_time, turned

pytestmark = pytest.mark.timeout(max(180, MINUTES * 60 + 300))
URL = "https://www.example.gov.cn/tz/202604/t20260418_1.html"
UNSEEN = {chr(n) for n in (*range(9), *range(11, 32), *range(127, 160))}


SHAPES = [
    selectors_of(source(kind="api", list={"items": "data"}, detail={})),
    selectors_of(source(kind="api", list={"items": "$.data[*]", "date_format": "epoch_ms"}, detail={})),
    selectors_of(source(kind="api", list={"fragment": "data.html"}, detail={})),
    selectors_of(source(kind="api", list={}, detail={"body": "content", "title": "name", "published": "time"})),
]


def test_extraction_takes_any_page() -> None:
    def one(page: str, declared: bool) -> None:
        wanted = selectors_of(source()) if declared else None
        reading = in_time(10, lambda: read(as_bytes(page), URL, selectors=wanted), page)
        cleaned = clean_reading(reading)
        assert not UNSEEN & set(cleaned.title + cleaned.text)
        assert read(as_bytes(page), URL, selectors=wanted) == reading
        as_json(reading)
        digests(cleaned)

    fuzz(one, 300, page=turned(PAGES), declared=st.booleans())


def test_extraction_takes_any_json() -> None:
    def one(answer: str, shape: int) -> None:
        reading = in_time(10, lambda: read_json(as_bytes(answer), URL, selectors=SHAPES[shape]), answer)
        repr(clean_reading(reading)).encode()

    fuzz(one, 400, answer=turned(ANSWERS), shape=st.integers(0, len(SHAPES) - 1))


def test_what_differs_rebuilds_the_later_text() -> None:
    def one(before: str, after: str) -> None:
        assert in_time(20, lambda: apply(before, opcodes(before, after)), (before, after)) == after
        old, new = (clean_reading(Reading(URL, title=text[:40], text=text)) for text in (before, after))
        found = in_time(20, lambda: diff(old, new), (before, after))
        assert not diff(new, new).changed
        if found.clauses:
            assert old.text != new.text and found.chars_changed >= 0

    fuzz(one, 150, before=turned(TEXTS), after=turned(TEXTS))


def test_facts_are_literal_pieces_of_any_text() -> None:
    def one(text: str, lang: str | None) -> None:
        for fact in in_time(10, lambda: facts(text, lang), text):
            assert 0 <= fact.start < fact.end <= len(text)
            assert all(isinstance(value, str) for value in fact.values.values())

    fuzz(one, 150, text=turned(TEXTS), lang=st.sampled_from([None, "zh", "zh-Hant", "en"]))


def test_any_query_is_read_or_refused_in_words() -> None:
    def one(text: str) -> None:
        try:
            query = in_time(1, lambda: parse(text[: LONGEST + 1]), text)
        except QueryProblem:
            return
        assert parse(str(query)) == query or len(str(query)) > LONGEST
        assert isinstance(query, Query)

    fuzz(one, 400, text=turned(QUERIES))


def test_any_declaration_is_loaded_or_is_a_fault_of_its_file(tmp_path: Path) -> None:
    for name in DECLARATIONS:
        (tmp_path / name).mkdir()

    def one(folder: str, data: st.DataObject) -> None:
        path = tmp_path / folder / "mine.yml"
        text = data.draw(turned((DECLARATIONS[folder],)))
        path.write_bytes(as_bytes(text))
        faults = in_time(20, lambda: check(tmp_path), text)
        path.unlink()
        assert {fault.file for fault in faults} <= {path.as_posix()}
        assert all("\n" not in str(fault.key) and fault.fix for fault in faults)

    fuzz(one, 25, folder=st.sampled_from(sorted(DECLARATIONS)), data=st.data())
    assert load(tmp_path).sources
    (tmp_path / "sources" / "mine.yml").write_text("title: x\n", "utf-8")
    with pytest.raises(DeclarationError):
        load(tmp_path)


def test_nothing_that_is_printed_drives_a_terminal() -> None:
    def one(text: str, other: str) -> None:
        for shown in (visible(text), line(text), plain(text), block(text)):
            assert not UNSEEN & set(shown) and "\x1b" not in shown
        for shown in (line(text), plain(text), block(text), visible(clean_text(text))):
            shown.encode()
        screen = Console(file=io.StringIO(), force_terminal=False, width=100)
        old, new = (clean_reading(Reading(URL, title=part[:200], text=part)) for part in (text, other))
        found = diff(old, new)
        screen.print(terminal(found, text))
        screen.print(plain(text))
        assert isinstance(screen.file, io.StringIO)
        assert not UNSEEN & set(screen.file.getvalue())
        page = side_by_side(old, new, found)
        assert "<script" not in page.partition("<body")[2] and isinstance(found, Diff)

    texts = turned(
        (*PIECES, *TEXTS[1:], "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>[link=http://x]y[/link][bold]")
    )
    fuzz(one, 150, text=texts, other=texts)
