"""What a text names: with offsets, of what kind, and which documents carry a work out or end it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.archive.archive import Archive
from index.citations import citations, own_keys
from index.identity import document_id
from index.ingest import Visit, record, seen_again
from index.records import Change, Page, Reading
from index.repeals import in_force, tell_due

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
PLAN = Reading(
    url="https://www.gov.cn/plan.html",
    title="国务院办公厅关于印发《数字政府建设方案（试行）》的通知",
    text="现将《数字政府建设方案（试行）》印发给你们，请认真贯彻执行。本方案自印发之日起施行。",
    issuer="国务院办公厅",
    doc_number="国办发〔2026〕12号",
)
HUNAN = Reading(
    url="https://www.hunan.gov.cn/1.html",
    title="湖南省数字政府建设实施细则",
    text="第一条 根据《数字政府建设方案（试行）》（国办发〔2026〕12号）和《中华人民共和国数据安全法》，结合本省实际，"
    "制定本细则。\n第二条 经费按照《湖南省财政资金管理办法》执行。",
    issuer="湖南省人民政府办公厅",
    doc_number="湘政办发〔2026〕3号",
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as opened:
        yield opened


def put(archive: Archive, reading: Reading, source: str = "s", at: datetime = NOW) -> Change | None:
    page = Page(reading.url, source, at, 200, {}, f"{reading.url} {reading.title} {reading.text}".encode(), reading.url)
    return record(archive, page, reading, Visit(source, "1"))


def told(archive: Archive, url: str) -> list[str]:
    return [change.kind for change in archive.documents.changes_of(document_id(url))]


def test_titles_and_numbers_with_offsets_and_kind() -> None:
    found = citations(HUNAN)
    assert [(one.kind, one.quote) for one in found] == [
        ("implements", "《数字政府建设方案（试行）》"),
        ("implements", "国办发〔2026〕12号"),
        ("implements", "《中华人民共和国数据安全法》"),
        ("cites", "《湖南省财政资金管理办法》"),
    ]
    assert all(HUNAN.text[one.start : one.end] == one.quote for one in found)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("见《关于印发〈算力券办法〉的通知》。", "t:关于印发算力券办法的通知"),
        ("依据中华人民共和国国务院令第796号执行", "n:国务院/令第796号"),
        ("（发改数据〔 2023 〕1779 号）", "n:发改数据/发改数据〔2023〕1779号"),
        ("按照国办发[2026]012号的要求", "n:国办发/国办发〔2026〕12号"),
        ("国家发展改革委令2024年第20号公布", "n:国家发展改革委/令2024年第20号"),
    ],
)
def test_names_as_they_are_written(text: str, key: str) -> None:
    assert [one.key for one in citations(Reading(url="u", title="某文", text="　" * 300 + text))] == [key]


@pytest.mark.parametrize(
    "text", ["编号2026第5号", "共〔2026〕12", "《》", "第796号房", "2026年5月8号", "参考《诗》", PLAN.text]
)
def test_what_names_nothing_or_only_itself(text: str) -> None:
    assert citations(replace(PLAN, text=text)) == ()


@given(st.text(alphabet="《》〈〉〔〕（）令第号废止失效同时根据12三\n。；：国办发 ", max_size=200))
def test_offsets_hold_for_any_text(text: str) -> None:
    for one in citations(Reading(url="u", title="关于废止部分文件的决定", text=text)):
        assert text[one.start : one.end] == one.quote
        assert one.key not in own_keys(Reading(url="u", title="关于废止部分文件的决定"))


def kinds(title: str, text: str) -> dict[str, str]:
    return {one.quote: one.kind for one in citations(Reading(url="u", title=title, text=text))}


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("本办法自2026年7月1日起施行。《旧办法之一》同时废止。", True),
        ("国务院决定废止《旧办法之一》。", True),
        ("自公布之日起，《旧办法之一》（国办发〔2018〕3号）停止执行。", True),
        ("《旧办法之一》第三条同时废止。", False),
        ("根据《旧办法之一》有关文件同时废止。", False),
        ("《旧办法之一》规定的有效期届满自动失效。", False),
        ("《旧办法之一》未废止的条款继续有效。", False),
        ("对照《旧办法之一》，合同失效的应当重新签订。", False),
        ("[失效日期] ---- 按《旧办法之一》执行。", False),
    ],
)
def test_a_text_that_ends_another(text: str, ended: bool) -> None:
    assert (kinds("新办法", text)["《旧办法之一》"] == "repeals") is ended


def test_a_list_of_repealed_documents_ends_where_the_amended_begin() -> None:
    text = (
        "经研究，决定对部分规范性文件予以废止和修改：\n一、废止的规范性文件\n1.关于加强机房管理的通知（工信发〔2010〕5号）\n"
        "2.《机房能耗办法》\n二、修改的规范性文件\n1.《算力券办法》"
    )
    assert kinds("关于废止和修改部分规范性文件的决定", text) == {
        "工信发〔2010〕5号": "repeals",
        "《机房能耗办法》": "repeals",
        "《算力券办法》": "cites",
    }


def test_which_documents_implement_a_plan_whichever_came_first(archive: Archive) -> None:
    put(archive, HUNAN, "hunan")
    plan = put(archive, PLAN, "gov_cn")
    report = replace(
        HUNAN, url="https://b.cn/2", title="数字政府观察", doc_number=None, text="专家谈《数字政府建设方案》。"
    )
    put(archive, report, "news")
    assert plan is not None
    assert [(row["source"], row["kind"]) for row in archive.documents.citing(plan.work)] == [
        ("hunan", "implements"),
        ("news", "cites"),
    ]
    row = archive.documents.implementing(plan.work)[0]
    assert (row["title"], row["works"], row["quote"]) == (HUNAN.title, 1, "《数字政府建设方案（试行）》")


def test_a_citation_that_a_later_version_dropped_no_longer_counts(archive: Archive) -> None:
    plan = put(archive, PLAN)
    put(archive, HUNAN)
    put(archive, replace(HUNAN, text="第一条 制定本细则。"), at=NOW + timedelta(days=1))
    assert plan is not None and archive.documents.citing(plan.work) == []


OLD = Reading(
    url="https://a.gov.cn/old", title="机房能耗管理办法", text="第一条 为节约能源制定。", doc_number="工信发〔2010〕5号"
)
NOTICE = Reading(
    url="https://a.gov.cn/notice",
    title="关于宣布失效一批文件的公告",
    text="现宣布下列文件失效：\n1.《机房能耗管理办法》（工信发〔2010〕5号）",
)


def test_a_notice_ends_the_document_it_names_once(archive: Archive) -> None:
    put(archive, OLD)
    put(archive, NOTICE, at=NOW + timedelta(days=1))
    put(archive, replace(NOTICE, url="https://b.gov.cn/reprint"), at=NOW + timedelta(days=2))
    assert told(archive, OLD.url) == ["new", "withdrawn"]
    change = archive.documents.changes_of(document_id(OLD.url))[1]
    assert change.diff.fields[0].after == f"{NOTICE.title} {NOTICE.url}"
    assert archive.documents.state(document_id(OLD.url)) == "live"
    assert put(archive, OLD, at=NOW + timedelta(days=3)) is None
    assert not in_force(archive, change.work, date(2026, 5, 10))


def test_a_name_that_may_mean_two_works_ends_neither(archive: Archive) -> None:
    put(archive, replace(OLD, doc_number=None, issuer="甲省"))
    put(archive, replace(OLD, doc_number=None, issuer="乙省", url="https://b.gov.cn/1", text="第一条 乙省另定办法。"))
    put(archive, replace(NOTICE, text="现宣布下列文件失效：\n1.《机房能耗管理办法》"))
    assert told(archive, OLD.url) == told(archive, "https://b.gov.cn/1") == ["new"]


def test_a_new_version_of_a_rule_ends_the_old_one_on_the_day_it_takes_effect(archive: Archive) -> None:
    put(archive, OLD)
    new = replace(
        OLD,
        url="https://a.gov.cn/new",
        doc_number="工信发〔2026〕7号",
        text="第一条 新的规定。\n本办法自2026年7月1日起施行，《机房能耗管理规定》（工信发〔2010〕5号）同时废止。",
        effective=date(2026, 7, 1),
    )
    change = put(archive, new)
    assert change is not None and told(archive, OLD.url) == ["new"]
    assert tell_due(archive, datetime(2026, 6, 30, 15, tzinfo=UTC)) == []
    assert [one.kind for one in tell_due(archive, datetime(2026, 6, 30, 17, tzinfo=UTC))] == ["withdrawn"]
    assert tell_due(archive, datetime(2026, 7, 2, tzinfo=UTC)) == []
    assert told(archive, OLD.url) == ["new", "withdrawn"]


def test_a_page_that_calls_its_document_repealed_is_believed_at_the_second_look(archive: Archive) -> None:
    stated = replace(OLD, text="时效性：现行有效\n" + OLD.text)
    ended = replace(OLD, text="时效性：已废止\n" + OLD.text)
    put(archive, stated)
    put(archive, ended, at=NOW + timedelta(days=1))
    assert put(archive, ended, at=NOW + timedelta(days=1, minutes=5)) is None
    confirmed = seen_again(archive, document_id(OLD.url), NOW + timedelta(days=2))
    assert confirmed is not None and confirmed.kind == "withdrawn"
    assert put(archive, ended, at=NOW + timedelta(days=3)) is None
    assert told(archive, OLD.url) == ["new", "amended", "withdrawn"]


def test_a_page_that_takes_it_back_withdraws_nothing(archive: Archive) -> None:
    stated = replace(OLD, text="时效性：现行有效\n" + OLD.text)
    put(archive, stated)
    put(archive, replace(OLD, text="时效性：已废止\n" + OLD.text), at=NOW + timedelta(days=1))
    put(archive, stated, at=NOW + timedelta(days=2))
    assert put(archive, stated, at=NOW + timedelta(days=3)) is None
    assert told(archive, OLD.url) == ["new", "amended", "amended"]


def test_a_document_found_repealed_is_state_and_no_event(archive: Archive) -> None:
    ended = replace(OLD, text="时效性：已废止\n" + OLD.text)
    put(archive, ended)
    assert put(archive, ended, at=NOW + timedelta(days=3)) is None
    assert told(archive, OLD.url) == ["new"]
