"""Dossiers of documents and lists of changes: what the API and the web pages show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.changes import changes
from agent.dossier import dossier, receipts, work
from config.declarations import Declarations, load
from index.archive.archive import Archive
from index.archive.catalogue import Asked
from index.ingest import Visit, record
from index.records import Change, Page, Reading
from tests.priced import START, STORY, tell, told

PLAN = Reading(
    url="https://www.ndrc.example.cn/plan.html",
    title="关于印发《算力配额管理办法（试行）》的通知",
    text="现将《算力配额管理办法（试行）》印发给你们，请认真贯彻执行。本办法自印发之日起施行。",
    issuer="国家发展改革委",
    doc_number="发改数据〔2026〕12号",
)
CARRIED = Reading(
    url="https://www.hunan.example.cn/1.html",
    title="湖南省算力配额管理实施细则",
    text="第一条 根据《算力配额管理办法（试行）》（发改数据〔2026〕12号），结合本省实际，制定本细则。",
    issuer="湖南省人民政府办公厅",
    doc_number="湘政办发〔2026〕3号",
)


def put(archive: Archive, reading: Reading, source: str, day: int) -> Change:
    body = f"{reading.url} {reading.title} {reading.text}".encode()
    page = Page(reading.url, source, START + timedelta(days=day), 200, {"server": "nginx"}, body, reading.url)
    change = record(archive, page, reading, Visit(source, "1"))
    assert change is not None
    return change


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture
def archive(tmp_path: Path, declared: Declarations) -> Iterator[Archive]:
    with told(tmp_path / "home", declared) as opened:
        yield opened


def test_a_dossier_leads_from_the_change_to_the_bytes(archive: Archive) -> None:
    found = dossier(archive, "plans")
    assert found is not None
    assert [one.version.number for one in found.editions] == [1, 2]
    assert [event.change.kind for event in found.events] == ["new", "amended"]
    amended = found.events[1]
    assert {tag.trigger for tag in amended.tags} == {"pricing", "quota", "residency"}
    assert [alert.trigger for alert in amended.alerts] == ["pricing"]
    assert amended.change.diff.clauses[0].after and "49.9" in amended.change.diff.clauses[0].after
    assert "49.9" in {fact.values.get("amount") for fact in found.facts}
    (receipt,) = found.editions[1].receipts
    assert archive.pages.body(found.latest.page_sha256).decode() == found.latest.reading.text
    assert (receipt.status, receipt.source, receipt.fetched_at) == (200, "ct_group", START + timedelta(days=20))
    assert receipts(archive, "0" * 64) == ()


def test_a_document_is_found_by_id_or_address_and_else_not(archive: Archive) -> None:
    by_address = dossier(archive, "https://ct-group.example.cn/plans.html")
    assert by_address is not None and by_address.document == "plans"
    assert dossier(archive, "nothing") is None and work(archive, "nothing") is None


def test_relations_stand_on_both_sides(archive: Archive) -> None:
    plan, carried = put(archive, PLAN, "ndrc_tz", 30), put(archive, CARRIED, "ndrc_tz", 31)
    again = put(archive, replace(PLAN, url="https://www.gov.example.cn/copy.html"), "gov_zc", 32)
    above, below = dossier(archive, plan.document), dossier(archive, carried.document)
    assert above is not None and below is not None
    assert [(one.document, one.certain) for one in above.implemented_by] == [(carried.document, True)]
    assert [one.url for one in above.reprints] == ["https://www.gov.example.cn/copy.html"]
    assert again.repost and [one.document for one in above.addresses] == [plan.document, again.document]
    assert above.work == work(archive, plan.work) and above.work.first_url == PLAN.url
    named = [one for one in below.cites if one.works]
    assert named and {known.id for one in named for known in one.works} == {plan.work}
    assert all(below.latest.reading.text[one.start : one.end] == one.quote for one in below.cites)


def test_changes_come_newest_first_and_page_by_page(archive: Archive, declared: Declarations) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = changes(archive, cursor=cursor, limit=2)
        seen += [one.change.id for one in page.changes]
        # what is added while somebody reads shifts nothing
        tell(archive, declared, replace(STORY[0], name=f"more{len(seen)}", day=40 + len(seen)))
        cursor = page.cursor
        if cursor is None:
            break
    first = [change.id for change in archive.documents.changes_between(START, START + timedelta(days=40))]
    assert seen == first[::-1]


def test_changes_are_told_with_title_tags_and_severity(archive: Archive) -> None:
    (rise,) = changes(archive, Asked(triggers=("pricing",), sources=("cu_notice",))).changes
    assert (rise.title, rise.url) == ("公告 rise", "https://cu-notice.example.cn/rise.html")
    assert [tag.trigger for tag in rise.tags] == ["pricing"]
    assert rise.severity == rise.alerts[0].event["data"]["severity"]
    (oil,) = changes(archive, Asked(sources=("ndrc_tz",))).changes
    assert (oil.tags, oil.alerts, oil.severity) == ((), (), None)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (Asked(kinds=("amended",)), ["plans"]),
        (Asked(triggers=("quota", "residency")), ["limit"]),
        (Asked(since=START + timedelta(days=24), until=START + timedelta(days=26)), ["limit", "rise"]),
        (Asked(sources=()), []),
        (Asked(document="plans"), ["plans", "plans"]),
        (Asked(baseline=True), []),
        (Asked(cause="tooling"), []),
    ],
)
def test_changes_are_filtered(archive: Archive, asked: Asked, names: list[str]) -> None:
    assert [one.change.document for one in changes(archive, asked).changes] == names


def test_documents_are_listed_newest_first(archive: Archive) -> None:
    shelf = archive.catalogue
    everything = shelf.documents(Asked(), None, 10)
    assert [one.id for one in everything] == ["oil", "limit", "rise", "plans"]
    assert (everything[-1].number, everything[-1].title) == (2, "公告 plans")
    second = everything[1]
    assert [one.id for one in shelf.documents(Asked(), (second.first_seen, second.id), 10)] == ["rise", "plans"]
    assert [one.id for one in shelf.documents(Asked(triggers=("pricing",)), None, 10)] == ["rise", "plans"]
    assert [one.id for one in shelf.documents(Asked(sources=("ndrc_tz",)), None, 10)] == ["oil"]
