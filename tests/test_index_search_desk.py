"""Search as an analyst uses it: filters, facets, dates, the archive as it stood, changes, documents alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import pytest

from index.archive.archive import Archive
from index.query import QueryProblem, parse
from index.results import FACETS, Results
from index.search import Searcher
from tests.finding import Shelf, on, reading

PLAN = "词元套餐价格表\n轻享版每月9.9元含1000万词元。\n畅享版每月{}元含1500万词元。\n旗舰版每月299.9元含8000万词元。"
RULES = "第一条 为规范算力网监测调度，制定本办法。\n第二条 免费算力额度比例不低于{}。\n第三条 本办法自发布之日起施行。"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("home")) as opened:
        shelf = Shelf(opened)
        rules, plan = (
            reading(
                "rules", "算力网监测调度办法", RULES.format("5%"), published="2026-05-02", number="国数资源〔2026〕18号"
            ),
            PLAN,
        )
        shelf.put("rules", rules, on(3), "nda_zcfb")
        shelf.put("repost", replace(rules, url="https://example.org/repost"), on(4), "shanghai", work="rules")
        new = shelf.put(
            "plan", reading("plan", "词元套餐公告", plan.format("39.9"), published="2026-05-05"), on(5), "ct_group"
        )
        shelf.put(
            "vouchers",
            reading(
                "vouchers",
                "上海市算力券办法",
                "企业租用智能算力的，发放算力券。",
                published="2026-05-06",
                number="沪经信〔2026〕12号",
            ),
            on(6),
            "shanghai",
        )
        shelf.put(
            "prices",
            reading(
                "prices",
                "Model prices",
                "Tokens cost 2 dollars per million. Batch is half the price.",
                lang="en",
                published="2026-05-07",
            ),
            on(7),
            "volc_docs",
        )
        shelf.put("notice", reading("notice", "系统维护通知", "五月九日凌晨维护，暂停办理业务。"), on(7), "ct_notice")
        dearer = shelf.put(
            "plan", reading("plan", "词元套餐公告", plan.format("49.9"), published="2026-05-05"), on(12), "ct_group"
        )
        shelf.put(
            "rules",
            reading(
                "rules", "算力网监测调度办法", RULES.format("2%"), published="2026-05-02", number="国数资源〔2026〕18号"
            ),
            on(14),
            "nda_zcfb",
        )
        shelf.withdraw("vouchers", on(15))
        shelf.fire(new.id, "pricing")
        shelf.fire(dearer.id, "pricing")
        yield opened


@pytest.fixture(scope="module")
def searcher(archive: Archive) -> Searcher:
    return Shelf(archive).searcher()


def documents(results: Results) -> list[str]:
    return [hit.document for hit in results]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("trigger:pricing", {"plan"}),
        ("触发:价格与收费", {"plan"}),
        ("-trigger:pricing lang:zh", {"rules", "vouchers", "notice"}),
        ("tier:carrier", {"plan", "notice"}),
        ("tier:carrier,cloud", {"plan", "notice", "prices"}),
        ("region:CN-31", {"vouchers", "rules"}),
        ("source:ct_group", {"plan"}),
        ("-source:ct_group,ct_notice,shanghai,nda_zcfb", {"prices"}),
        ("kind:amended", {"plan", "rules"}),
        ("kind:amended,withdrawn -kind:amended", {"vouchers"}),
        ("state:withdrawn", {"vouchers"}),
        ("lang:en", {"prices"}),
        ("since:2026-05-06", {"vouchers", "prices"}),
        ("since:2026-05-05 until:2026-05-06", {"plan", "vouchers"}),
        ("doc:国数资源〔2026〕", {"rules"}),
        ("doc:沪经信(2026)12 号", {"vouchers"}),
        ("doc:沪经信〔2026〕1", {"vouchers"}),
        ('"旗舰版每月299.9元"', {"plan"}),
        ('"half the price"', {"prices"}),
        ("“算力券” -办法", set()),
        ("-算力 -price -词元", {"notice"}),
        ("authority:nda", {"rules"}),
    ],
)  # fmt: skip
def test_filters_find_exactly_what_passes(searcher: Searcher, query: str, found: set[str]) -> None:
    results = searcher.search(parse(query))
    assert {hit.work for hit in results} == found
    assert results.total == len(results) == len(found)


def test_filters_alone_list_the_newest_first(searcher: Searcher) -> None:
    dates = [hit.published or "" for hit in searcher.search(parse("lang:zh,en"))]
    assert dates == sorted(dates, reverse=True)
    assert dates[-1] == ""


def test_a_work_is_one_hit_that_names_its_other_addresses(searcher: Searcher) -> None:
    (hit,) = searcher.search(parse("doc:国数资源〔2026〕18号"))
    assert (hit.document, hit.also) == ("rules", ("https://example.org/repost",))
    assert {*documents(searcher.search(parse("doc:国数资源〔2026〕18号"), fold=False))} == {"rules", "repost"}


@pytest.mark.parametrize(
    "spelled", ["国数资源[2026]18号", "国数资源〔2026〕18 号", "国数资源（２０２６）１８号", "国数资源【2026】18号"]
)
def test_a_number_is_found_first_however_it_is_written(searcher: Searcher, spelled: str) -> None:
    for results in (searcher.search(parse(spelled)), searcher.search(spelled)):
        assert results[0].work == "rules"
        assert results[0].score > 3 > results[1].score


def test_facets_count_all_that_was_found(searcher: Searcher) -> None:
    results = searcher.search(parse("lang:zh,en"), limit=2)
    facets = {name: {one.value: one.count for one in counts} for name, counts in results.facets.items()}
    assert tuple(facets) == FACETS
    assert len(results) == 2 < results.total == sum(facets["source"].values()) == sum(facets["lang"].values())
    assert facets["tier"]["carrier"] == 2
    assert facets["trigger"] == {"pricing": 1}
    assert facets["month"] == {"2026-05": 4}
    assert facets["state"] == {"live": 4, "withdrawn": 1}


def test_each_facet_narrows_to_its_count(searcher: Searcher) -> None:
    asked = parse("lang:zh,en")
    for name, counts in searcher.search(asked).facets.items():
        for one in counts if name not in {"year", "month"} else ():
            assert searcher.search(asked.narrowed(name, one.value)).total >= 1, (name, one)


def test_pages_follow_each_other(searcher: Searcher) -> None:
    whole = documents(searcher.search(parse("lang:zh,en")))
    paged = (documents(searcher.search(parse("lang:zh,en"), 2, offset=start)) for start in (0, 2, 4, 6))
    assert list(chain.from_iterable(paged)) == whole
    assert documents(searcher.search(parse("lang:zh"), -1, offset=-5)) == []


def test_sorted_by_date_only_what_fits_well_is_found(searcher: Searcher) -> None:
    by_score = searcher.search(parse("词元套餐公告 畅享版"))
    by_date = searcher.search(parse("词元套餐公告 畅享版"), sort="date")
    assert by_score[0].document == "plan"
    assert set(documents(by_date)) <= set(documents(by_score))
    dates = [hit.published or "" for hit in by_date]
    assert dates == sorted(dates, reverse=True)


def test_marks_are_the_words_sought(searcher: Searcher) -> None:
    hit = searcher.search(parse("token price"))[0]
    assert hit.document == "prices"
    assert {hit.quote[start:end] for start, end in hit.marks} >= {"Tokens", "price"}


# The archive as it stood


def test_the_archive_as_it_stood_has_the_versions_of_then(searcher: Searcher) -> None:
    then, now = searcher.search(parse("畅享版 词元 as-of:2026-05-09"))[0], searcher.search(parse("畅享版 词元"))[0]
    assert then.document == now.document == "plan"
    assert "39.9" in then.quote and "49.9" in now.quote
    assert then.version != now.version


def test_an_old_text_is_found_only_in_its_time(searcher: Searcher) -> None:
    assert documents(searcher.search(parse('"不低于5" as-of:2026-05-13')))[:1] in (["rules"], ["repost"])
    assert documents(searcher.search(parse('"畅享版每月39.9元" as-of:2026-05-11'))) == ["plan"]
    assert documents(searcher.search(parse('"畅享版每月39.9元"'))) == []


def test_what_came_later_was_not_there(searcher: Searcher) -> None:
    assert {*documents(searcher.search(parse("lang:zh as-of:2026-05-05"), fold=False))} == {"rules", "repost", "plan"}
    assert searcher.search(parse("kind:amended as-of:2026-05-11")).total == 0
    assert searcher.search(parse("算力 as-of:2026-05-01")).total == 0


def test_what_was_withdrawn_later_was_there(searcher: Searcher) -> None:
    for day, state in ((14, "live"), (15, "withdrawn")):
        assert searcher.search(parse(f"上海市算力券办法 as-of:2026-05-{day}"))[0].state == state


def test_a_day_ends_at_midnight_in_china(archive: Archive) -> None:
    shelf = Shelf(archive)
    shelf.put("late", reading("late", "深夜公告", "深夜发布的公告。"), on(20, hour=17), "ct_notice")
    searcher = shelf.searcher()
    assert "late" not in documents(searcher.search(parse("深夜公告 as-of:2026-05-20")))
    assert documents(searcher.search(parse("深夜公告 as-of:2026-05-21")))[0] == "late"


# Changes


def test_within_changes_only_what_was_put_in_is_found(searcher: Searcher) -> None:
    (hit,) = searcher.search(parse('"49.9" in:changes'))
    assert hit.altered
    assert (hit.document, hit.altered.change, hit.altered.op) == ("plan", "plan-2", "replace")
    assert "39.9" in (hit.altered.before or "") and "49.9" in (hit.altered.after or "")
    assert searcher.search(parse('"39.9" in:changes')).total == 0
    assert searcher.search(parse('"旗舰版" in:changes')).total == 0


def test_changes_are_ranked_filtered_and_counted(searcher: Searcher) -> None:
    everything = searcher.search(parse("in:changes"))
    assert [hit.altered and hit.altered.change for hit in everything] == ["rules-2", "plan-2"]
    assert {one.value: one.count for one in everything.facets["tier"]} == {"central": 1, "carrier": 1}
    assert searcher.search(parse("免费算力额度 in:changes"))[0].document == "rules"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("trigger:pricing", ["plan"]),
        ("tier:central", ["rules"]),
        ("since:2026-05-13", ["rules"]),
        ("before:2026-05-13", ["plan"]),
        ("kind:new", []),
        ("-kind:amended", []),
        ("-49.9", ["rules"]),
        ("as-of:2026-05-12", ["plan"]),
    ],
)
def test_changes_pass_filters_of_their_own(searcher: Searcher, query: str, found: list[str]) -> None:
    assert documents(searcher.search(parse(f"in:changes {query}"))) == found


# Alike


def test_documents_alike_leave_out_their_own_work(searcher: Searcher) -> None:
    found = documents(searcher.similar("rules", 100))
    assert found and not {"rules", "repost"} & set(found)
    with pytest.raises(LookupError, match="nothere"):
        searcher.similar("nothere")


# Bad input


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "   ",
            "*",
            "**",
            '"',
            "'; DROP TABLE versions; --",
            '" OR *',
            "NEAR(a b, 5)",
            "a AND NOT b",
            "()",
            "\x00",
        ),
        *("“”", "算" * 1000, "-", "%", "_", "{}", "\\", "x" * 999, "' UNION SELECT 1"),
    ],
)
def test_hostile_and_empty_queries_are_only_words(searcher: Searcher, text: str) -> None:
    results = searcher.search(parse(text))
    assert results.total == len(documents(searcher.search(parse(text), 1000)))
    if not any(char.isalnum() for char in text):
        assert results.total == 0


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("trigger:prcing", "did you mean 'pricing'"),
        ("source:ndrc_tzz", "did you mean 'ndrc_tz'"),
        ("authority:ndrcc", "did you mean 'ndrc'"),
    ],
)
def test_an_unknown_id_is_named_with_the_nearest(searcher: Searcher, query: str, says: str) -> None:
    with pytest.raises(QueryProblem, match=says):
        searcher.search(parse(query))
