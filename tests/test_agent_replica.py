"""The replica crawled day by day, as `vedette demo` does: every event and every reading against the days' YAML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest

from agent.replica.days import FOLDER, Day, Sheet, days, places
from agent.replica.server import Replica, serving
from config.declarations import load
from config.settings import read as settings
from crawlers.asking import is_wanted
from crawlers.crawl import crawl
from crawlers.keeper import Event
from index.archive.archive import Archive
from index.records import Reading, Row

SOURCES = {name: load().sources[name] for name in places()}
BLOCKED, EDITED, RAISED, WITHDRAWN = (date(2026, *day) for day in ((5, 25), (5, 25), (6, 2), (6, 10)))
UNDATED = frozenset({"volc_docs"})


@dataclass(frozen=True)
class Told:
    """What a crawl of one day told, and what the archive then holds by address."""

    day: Day
    events: tuple[Event, ...]
    readings: dict[str, Reading]

    def of(self, kind: str) -> dict[str, Event]:
        return {event["url"]: event for event in self.events if event["event"] == kind}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[date, tuple[Told, ...]]:
    """Two crawls a day, an hour and more apart."""
    home = tmp_path_factory.mktemp("home")
    found: dict[date, tuple[Told, ...]] = {}
    with serving() as replica:
        for day in days():
            found[day.day] = tuple(crawls(home, replica, day))
    return found


def crawls(home: Path, replica: Replica, day: Day) -> Iterator[Told]:
    given = settings(home=home, mirror=replica.address, allow_networks="127.0.0.0/8")
    for hour in (1, 3) if day.day in {EDITED, WITHDRAWN} else (1,):
        replica.show(day)
        now = datetime.combine(day.day, time(hour), UTC)
        archive, events = Archive(home), list[Event]()
        crawl(archive, list(SOURCES.values()), given, clock=partial(_same, now), recheck=True, events=events.append)
        known = [row["id"] for source in SOURCES for row in archive.documents.of_source(source)]
        latest = [version for version in map(archive.documents.latest, known) if version]
        yield Told(day, tuple(events), {version.reading.url: version.reading for version in latest})


def _same(now: datetime) -> datetime:
    return now


def wanted(day: Day) -> dict[str, Sheet]:
    """What the sources should have read by the end of a day."""
    return {
        url: sheet
        for url, sheet in day.sheets.items()
        if is_wanted(Row(url, sheet.title), SOURCES[sheet.place]) and sheet.place not in day.blocked
    }


def test_every_document_is_told_once_and_as_written(told: dict[date, tuple[Told, ...]]) -> None:
    before: set[str] = set()
    for first, *_ in told.values():
        due = wanted(first.day)
        assert set(first.of("new")) == set(due) - before - set(first.day.withdrawn)
        before |= set(due)
    assert len(before) > 60


def test_readings_are_the_sheets(told: dict[date, tuple[Told, ...]]) -> None:
    for day in told.values():
        for crawled in day:
            for url, sheet in wanted(crawled.day).items():
                reading = crawled.readings[url]
                assert reading.title == sheet.title
                files = [line for file in sheet.attachments for line in (f"附件：{file['name']}", file["file"])]
                assert reading.text.split("\n") == [line.replace(" | ", "\t") for line in sheet.body] + files
                assert [bool(a.sha256) for a in reading.attachments] == [True] * len(sheet.attachments)
                assert reading.published == (None if sheet.place in UNDATED else sheet.published)
                assert reading.doc_number in {sheet.doc_number, None} or reading.doc_number in reading.text


def test_only_the_edits_amend(told: dict[date, tuple[Told, ...]]) -> None:
    silent = "https://www.nda.gov.cn/sjj/zwgk/zcfb/0507/20260507162033452710021_pc.html"
    swapped = "https://www.ndrc.gov.cn/xxgk/zcfb/tz/202605/t20260508_1407802.html"
    plan = "https://www.chinatelecom.com.cn/ct/news/jtxw/167120.html"
    prices = "https://help.aliyun.com/zh/model-studio/model-pricing"
    edited = {(day, url) for day, crawled in told.items() for one in crawled for url in one.of("amended")}
    assert edited == {(EDITED, silent), (EDITED, swapped), (RAISED, plan), (RAISED, prices)}
    first = told[EDITED][0].of("amended")
    assert [(c["before"], c["after"]) for c in first[silent]["change"]["clauses"]] == [
        ("…供的免费算力额度比例不低于5%。", "…供的免费算力额度比例不低于2%。")
    ]
    assert [(c["before"], c["after"]) for c in first[swapped]["change"]["clauses"]] == [
        ("P020260508431700551201.pdf", "P020260525091204117702.pdf")  # all that the replica's file says
    ]
    assert [a["op"] for a in first[swapped]["change"]["attachments"]] == ["replace"]
    raised = told[RAISED][0].of("amended")
    assert [c["after"] for c in raised[plan]["change"]["clauses"]] == ["畅享版\t49.9元/月\t1500万词元"]
    assert len(raised[prices]["change"]["clauses"]) == 2


def test_the_only_problem_is_the_blocked_site(told: dict[date, tuple[Told, ...]]) -> None:
    problems = [(day, e["source"], e["problem"]) for day, crawled in told.items() for one in crawled
                for e in one.of("problem").values()]  # fmt: skip
    assert problems == [(BLOCKED, "guizhou_dsj", "blocked")]
    recovered = [(day, e["source"]) for day, crawled in told.items() for one in crawled
                 for e in one.of("recovered").values()]  # fmt: skip
    assert recovered == [(RAISED, "guizhou_dsj")]


def test_what_is_gone_is_withdrawn_at_the_second_look(told: dict[date, tuple[Told, ...]]) -> None:
    first, second = told[WITHDRAWN]
    assert first.of("withdrawn") == {}
    assert set(second.of("withdrawn")) == first.day.withdrawn
    assert [e["event"] for e in second.events] == ["withdrawn"] * 2
    assert not any(one.of("withdrawn") for day, crawled in told.items() if day != WITHDRAWN for one in crawled)


def test_a_second_look_at_other_days_tells_nothing(told: dict[date, tuple[Told, ...]]) -> None:
    assert told[EDITED][1].events == ()


def test_the_days_follow_the_files() -> None:
    stems = sorted(path.stem for path in (FOLDER / "days").glob("*.yml"))
    assert [str(day.day) for day in days()] == stems
    assert days()[-1].day - days()[0].day < timedelta(days=60)
