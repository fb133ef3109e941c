"""Reading the archive again: differences are ours, and whatever order runs and kills come in, the archive is one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive.archive import Archive
from index.identity import document_id
from index.ingest import Visit, follow, record, withdraw
from index.records import Attachment, Change, Page, Reading, Version
from index.replay import replay

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as opened:
        yield opened


def reader(*, keep_footer: bool) -> Callable[[bytes, Version], Reading | None]:
    """An extractor of pages that are title, text and perhaps a footer a line; the old one takes the footer for text."""

    def read(body: bytes, version: Version) -> Reading | None:
        title, *lines = body.decode().split("\n")
        kept = [line for line in lines if keep_footer or not line.startswith("版权")]
        return Reading(url=version.reading.url, title=title, text="\n".join(kept)) if lines else None

    return read


def put(archive: Archive, url: str, body: str, **more: object) -> None:
    page = Page(url, "s", NOW, 200, {"etag": '"1"'}, body.encode(), url)
    version = Version("", "", "", "s", 1, Reading(url), "", NOW, "1")
    reading = reader(keep_footer=True)(page.body, version)
    assert reading is not None
    record(archive, page, replace(reading, **more), Visit("s", "reading-1"))  # type: ignore[arg-type]  # test values


def outcomes(archive: Archive, extractor: str = "reading-2", **how: bool) -> Counter[str]:
    read = reader(keep_footer=how.get("keep_footer", False))
    return Counter(one.outcome for one in replay(archive, read, extractor, LATER))


def test_differences_are_ours_and_a_second_replay_finds_none(archive: Archive) -> None:
    put(archive, "https://a.cn/1", "通知一\n第一条 内容。\n版权所有")
    put(archive, "https://a.cn/2", "通知二\n第一条 别的内容。")
    assert outcomes(archive) == {"differs": 1, "same": 1}
    assert outcomes(archive) == {"done": 2}
    changes = archive.documents.changes_of(document_id("https://a.cn/1"))
    assert [(change.kind, change.cause) for change in changes] == [("new", "source"), ("amended", "tooling")]
    assert [clause.op for clause in changes[1].diff.clauses] == ["delete"]
    latest = archive.documents.latest(document_id("https://a.cn/1"))
    assert latest is not None
    assert (latest.number, latest.extractor, latest.reading.text) == (2, "reading-2", "第一条 内容。")


def test_a_replay_receives_nothing_anew(archive: Archive) -> None:
    put(archive, "https://a.cn/1", "通知一\n第一条 内容。\n版权所有")
    outcomes(archive)
    latest = archive.documents.latest(document_id("https://a.cn/1"))
    assert latest is not None
    receipts = archive.pages.received(latest.page_sha256)
    assert [(row["fetched_at"], row["headers"]) for row in receipts] == [
        ("2026-05-08T01:00:00.000000Z", '{"etag":"\\"1\\""}')
    ]


def test_a_page_found_unchanged_after_a_replay_is_unchanged(archive: Archive) -> None:
    body = "通知一\n第一条 内容。\n版权所有"
    put(archive, "https://a.cn/1", body)
    outcomes(archive)
    latest = archive.documents.latest(document_id("https://a.cn/1"))
    assert latest is not None
    page = Page("https://a.cn/1", "s", LATER, 200, {}, body.encode(), "https://a.cn/1")
    assert record(archive, page, latest.reading, Visit("s", "reading-2")) is None


def test_what_did_not_come_from_the_page_is_kept(archive: Archive) -> None:
    file = Attachment("https://a.cn/f.pdf", "f", "0" * 64)
    put(archive, "https://a.cn/1", "通知一\n内容。", published=date(2026, 5, 1), attachments=(file,))

    def read(body: bytes, version: Version) -> Reading:
        unfetched = (Attachment("https://a.cn/f.pdf", "f"),)
        return Reading(url="https://elsewhere.cn/", title="通知一", text="内容。", attachments=unfetched)

    assert [one.outcome for one in replay(archive, read, "reading-2", LATER)] == ["same"]


def test_a_number_found_only_now_is_kept_and_alerts_nobody(archive: Archive) -> None:
    put(archive, "https://a.cn/1", "通知一\n内容。")

    def read(body: bytes, version: Version) -> Reading:
        return replace(version.reading, doc_number="国办发〔2026〕12号")

    found = list(replay(archive, read, "reading-2", LATER))
    assert [one.change.cause if one.change else None for one in found] == ["tooling"]
    row = archive.documents.with_number("国办发〔2026〕12号")
    assert row is not None and row["url"] == "https://a.cn/1"


def test_lost_bytes_and_pages_that_hold_no_document_stay_as_they_are(archive: Archive) -> None:
    put(archive, "https://a.cn/1", "通知一\n第一条 内容。\n版权所有")
    put(archive, "https://a.cn/2", "通知二\n第二条 内容。")
    lost = archive.documents.latest(document_id("https://a.cn/1"))
    assert lost is not None
    archive.blobs.forget(lost.page_sha256)
    none: Callable[[bytes, Version], Reading | None] = lambda body, version: None  # noqa: E731  one line reads best
    assert {one.outcome for one in replay(archive, none, "reading-2", LATER)} == {"unreadable"}
    assert archive.documents.counts()["versions"] == 2


def test_a_replay_that_was_stopped_goes_on(archive: Archive) -> None:
    for number in range(5):
        put(archive, f"https://a.cn/{number}", f"通知{number}号\n第{number}条 内容。\n版权所有")
    running = replay(archive, reader(keep_footer=False), "reading-2", LATER)
    assert [next(running).outcome for _ in range(2)] == ["differs", "differs"]
    running.close()
    assert outcomes(archive) == {"done": 2, "differs": 3}


# A week of a recorded site: what its pages are on each day, seen by runs that fall anyhow and are killed anywhere.

URLS = [f"https://www.example.gov.cn/{name}.html" for name in "abcd"]


@dataclass(frozen=True)
class Seen:
    """One look at one address: the day, the text found there, None where it is gone."""

    day: int
    url: str
    text: str | None


def look(archive: Archive, seen: Seen) -> None:
    at = NOW + timedelta(days=seen.day)
    if seen.text is None:
        withdraw(archive, document_id(seen.url), at, "s")
        return
    page = Page(seen.url, "s", at, 200, {}, seen.text.encode(), seen.url)
    reading = Reading(url=seen.url, title=f"通知{seen.url[-6]}", text=seen.text)
    record(archive, page, reading, Visit("s", "1"))


def content(archive: Archive) -> list[tuple[object, ...]]:
    """All that a reader could tell apart, without the order in which addresses were first written."""
    return sorted(
        (
            row["url"],
            row["state"],
            tuple((version.id, version.reading.text) for version in archive.documents.versions(row["id"])),
            tuple(
                (one.id, one.kind, one.cause, one.before, one.after) for one in archive.documents.changes_of(row["id"])
            ),
        )
        for row in map(archive.documents.document, archive.documents.ids())
        if row
    )


texts = st.none() | st.sampled_from(["免费额度为5%。", "免费额度为2%。", "免费额度为 5%。", "价格每月39元。"])
weeks = st.lists(st.fixed_dictionaries(dict.fromkeys(URLS, texts)), min_size=1, max_size=5)


class Killed(Exception):
    """Stands for the end of the process: whatever was not committed is gone."""


@given(weeks, st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_a_week_gives_one_archive_whatever_the_order_of_runs_kills_and_restarts(
    week: list[dict[str, str | None]], seed: int
) -> None:
    chance = random.Random(seed)
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        with Archive(Path(one)) as plain:
            for day, pages in enumerate(week):
                for url, text in pages.items():
                    look(plain, Seen(day, url, text))
            expected = content(plain)
        for day, pages in enumerate(week):
            _stormy_day(Path(two), [Seen(day, url, text) for url, text in pages.items()], chance)
        with Archive(Path(two)) as archive:
            assert content(archive) == expected


def _stormy_day(home: Path, looks: list[Seen], chance: random.Random) -> None:
    """Runs in any order, several of them, each killed somewhere, until one run gets through."""
    for _ in range(chance.randint(0, 2)):
        order = chance.sample(looks, len(looks))
        stop = chance.randint(0, len(order))
        together = chance.random() < 0.5
        with Archive(home) as archive:
            try:
                if together:
                    with archive.transaction():
                        _run(archive, order, stop)
                else:
                    _run(archive, order, stop)
            except Killed:
                pass
    with Archive(home) as archive:
        _run(archive, chance.sample(looks, len(looks)), None)


def _run(archive: Archive, looks: list[Seen], stop: int | None) -> None:
    if stop is not None:
        _kill_at(archive, stop)
    for seen in looks:
        look(archive, seen)
    if stop is not None:
        raise Killed


def _kill_at(archive: Archive, stop: int) -> None:
    """Let the process end in the middle of its `stop`-th event: the version is written, its change is not."""
    add, events = archive.documents.add_change, iter(range(stop + 1))

    def add_or_die(change: Change) -> None:
        if next(events) == stop:
            raise Killed
        add(change)

    archive.documents.add_change = add_or_die  # type: ignore[method-assign]  # this archive is closed right after


# Moves

TEXT = "第一条 " + "为规范算力服务，制定本办法。" * 3
AT_OLD = Reading(url="https://www.nea.gov.cn/2026-05/08/c_1.htm", title="算力用电管理办法", text=TEXT)
AT_NEW = replace(AT_OLD, url="https://nea.gov.cn/20260508/ab12/c.html")


def page_of(reading: Reading, at: datetime, url: str | None = None) -> Page:
    return Page(url or reading.url, "nea", at, 200, {}, reading.text.encode(), reading.url)


def kinds(archive: Archive) -> list[tuple[str, str]]:
    found = archive.documents.changes_between(NOW, LATER)
    return [(one.kind, "old" if one.document == document_id(AT_OLD.url) else "new") for one in found]


def test_a_redirect_to_a_new_address_is_a_move_told_once(archive: Archive) -> None:
    visit = Visit("nea", "1")
    record(archive, page_of(AT_OLD, NOW), AT_OLD, visit)
    for day in (1, 2):
        follow(archive, page_of(AT_NEW, NOW + timedelta(days=day), AT_OLD.url), AT_OLD, visit)
    assert record(archive, page_of(AT_NEW, NOW + timedelta(days=3)), AT_NEW, visit) is None
    assert kinds(archive) == [("new", "old"), ("moved", "new")]
    assert archive.documents.state(document_id(AT_OLD.url)) == "withdrawn"
    moved = archive.documents.changes_between(NOW, LATER)[1]
    assert [(one.field, one.before, one.after) for one in moved.diff.fields] == [("url", AT_OLD.url, AT_NEW.url)]


def test_a_move_with_another_text_is_a_move_and_an_amendment(archive: Archive) -> None:
    visit = Visit("nea", "1")
    record(archive, page_of(AT_OLD, NOW), AT_OLD, visit)
    edited = replace(AT_NEW, text=TEXT.replace("规范", "加强"))
    found = follow(archive, page_of(edited, NOW + timedelta(days=1), AT_OLD.url), edited, visit)
    assert [one.kind for one in found] == ["moved", "amended"]
    assert found[1].diff.clauses


def test_an_address_that_always_led_elsewhere_never_moves(archive: Archive) -> None:
    visit = Visit("nea", "1")
    follow(archive, page_of(AT_NEW, NOW, AT_OLD.url), AT_OLD, visit)
    assert follow(archive, page_of(AT_NEW, NOW + timedelta(days=1), AT_OLD.url), AT_OLD, visit) == ()
    assert kinds(archive) == [("new", "old")]


def test_a_page_on_another_host_is_no_move(archive: Archive) -> None:
    record(archive, page_of(AT_OLD, NOW), AT_OLD, Visit("nea", "1"))
    there = replace(page_of(AT_OLD, NOW + timedelta(days=1)), final_url="https://mirror.example.cn/1")
    assert follow(archive, there, AT_OLD, Visit("nea", "1")) == ()
    assert archive.documents.state(document_id(AT_OLD.url)) == "live"


def test_gone_here_and_listed_there_is_a_move_in_either_order(archive: Archive) -> None:
    visit = Visit("nea", "1")
    record(archive, page_of(AT_OLD, NOW), AT_OLD, visit)
    record(archive, page_of(AT_NEW, NOW + timedelta(days=1)), AT_NEW, visit)
    withdraw(archive, document_id(AT_OLD.url), NOW + timedelta(days=2), "nea")
    assert kinds(archive) == [("new", "old"), ("new", "new"), ("moved", "new")]
    assert withdraw(archive, document_id(AT_OLD.url), NOW + timedelta(days=3), "nea") is None


def test_gone_first_and_listed_later_is_a_move(archive: Archive) -> None:
    visit = Visit("nea", "1")
    record(archive, page_of(AT_OLD, NOW), AT_OLD, visit)
    withdraw(archive, document_id(AT_OLD.url), NOW + timedelta(days=1), "nea")
    change = record(archive, page_of(AT_NEW, NOW + timedelta(days=2)), AT_NEW, visit)
    assert change is not None and (change.kind, change.baseline, change.repost) == ("moved", False, False)
    back = record(archive, page_of(AT_OLD, NOW + timedelta(days=3)), AT_OLD, visit)
    assert back is not None and back.kind == "restored"
