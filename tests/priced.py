"""A small archive of carriers' and clouds' notices, read, tagged and alerted as the pipeline does; all texts our own.

Tags are given, not made: what is tested here comes after the classifier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from agent.alerting import alert
from classify.facts import facts
from config.declarations import Declarations
from config.settings import read
from index.archive.archive import Archive
from index.ingest import Visit, record
from index.records import Change, Direction, Page, Quote, Reading, Tag

START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MODEL = "test-encoder/test-head"


@dataclass(frozen=True)
class Notice:
    """One reading of one page. `scores` by trigger; from 0.5 it fires."""

    source: str
    name: str
    text: str
    day: int
    scores: dict[str, float]
    direction: Direction = "tighten"
    published: date | None = None


STORY = (
    Notice("ct_group", "plans", "畅享版每月39.9元，含1500万词元。", 0, {"pricing": 0.9}, "neutral"),
    Notice("ct_group", "plans", "畅享版每月49.9元，含1500万词元。", 20, {"pricing": 0.95}),
    Notice("cu_notice", "rise", "智算词元包（2000万词元）资费由29元/月调整为36元/月。", 24, {"pricing": 0.8}),
    Notice("tencent_notice", "limit", "模型接口默认并发数由10并发调整为5并发。", 25, {"quota": 0.7}),
    Notice("ndrc_tz", "oil", "汽油每吨提高65元。", 26, {"pricing": 0.1}),
)


def tell(archive: Archive, declared: Declarations, notice: Notice) -> Change:
    """Read, tag and alert one notice at its time."""
    at = START + timedelta(days=notice.day)
    url = f"https://{notice.source.replace('_', '-')}.example.cn/{notice.name}.html"
    page = Page(url, notice.source, at, 200, {}, notice.text.encode(), url)
    reading = Reading(url=url, title=f"公告 {notice.name}", text=notice.text, published=notice.published)
    change = record(archive, page, reading, Visit(notice.source, "1", document=notice.name))
    assert change is not None and change.after is not None
    quote = Quote(notice.text[:6], 0, 6)
    tags = [
        Tag(change.id, name, trigger.version, MODEL, score, score >= 0.5,
            notice.direction if score >= 0.5 else "neutral", (quote,) if score >= 0.5 else ())
        for name, trigger in declared.triggers.items()
        for score in [notice.scores.get(name, 0.02)]
    ]  # fmt: skip
    with archive.transaction():
        archive.judgements.add_facts(change.after, facts(notice.text, "zh"))
        archive.judgements.add_tags(tags)
        archive.judgements.done("classify", [change.id], at)
    alert(archive, declared, read(home=archive.home), at)
    return change


def told(home: Path, declared: Declarations, story: tuple[Notice, ...] = STORY) -> Archive:
    """The archive of a story; close it after use."""
    archive = Archive(home)
    for notice in story:
        tell(archive, declared, notice)
    return archive


def without_scenarios(declared: Declarations) -> Declarations:
    """The declarations with no scenario."""
    return replace(declared, scenarios={})
