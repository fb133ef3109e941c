"""Files that documents link: fetched, read, compared with the document, and never a change when they cannot be had."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from agent.rereading import reader
from config.settings import Settings
from config.source import Source
from crawlers import parcels
from crawlers.crawl import crawl_async, event_loop
from crawlers.files import FileText
from index.identity import document_id
from index.records import Reading
from index.replay import replay
from tests.attached import chinese_pdf, pdf
from tests.crawled import (
    DOC,
    HOME,
    HOST,
    LIST,
    ROW,
    SENTENCES,
    TITLE,
    Reply,
    World,
    document,
    kinds,
    listing,
    source,
    swapped,
    world,
)

__all__ = ["world"]

FILE = f"{HOME}/files/1.pdf"
NAME = "算力配额表.pdf"
TABLE = ("算力配额表", "甲市每月配额1000万词元", "乙市每月配额800万词元")


def paper(*lines: str) -> bytes:
    return chinese_pdf([[(72, 700 - 40 * n, line) for n, line in enumerate(lines)]])


def page(*links: tuple[str, str], paragraphs: tuple[str, ...] = SENTENCES) -> bytes:
    shown = "".join(f'<p><a href="{url}">{name}</a></p>' for url, name in links)
    return document(TITLE, (*paragraphs, shown))


def start(world: World, file: bytes | int | Reply, *, told: tuple[str, ...] = ("new",), **changes: Any) -> Source:
    """One document with one file, read once."""
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, page(("/files/1.pdf", NAME)))
    world.site.put(FILE, file)
    of = source(**changes)
    assert kinds(world.crawl(of)) == list(told)
    return of


def latest(world: World, url: str = DOC) -> Reading:
    version = world.archive.documents.latest(document_id(url))
    assert version is not None
    return version.reading


def test_a_file_is_read_as_part_of_its_document(world: World) -> None:
    start(world, paper(*TABLE))
    reading = latest(world)
    assert reading.text.endswith("\n".join((f"附件：{NAME}", *TABLE)))
    assert SENTENCES[0] in reading.text
    digest = sha256(paper(*TABLE)).hexdigest()
    assert [a.sha256 for a in reading.attachments] == [digest]
    assert world.archive.pages.body(digest) == paper(*TABLE)
    assert [row["url"] for row in world.archive.pages.received(digest)] == [FILE]
    assert world.runs[0].requests == 4  # robots.txt, list, document, file
    assert world.crawl(source()) == []


def test_a_changed_figure_in_a_file_is_one_small_change(world: World) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(FILE, paper(*(line.replace("1000", "1500") for line in TABLE)))
    (event,) = world.crawl(of)
    assert event["event"] == "amended"
    (clause,) = event["change"]["clauses"]
    assert "1000" in clause["before"]
    assert "1500" in clause["after"]
    assert [a["op"] for a in event["change"]["attachments"]] == ["replace"]
    assert world.crawl(of) == []


def test_a_file_at_another_address_is_a_swap(world: World) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(DOC, page(("/files/2.pdf", NAME)))
    world.site.put(f"{HOME}/files/2.pdf", paper(*TABLE))
    (event,) = world.crawl(of)
    assert event["change"]["clauses"] == []
    assert [(a["op"], a["after"]) for a in event["change"]["attachments"]] == [("replace", f"{HOME}/files/2.pdf")]


def test_other_bytes_with_the_same_text_are_a_swap_and_no_clause(world: World) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(FILE, paper(*TABLE) + b"\n% saved again\n")
    (event,) = world.crawl(of)
    assert event["change"]["clauses"] == []
    assert [a["op"] for a in event["change"]["attachments"]] == ["replace"]


@pytest.mark.parametrize(
    "fault",
    [
        503,
        404,
        403,
        429,
        b"",
        "<html><body>页面不存在</body></html>".encode(),
        Reply(status=302, headers={"Location": f"{HOME}/"}),
    ],
    ids=["503", "404", "403", "429", "empty", "page", "home"],
)
def test_a_file_that_cannot_be_had_changes_nothing(world: World, fault: bytes | int | Reply) -> None:
    of = start(world, paper(*TABLE))
    before = latest(world)
    world.site.put(f"{HOME}/", document("首页", ("欢迎访问",) * 80))
    world.site.put(FILE, fault)
    assert [e for e in world.crawl(of) if e["event"] != "problem"] == []
    assert latest(world) == before
    world.site.put(FILE, paper(*TABLE))
    assert [e["event"] for e in world.crawl(of)] in ([], ["recovered"])
    assert latest(world) == before
    world.site.put(FILE, paper(*TABLE[:2]))
    assert kinds(world.crawl(of)) == ["amended"]


def test_a_lasting_503_of_a_file_is_a_problem_of_the_file_alone(world: World) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(FILE, 503)
    (event,) = world.crawl(of)
    assert (event["problem"], event["url"]) == ("http", FILE)
    assert "kept as it was known" in event["message"]
    assert world.crawl(of) == []
    world.site.put(FILE, paper(*TABLE))
    assert kinds(world.crawl(of)) == ["recovered http"]


def test_a_failed_file_does_not_hide_an_edit_of_the_page(world: World) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(FILE, 503)
    world.site.put(DOC, page(("/files/1.pdf", NAME), paragraphs=swapped("五年", "三年")))
    told = [e for e in world.crawl(of) if e["event"] == "amended"]
    assert [len(e["change"]["clauses"]) for e in told] == [1]
    assert told[0]["change"]["attachments"] == []
    assert TABLE[1] in latest(world).text


def test_a_swap_whose_new_file_fails_is_told_and_its_text_follows(world: World) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(DOC, page(("/files/2.pdf", NAME)))
    world.site.put(f"{HOME}/files/2.pdf", 503)
    (event,) = [e for e in world.crawl(of) if e["event"] == "amended"]
    assert event["change"]["clauses"] == []
    world.site.put(f"{HOME}/files/2.pdf", paper(*(line.replace("800", "900") for line in TABLE)))
    (event,) = [e for e in world.crawl(of) if e["event"] == "amended"]
    assert ["900" in c["after"] for c in event["change"]["clauses"]] == [True]


def test_a_new_document_is_told_though_its_file_fails_and_the_file_is_read_next_time(world: World) -> None:
    of = start(world, 503, told=("problem http", "new"), revisit=None)
    assert latest(world).text.endswith(f"附件：{NAME}（未取得）")
    world.site.put(FILE, paper(*TABLE))
    told = world.crawl(of, after=timedelta(hours=2))
    assert kinds(told) == ["amended", "recovered http"]
    assert latest(world).text.endswith("\n".join(TABLE))


def test_a_file_that_stays_away_is_asked_for_ever_more_rarely(world: World) -> None:
    of = start(world, 404, revisit=None)
    asked = []
    for _ in range(60):
        world.site.asked.clear()
        assert world.crawl(of, after=timedelta(hours=2)) == []
        asked.append("/files/1.pdf" in world.site.paths())
    assert asked[0]
    assert 5 <= sum(asked) <= 20
    assert sum(asked[:20]) > sum(asked[40:]) > 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_is_gone_for_good_is_told_once_and_its_return_too(world: World, status: int) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(FILE, status)
    assert world.crawl(of) == []  # a second look decides
    (event,) = world.crawl(of)
    assert event["event"] == "amended"
    assert event["change"]["attachments"] == [{"op": "delete", "before": FILE, "after": None}]
    assert latest(world).attachments == ()
    for _ in range(4):
        assert world.crawl(of) == []
    world.site.put(DOC, page(("/files/1.pdf", NAME)).replace("每月".encode(), "每季".encode()))
    (edit,) = world.crawl(of)
    assert edit["change"]["attachments"] == []  # still linked, still gone
    world.site.put(FILE, paper(*TABLE))
    (back,) = world.crawl(of)
    assert [a["op"] for a in back["change"]["attachments"]] == ["insert"]
    assert latest(world).text.endswith("\n".join(TABLE))
    assert world.crawl(of) == []


def test_a_file_that_never_came_is_not_gone_whatever_its_cache_buster(world: World) -> None:
    of = start(world, 404)
    for stamp in ("1776729600", "1776816000", "1776902400"):
        world.site.put(DOC, page((f"/files/1.pdf?t={stamp}", NAME)))
        world.site.put(f"{FILE}?t={stamp}", 404)
        assert world.crawl(of) == []


def test_a_file_missing_once_or_broken_for_long_is_not_gone(world: World) -> None:
    of = start(world, paper(*TABLE))
    for fault in (404, paper(*TABLE), 404, 503, 503):
        world.site.put(FILE, fault)
        assert [e for e in world.crawl(of) if e["event"] == "amended"] == []
    assert latest(world).text.endswith("\n".join(TABLE))


def test_a_scan_is_a_line_that_does_not_vary(world: World) -> None:
    scan = pdf([b"q 500 0 0 700 50 50 cm /I Do Q"])
    of = start(world, scan)
    assert latest(world).text.endswith(f"附件：{NAME}（扫描件，无文字）")
    assert world.crawl(of, recheck=True) == []
    world.site.put(FILE, scan + b"\n")
    (event,) = world.crawl(of)
    assert event["change"]["clauses"] == []
    assert [a["op"] for a in event["change"]["attachments"]] == ["replace"]


def test_a_scan_that_comes_late_tells_nobody(world: World) -> None:
    of = start(world, 404)
    world.site.put(FILE, pdf([b"q 500 0 0 700 50 50 cm /I Do Q"]))
    assert world.crawl(of) == []
    assert latest(world).attachments[0].sha256
    assert [c.cause for c in world.archive.documents.changes_of(document_id(DOC))] == ["source", "tooling"]


def test_an_unchanged_file_is_not_sent_again(world: World) -> None:
    of = start(world, Reply(paper(*TABLE), headers={"ETag": '"f"'}))
    world.site.asked.clear()
    assert world.crawl(of) == []
    assert [h.get("if-none-match") for _, place, h in world.site.asked if place.endswith(".pdf")] == ['"f"']
    world.site.put(DOC, page(("/files/1.pdf", NAME), paragraphs=swapped("五年", "三年")))
    (event,) = world.crawl(of)
    assert len(event["change"]["clauses"]) == 1
    assert latest(world).text.endswith("\n".join(TABLE))


def test_an_added_and_a_removed_file(world: World) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(DOC, page(("/files/1.pdf", NAME), ("/files/2.pdf", "附件2：申报表.pdf")))
    world.site.put(f"{HOME}/files/2.pdf", paper("申报单位名称", "申报配额"))
    (event,) = world.crawl(of)
    assert [a["op"] for a in event["change"]["attachments"]] == ["insert"]
    assert latest(world).text.endswith("附件2：申报表.pdf\n申报单位名称\n申报配额")
    world.site.put(DOC, page())
    (event,) = world.crawl(of)
    assert [a["op"] for a in event["change"]["attachments"]] == ["delete", "delete"]
    assert latest(world).attachments == ()
    assert "申报单位" not in latest(world).text


def test_files_on_hosts_of_others_and_those_robots_refuse_are_not_asked_for(world: World) -> None:
    world.site.put(f"{HOME}/robots.txt", b"User-agent: *\nDisallow: /files/\n")
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, page(("/files/1.pdf", NAME), ("https://pan.example.com/2.pdf", "网盘.pdf")))
    of = source()
    assert kinds(world.crawl(of)) == ["new"]
    assert world.crawl(of) == []
    assert not any(".pdf" in place for _, place, _ in world.site.asked)
    assert latest(world).text.count("（未取得）") == 2


def test_a_refusal_ends_the_asking_for_files_and_not_the_crawl(world: World) -> None:
    rows = [(f"./{n}.html", f"第{n}号通知", "2026-04-18") for n in range(30)]  # more than go out at once
    world.site.put(LIST, listing(*rows))
    for n, (_, title, _) in enumerate(rows):
        link = f'<p><a href="/files/{n}.pdf">附件.pdf</a></p>'
        world.site.put(f"{LIST}{n}.html", document(title, (*SENTENCES, link)))
        world.site.put(f"{HOME}/files/{n}.pdf", 429)
    local = source(connections=1)
    told = kinds(world.crawl(local))
    assert sorted(told) == ["new"] * 30 + ["problem blocked"]
    assert sum(".pdf" in place for place in world.site.paths()) < 24


def test_a_row_that_is_a_file_is_a_document_with_its_text(world: World) -> None:
    world.site.put(LIST, listing(("./a.pdf", "算力配额表", "2026-04-18")))
    world.site.put(f"{LIST}a.pdf", Reply(paper(*TABLE), headers={"Content-Type": "application/pdf"}))
    of = source()
    (event,) = world.crawl(of)
    assert event["title"] == "算力配额表"
    assert latest(world, f"{LIST}a.pdf").text == "\n".join(TABLE)
    assert world.crawl(of, recheck=True) == []
    world.site.put(f"{LIST}a.pdf", paper(*(line.replace("800", "900") for line in TABLE)))
    (event,) = world.crawl(of)
    assert ["900" in c["after"] for c in event["change"]["clauses"]] == [True]


def test_what_our_new_extractor_reads_in_a_document_with_files_is_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = start(world, paper(*TABLE))
    monkeypatch.setattr("crawlers.lessons.EXTRACTOR", "reading-next")

    def louder(content: bytes, name: str, **_: object) -> FileText:
        return FileText("\n".join((*TABLE, "页脚")), "pdf")

    monkeypatch.setattr(parcels, "text_of", louder)
    world.site.put(DOC, page(("/files/1.pdf", NAME)) + b"<!-- 7 -->")
    assert world.crawl(of) == []
    assert [c.cause for c in world.archive.documents.changes_of(document_id(DOC))] == ["source", "tooling"]


def test_a_slow_file_does_not_stall_the_loop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(content: bytes, name: str, **_: object) -> FileText:
        time.sleep(0.8)
        return FileText("\n".join(TABLE), "pdf")

    monkeypatch.setattr(parcels, "text_of", slow)
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, page(("/files/1.pdf", NAME)))
    world.site.put(FILE, paper(*TABLE))
    gaps: list[float] = []

    async def beside() -> None:
        settings = Settings(mirror=world.mirror, allow_networks="127.0.0.0/8")  # type: ignore[arg-type]  # as in the environment
        work = asyncio.ensure_future(crawl_async(world.archive, [source()], settings, clock=lambda: world.now))
        last = time.monotonic()
        while not work.done():
            await asyncio.sleep(0.01)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
        await work

    event_loop().run_until_complete(beside())
    assert TABLE[1] in latest(world).text
    assert max(gaps) < 0.4


def test_files_keep_the_pace_of_their_host(world: World) -> None:
    local = f"http://127.0.0.1:{world.port}/{HOST}/tz/"
    world.site.put(local.split(f"{world.port}/")[1].join(("https://", "")), listing(("./1.html", TITLE, "2026-04-18")))
    world.site.put(DOC, page((f"/{HOST}/files/1.pdf", NAME)))
    world.site.put(FILE, paper(*TABLE))
    world.mirror = None
    begun = time.monotonic()
    assert kinds(world.crawl(source(urls=[local], delay=0.4, robots="ignore"))) == ["new"]
    assert time.monotonic() - begun >= 0.8
    assert world.site.paths()[-1] == "/files/1.pdf"


def test_a_replay_reads_the_stored_files_again(world: World) -> None:
    of = start(world, paper(*TABLE))
    world.site.put(LIST, listing(("./a.pdf", "算力配额表", "2026-04-18")))
    world.site.put(f"{LIST}a.pdf", paper(*TABLE))
    assert kinds(world.crawl(of)) == ["new"]
    read = reader({of.id: of}, world.archive)
    assert [one.outcome for one in replay(world.archive, read, "reading-next", world.now)] == ["same", "same"]
