"""docs/search.md says nothing that is not so: its queries are read and answered, its declarations load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from config.declarations import check, load
from config.filters import FILTERS
from config.glossary import load as load_glossary
from index import lexis
from index.archive.archive import Archive
from index.query import parse
from index.search import DATE_SHARE, FOUND_SHARE, Searcher
from tests.finding import Shelf, on, reading

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "search.md").read_text("utf-8")
ROWS = re.findall(r"^\| (`.+?) \| (?!finds)", TEXT.partition("## Asking")[2].partition("## Saved")[0], re.MULTILINE)
QUERIES = [query for row in ROWS for query in re.findall(r"`([^`]+)`", row)]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    with Archive(tmp_path_factory.mktemp("home")) as archive:
        shelf = Shelf(archive)
        number = "国数资源〔2026〕18号"
        text = "免费算力额度比例不低于{}。"
        for percent, seen in (("5%", on(3)), ("2%", on(12))):
            made = reading("rules", "算力网调度办法", text.format(percent), published="2026-05-02", number=number)
            shelf.put("rules", made, seen, "ndrc_tz")
        yield shelf.searcher()


def test_the_table_names_every_filter() -> None:
    assert len(QUERIES) >= 20
    told = {one.name for query in QUERIES for one in parse(query).filters}
    assert told | {"since", "before", "as-of", "in"} == set(FILTERS)
    assert {
        alias for kind in FILTERS.values() for alias in kind.aliases if len(alias) <= 2 and not alias.isascii()
    } <= set(re.findall(r"[\u4e00-\u9fff]+", TEXT))


@pytest.mark.parametrize("query", QUERIES)
def test_each_query_of_the_table_is_answered(searcher: Searcher, query: str) -> None:
    asked = parse(query)
    assert asked == parse(str(asked))
    results = searcher.search(asked)
    assert results.total >= len(results)


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("“免费算力额度”", 1),
        ("国数资源〔2026〕18号", 1),
        ("authority:ndrc", 1),
        ("kind:amended", 1),
        ('"不低于5%"', 0),
        ('"不低于5%" as-of:2026-05-09', 1),
        ("in:changes 免费算力额度", 1),
        ("-source:ndrc_tz", 0),
    ],
)
def test_what_the_page_says_is_found(searcher: Searcher, query: str, total: int) -> None:
    assert searcher.search(parse(query)).total == total


def test_the_declarations_of_the_page_load(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", TEXT, re.DOTALL)
    assert [name.split("/")[0] for name, _ in blocks] == ["searches", "subscriptions"]
    for name, body in blocks:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(body, "utf-8")
    assert check(tmp_path) == []
    assert load(tmp_path).searches["model_price_cuts"].enabled
    assert all(yaml.safe_load(body) for _, body in blocks)


def test_the_figures_of_the_method_are_those_of_the_code() -> None:
    assert f"{FOUND_SHARE} of the best" in TEXT and f"{DATE_SHARE}" in TEXT
    assert f"query's language: weight {lexis.OWN_WEIGHT}" in TEXT
    assert f"by way of 账单: weight {lexis.SAME_WEIGHT}" in TEXT
    assert f"of the other language: weight {lexis.OTHER_WEIGHT}" in TEXT
    assert f"({load_glossary().pairs} pairs)" in TEXT
    assert f"{lexis.MOST_READ:,} entries" in TEXT
