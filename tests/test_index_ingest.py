"""What a visit means: new, amended, withdrawn, restored, repost, baseline, silent, tooling; repeats do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from index import ingest
from index.archive.archive import Archive
from index.identity import document_id
from index.ingest import Visit
from index.records import Attachment, Page, Reading

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
URL = "https://www.nda.gov.cn/sjj/zwgk/zcfb/0507/20260507162033_pc.html"
VISIT = Visit(source="nda_zcfb", extractor="reading-1")
FIRST = Reading(
    url=URL,
    title="算力网调度办法",
    text="第一条 为加强调度，制定本办法。\n第二条 免费额度比例不低于5%。\n第三条 自2026年7月1日起施行。",
    published=date(2026, 5, 7),
    issuer="国家数据局",
    doc_number="国数资源〔2026〕18号",
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as opened:
        yield opened


def page(body: str = "<html>1</html>", url: str = URL, at: datetime = NOW) -> Page:
    return Page(url, "nda_zcfb", at, 200, {"content-type": "text/html"}, body.encode(), url)


def test_a_first_reading_is_new_and_a_second_nothing(archive: Archive) -> None:
    change = ingest.record(archive, page(), FIRST, VISIT)
    assert change is not None
    assert (change.kind, change.cause, change.before, change.baseline, change.repost) == (
        "new",
        "source",
        None,
        False,
        False,
    )
    assert ingest.record(archive, page("<html>2</html>"), FIRST, VISIT) is None
    assert archive.documents.counts() == {"works": 1, "documents": 1, "versions": 1, "changes": 1}


def test_from_a_change_back_to_the_bytes(archive: Archive) -> None:
    change = ingest.record(archive, page("<html>正文</html>"), FIRST, VISIT)
    assert change is not None and change.after is not None
    version = archive.documents.version(change.after)
    assert version is not None
    assert archive.pages.body(version.page_sha256) == "<html>正文</html>".encode()
    received = archive.pages.received(version.page_sha256)[0]
    assert (received["url"], received["status"]) == (URL, 200)
    assert version.reading == FIRST


def test_there_and_back_again_is_three_versions(archive: Archive) -> None:
    other = replace(FIRST, text=FIRST.text.replace("5%", "2%"))
    kinds = [
        change and change.kind
        for change in (
            ingest.record(archive, page(str(n), at=NOW + timedelta(days=n)), reading, VISIT)
            for n, reading in enumerate((FIRST, other, FIRST))
        )
    ]
    assert kinds == ["new", "amended", "amended"]
    versions = archive.documents.versions(document_id(URL))
    assert [version.number for version in versions] == [1, 2, 3]
    assert [version.previous for version in versions] == [None, versions[0].id, versions[1].id]


def test_a_text_that_changes_under_the_same_dates_is_silent(archive: Archive) -> None:
    ingest.record(archive, page(), FIRST, VISIT)
    other = replace(FIRST, text=FIRST.text.replace("5%", "2%"))
    silent = ingest.record(archive, page("2"), other, VISIT)
    assert silent is not None and silent.silent
    assert silent.diff.clauses[0].locator == "第二条"
    dated = replace(FIRST, published=date(2026, 5, 9))
    spoken = ingest.record(archive, page("3"), dated, VISIT)
    assert spoken is not None and not spoken.silent


def test_white_space_and_markup_are_nothing(archive: Archive) -> None:
    ingest.record(archive, page(), FIRST, VISIT)
    noisy = replace(FIRST, text=FIRST.text.replace("，", "，\u3000").replace("第二条", "第二条 "))
    assert ingest.record(archive, page("2"), noisy, VISIT) is None


def test_a_swapped_attachment_is_a_change(archive: Archive) -> None:
    first = replace(FIRST, attachments=(Attachment("https://www.nda.gov.cn/a/P1.pdf", "办法.pdf"),))
    swapped = replace(FIRST, attachments=(Attachment("https://www.nda.gov.cn/a/P2.pdf", "办法.pdf"),))
    ingest.record(archive, page(), first, VISIT)
    change = ingest.record(archive, page("2"), swapped, VISIT)
    assert change is not None
    assert [one.op for one in change.diff.attachments] == ["replace"]


def test_withdrawn_once_then_restored(archive: Archive) -> None:
    ingest.record(archive, page(), FIRST, VISIT)
    document = document_id(URL)
    gone = ingest.withdraw(archive, document, NOW + timedelta(days=1), "nda_zcfb")
    assert gone is not None and (gone.kind, gone.after) == ("withdrawn", None)
    assert ingest.withdraw(archive, document, NOW + timedelta(days=2), "nda_zcfb") is None
    assert ingest.withdraw(archive, "unknown", NOW, "nda_zcfb") is None
    back = ingest.record(archive, page(at=NOW + timedelta(days=3)), FIRST, VISIT)
    assert back is not None and back.kind == "restored"
    again = ingest.withdraw(archive, document, NOW + timedelta(days=4), "nda_zcfb")
    assert again is not None and again.id != gone.id


def test_a_reprint_elsewhere_joins_the_work(archive: Archive) -> None:
    ingest.record(archive, page(), FIRST, VISIT)
    elsewhere = "http://www.gd.gov.cn/gkmlpt/content/4/4802/post_1.html"
    reprint = replace(FIRST, url=elsewhere, title="（转载）算力网调度办法", issuer="广东省", doc_number=None)
    change = ingest.record(archive, page("2", elsewhere), reprint, replace(VISIT, source="gd_gkmlpt"))
    assert change is not None and change.repost
    addresses = archive.documents.addresses(change.work)
    assert [row["url"] for row in addresses] == [URL, elsewhere]
    work = archive.documents.work(change.work)
    assert work is not None and work["first_source"] == "nda_zcfb"


@pytest.mark.parametrize(
    ("published", "first_crawl", "baseline"),
    [
        (date(2026, 5, 7), True, False),
        (date(2026, 5, 1), True, False),
        (date(2026, 4, 30), True, True),
        (None, True, True),
        (date(2020, 1, 1), False, False),
    ],
)
def test_baseline(archive: Archive, published: date | None, first_crawl: bool, baseline: bool) -> None:
    visit = replace(VISIT, first_crawl=first_crawl)
    change = ingest.record(archive, page(), replace(FIRST, published=published), visit)
    assert change is not None and change.baseline is baseline


def test_what_our_new_extractor_explains_is_tooling(archive: Archive) -> None:
    ingest.record(archive, page(), FIRST, VISIT)
    better = replace(FIRST, text=FIRST.text + "\n国家数据局")
    upgraded = replace(VISIT, extractor="reading-2", reread=lambda _: better)
    change = ingest.record(archive, page("2"), better, upgraded)
    assert change is not None and change.cause == "tooling"


def test_a_real_edit_on_the_day_of_an_upgrade_is_the_sources(archive: Archive) -> None:
    ingest.record(archive, page(), FIRST, VISIT)
    upgraded = replace(VISIT, extractor="reading-2", reread=lambda _: FIRST)
    edited = replace(FIRST, text=FIRST.text.replace("5%", "2%"))
    change = ingest.record(archive, page("2"), edited, upgraded)
    assert change is not None and change.cause == "source"
