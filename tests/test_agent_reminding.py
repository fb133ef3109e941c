"""Dates that come near become events: once, with a reference to the alert they remind of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.alerting import alert
from agent.reminding import daily, remind
from config.declarations import load
from config.settings import read
from index.archive.archive import Archive
from index.ingest import Visit, record
from index.records import Page, Quote, Reading, Tag

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
URL = "https://www.nda.gov.cn/sjj/zwgk/zcfb/0507/20260507162033_pc.html"
READING = Reading(
    url=URL,
    title="关于印发《算力网调度办法》的通知",
    text="第一条 接入主体免费额度比例不低于5%。\n第二条 自2026年7月1日起施行。",
    published=date(2026, 5, 7),
    effective=date(2026, 7, 1),
    expires=date(2026, 12, 31),
    issuer="国家数据局",
    doc_number="国数资源〔2026〕18号",
)
DECLARED = load()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as opened:
        yield opened


def alerted(archive: Archive, reading: Reading = READING, *, fires: bool = True) -> None:
    page = Page(URL, "nda_zcfb", NOW, 200, {}, reading.text.encode(), URL)
    change = record(archive, page, reading, Visit("nda_zcfb", "1"))
    assert change is not None
    version = DECLARED.triggers["quota"].version
    tag = Tag(change.id, "quota", version, "m", 0.9, fires, "tighten", (Quote("不低于5%", 13, 18),))
    with archive.transaction():
        archive.judgements.add_tags([tag])
        archive.judgements.done("classify", [change.id], NOW)
    alert(archive, DECLARED, read(home=archive.home), NOW)


def later(archive: Archive, moment: datetime) -> int:
    daily(archive, moment)
    return remind(archive, DECLARED, read(home=archive.home), moment)


def test_the_day_of_effect_is_told_once_as_an_update(archive: Archive) -> None:
    alerted(archive)
    (first,) = archive.feed.after(0)
    assert later(archive, NOW + timedelta(days=10)) == 0
    day = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    assert later(archive, day) == 1
    assert later(archive, day + timedelta(hours=2)) == 0
    reminder = archive.feed.after(first.seq)[0].event["data"]
    assert (reminder["message_type"], reminder["references"], reminder["revision"]) == ("update", [first.id], 2)
    assert reminder["headlines"]["en"].startswith("Takes effect today")
    assert reminder["document"]["lifecycle"] == "in_force"


def test_an_expiry_is_told_a_month_before_and_on_the_day(archive: Archive) -> None:
    alerted(archive, replace(READING, effective=None))
    assert later(archive, datetime(2026, 12, 1, 1, 0, tzinfo=UTC)) == 1
    assert "30 days" in archive.feed.after(1)[0].event["data"]["headlines"]["en"]
    assert later(archive, datetime(2026, 12, 31, 1, 0, tzinfo=UTC)) == 1


def test_what_was_never_alerted_is_not_reminded_of(archive: Archive) -> None:
    alerted(archive, fires=False)
    assert later(archive, datetime(2026, 7, 1, 1, 0, tzinfo=UTC)) == 0
    assert archive.feed.last_seq() == 0
