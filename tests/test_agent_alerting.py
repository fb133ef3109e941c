"""Which changes are alerted, and that one edit of one text is one alert however many addresses it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.alerting import alert
from config.declarations import load
from config.settings import read
from index.archive.archive import Archive
from index.ingest import Visit, record
from index.records import Change, Page, Quote, Reading, Tag

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
URL = "https://www.nda.gov.cn/sjj/zwgk/zcfb/0507/20260507162033_pc.html"
REPRINT = "http://www.gd.gov.cn/gkmlpt/content/4/4802/post_4802033.html"
READING = Reading(
    url=URL,
    title="关于印发《算力网调度办法》的通知",
    text="国数资源〔2026〕18号\n第一条 为加强调度，制定本办法。\n第二条 免费额度比例不低于5%。\n第三条 自印发起施行。",
    published=date(2026, 5, 7),
    issuer="国家数据局",
    doc_number="国数资源〔2026〕18号",
)
EDITED = replace(READING, text=READING.text.replace("5%", "2%"))
DECLARED = load()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as opened:
        yield opened


def seen(archive: Archive, reading: Reading, url: str = URL, days: int = 0, **visit: object) -> Change:
    source = "nda_zcfb" if url == URL else "gd_gkmlpt"
    at = NOW + timedelta(days=days)
    page = Page(url, source, at, 200, {}, f"{url} {reading.text}".encode(), url)
    change = record(archive, page, replace(reading, url=url), replace(Visit(source, "1"), **visit))
    assert change is not None
    tag = Tag(change.id, "quota", DECLARED.triggers["quota"].version, "m", 0.9, True, "tighten", (Quote("2%", 0, 2),))
    with archive.transaction():
        archive.judgements.add_tags([tag])
        archive.judgements.done("classify", [change.id], at)
    return change


def alerts(archive: Archive, days: int = 0) -> int:
    return alert(archive, DECLARED, read(home=archive.home), NOW + timedelta(days=days))


def test_an_alert_is_made_once(archive: Archive) -> None:
    seen(archive, READING)
    assert [alerts(archive), alerts(archive)] == [1, 0]


def test_baseline_and_tooling_are_never_alerted(archive: Archive) -> None:
    seen(archive, READING, news=False)
    upgraded = {"extractor": "2", "reread": lambda _: replace(EDITED, url=URL)}
    change = seen(archive, EDITED, days=1, **upgraded)
    assert change.cause == "tooling"
    assert alerts(archive) == 0


def test_a_reprint_and_the_same_edit_of_a_reprint_are_told_once(archive: Archive) -> None:
    seen(archive, READING)
    assert seen(archive, READING, REPRINT, days=1).repost
    assert alerts(archive, 1) == 1
    seen(archive, EDITED, days=2)
    seen(archive, EDITED, REPRINT, days=3)
    assert alerts(archive, 3) == 1
    told = [one.event["data"]["change"]["kind"] for one in archive.feed.after(0)]
    assert told == ["new", "amended"]
    assert len(archive.feed.after(0)[1].event["data"]["duplicates"]) == 1


def test_a_source_that_is_no_longer_declared_alerts_nothing_and_stops_nothing(archive: Archive) -> None:
    page = Page("import:1", "import", NOW, 200, {}, b"x", "import:1")
    change = record(archive, page, replace(READING, url="import:1"), Visit("import", "1"))
    assert change is not None
    tag = Tag(change.id, "quota", DECLARED.triggers["quota"].version, "m", 0.9, True, "neutral")
    with archive.transaction():
        archive.judgements.add_tags([tag])
        archive.judgements.done("classify", [change.id], NOW)
    assert alerts(archive) == 0
    assert archive.documents.pending("alert", after="classify") == []
