"""The search page with the bundled model, and texts in pieces."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.web.reading import Span, paragraphs
from config.declarations import Declarations, load
from index.archive.archive import Archive
from tests.browsed import NOW, PLAN_ID, looked_at, said, soup
from tests.desks import ENGLISH, PLAN, Desk, desk, embedded


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, declared: Declarations) -> Iterator[Archive]:
    with looked_at(tmp_path_factory.mktemp("searched"), declared) as opened:
        embedded(opened)
        yield opened


@pytest.fixture(scope="module")
def at(archive: Archive, declared: Declarations) -> Iterator[Desk]:
    with desk(archive.home, declared) as made:
        made.now = NOW
        yield made


def test_a_chinese_clause_is_found_in_english_and_shown_in_place(at: Desk) -> None:
    page = soup(at, "/search?q=monthly+price+of+a+token+plan")
    first = page.select_one(".hits li")
    assert first and first.select_one("mark"), "words found are marked"
    link = first.select_one("h3 a")
    assert link and "#hit" in str(link["href"])
    shown = soup(at, str(link["href"]).partition("#")[0])
    assert shown.select_one("mark.hit#hit")


def test_facets_narrow_and_filters_can_be_taken_away(at: Desk) -> None:
    page = soup(at, "/search?q=quota")
    titles = [one.get_text() for one in page.select("#facets h2")]
    assert "Tier" in titles and "Language" in titles
    carrier = next(one for one in page.select("#facets a") if one.get_text() == "carrier")
    narrowed = soup(at, str(carrier["href"]))
    field = narrowed.select_one("#q")
    assert field and field["value"] == "quota tier:carrier"
    metas = [one.get_text() for one in narrowed.select(".hits .meta")]
    assert metas and all("carrier" in one for one in metas)
    away = narrowed.select_one(".active a")
    assert away and str(away["href"]) == "/search?q=quota"


def test_fields_beside_the_query_become_part_of_it(at: Desk) -> None:
    page = soup(at, "/search?q=token+plan+price&as_of=2026-03-20&sort=date")
    field = page.select_one("#q")
    assert field and field["value"] == "token plan price as-of:2026-03-20"
    assert PLAN.title not in said(page) and "公告 plans" in said(page)
    changed = soup(at, "/search?q=%E6%AF%8F%E6%9C%88%E5%85%8D%E8%B4%B9%E9%85%8D%E9%A2%9D&in=changes")
    assert "800万" in said(changed) and "1000万" in said(changed), "what was there before stands beside it"


def test_similar_documents_cross_languages(at: Desk) -> None:
    page = soup(at, f"/search?like={PLAN_ID}")
    assert "Documents like" in said(page) and ENGLISH.title in said(page)
    assert "no such document" in said(soup(at, "/search?like=nothing", 400))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("triger:pricing", "did you mean trigger"),
        ("tier:cariers", "did you mean"),
        ("since:soon", "year, month and day"),
        ("x" * 1_001, "1001 characters"),
        ("trigger:nothing", "nothing"),
    ],
)
def test_a_query_that_cannot_be_read_says_why(at: Desk, query: str, told: str) -> None:
    page = soup(at, f"/search?q={query}", 400)
    alert = page.select_one("[role=alert]")
    assert alert and told in alert.get_text()


@pytest.mark.parametrize(
    "query", ["", "%20", "*", "%22unbalanced", "'; DROP TABLE versions; --", "%00", "(((", "-", "%E2%80%AE"]
)
def test_odd_queries_are_answered(at: Desk, query: str) -> None:
    assert soup(at, f"/search?q={query.replace(' ', '+')}&offset=99999999999&sort=x").find("h1")


@given(
    st.text(alphabet="第一条 a\n配额…", max_size=60),
    st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70), st.sampled_from(["hit", "evidence"])), max_size=6),
)
def test_pieces_are_the_text_and_marks_are_their_spans(text: str, places: list[tuple[int, int, str]]) -> None:
    spans = [Span(max(0, a), b, f"{a}", kind) for a, b, kind in places if max(0, a) < b]
    made = paragraphs(text, spans)
    lines = text.split("\n")
    assert [one.number for one in made] == [n for n, line in enumerate(lines, 1) if line.strip()]
    for one in made:
        assert "".join(piece.text for piece in one.pieces) == lines[one.number - 1]
    begins = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines))]
    for one in made:
        at = begins[one.number - 1]
        for piece in one.pieces:
            covered = {n for span in spans for n in range(span.start, span.end)}
            assert all((n in covered) == (piece.span is not None) for n in range(at, at + len(piece.text)))
            at += len(piece.text)
