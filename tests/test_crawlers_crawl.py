"""Whole crawls of a replica on loopback: what is told and archived when a site behaves, and when it does not."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from config import declarations
from config.settings import Settings
from crawlers import scrapy_settings
from crawlers.answers import is_own
from crawlers.crawl import crawl, crawl_async, event_loop
from index.archive.archive import Archive
from index.identity import document_id
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
    again,
    document,
    kinds,
    listing,
    source,
    start,
    swapped,
    world,
)

__all__ = ["world"]

# A site that behaves


def test_a_new_document_is_told_and_archived(world: World) -> None:
    start(world)
    latest = world.archive.documents.latest(document_id(DOC))
    assert latest is not None
    assert latest.reading.title == TITLE
    assert "跨地区调度" in latest.reading.text
    assert world.archive.pages.body(latest.page_sha256) == document(TITLE)
    (run,) = world.runs
    assert (run.listed, run.new, run.problems) == (1, 1, 0)
    assert run.requests == 3  # robots.txt, list, document
    assert run.bytes >= len(document(TITLE))


def test_the_event_has_the_fields_of_the_design(world: World) -> None:
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, document(TITLE))
    (event,) = world.crawl(source())
    assert event | {"at": ""} == {
        "event": "new",
        "source": "example_tz",
        "url": DOC,
        "document": document_id(DOC),
        "title": TITLE,
        "at": "",
        "baseline": False,
        "problem": None,
        "change": None,
    }
    assert datetime.fromisoformat(event["at"]) == world.now


def test_what_a_first_crawl_finds_old_is_baseline(world: World) -> None:
    world.site.put(LIST, listing(("./1.html", TITLE, "2025-01-02")))
    world.site.put(DOC, document(TITLE).replace(b"2026-04-18", b"2025-01-02"))
    assert [e["baseline"] for e in world.crawl(source())] == [True]


def test_one_changed_digit_is_one_small_change(world: World) -> None:
    of = start(world)
    (event,) = again(world, of, document(TITLE, swapped("1000万tokens", "1500万tokens")))
    assert event["event"] == "amended"
    (clause,) = event["change"]["clauses"]
    assert "1000" in clause["before"]
    assert "1500" in clause["after"]
    assert len(clause["before"]) + len(clause["after"]) <= 60


def test_a_change_and_its_return_are_two_changes(world: World) -> None:
    of = start(world)
    assert kinds(again(world, of, document(TITLE, swapped("五年", "三年")))) == ["amended"]
    assert kinds(again(world, of, document(TITLE))) == ["amended"]
    assert world.archive.documents.counts()["versions"] == 3


@pytest.mark.parametrize(
    "same",
    [
        document(TITLE).replace(b"<p>", b"<p>\n\n   "),
        document(TITLE, tail='<span class="hits">阅读 1024 次</span>'),
        document(TITLE, head='<meta name="HtmlGenerateTime" content="2026-04-21 08:00:01">'),
        document(TITLE).replace("，".encode(), "，\u200b".encode()),
    ],
    ids=["white space", "view counter", "generation time", "zero-width"],
)
def test_noise_is_no_change(world: World, same: bytes) -> None:
    of = start(world)
    assert again(world, of, same) == []
    assert world.runs[0].unchanged == 1


def test_an_etag_saves_the_body_and_a_new_etag_alone_is_no_change(world: World) -> None:
    of = start(world, Reply(document(TITLE), headers={"ETag": '"a"'}))
    world.site.asked.clear()
    assert again(world, of, Reply(document(TITLE), headers={"ETag": '"a"'})) == []
    assert ("GET", f"{HOST}/tz/1.html") in [(m, p) for m, p, h in world.site.asked if h.get("if-none-match") == '"a"']
    assert world.runs[0].bytes < len(document(TITLE))
    assert again(world, of, Reply(document(TITLE), headers={"ETag": '"b"'})) == []


def test_a_server_that_always_says_304_is_not_believed_for_ever(world: World) -> None:
    of = start(world, Reply(document(TITLE), headers={"ETag": '"a"'}))
    world.site.put(DOC, Reply(document(TITLE, swapped("五年", "三年")), headers={"ETag": '"a"'}))
    told = [kinds(world.crawl(of)) for _ in range(8)]
    assert told[:6] == [[]] * 6
    assert ["amended"] in told


def test_a_swapped_attachment_is_a_change(world: World) -> None:
    link = '<p><a href="/files/{}.pdf">附件：配额表.pdf</a></p>'
    of = start(world, document(TITLE, (*SENTENCES, link.format("1"))))
    (event,) = again(world, of, document(TITLE, (*SENTENCES, link.format("2"))))
    assert event["event"] == "amended"
    assert event["change"]["attachments"][0]["after"].endswith("/files/2.pdf")


def test_gbk_declared_only_in_a_meta_tag(world: World) -> None:
    page = document(TITLE).decode().replace("utf-8", "gb2312").encode("gb18030")
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, page)
    (event,) = world.crawl(source())
    assert event["title"] == TITLE
    latest = world.archive.documents.latest(document_id(DOC))
    assert latest is not None
    assert SENTENCES[4] in latest.reading.text


def test_a_row_below_pinned_ones_is_found(world: World) -> None:
    of = start(world)
    pinned = ("./0.html", "关于长期有效事项的公告", "2024-01-01")
    world.site.put(LIST, listing(pinned, ROW, ("./2.html", "算力券发放通知", "2026-04-21"), ROW))
    world.site.put(f"{LIST}0.html", document(pinned[1]))
    world.site.put(f"{LIST}2.html", document("算力券发放通知", SENTENCES[:5]))
    assert sorted(e["url"] for e in world.crawl(of)) == [f"{LIST}0.html", f"{LIST}2.html"]


def test_further_pages_are_read_and_a_shorter_list_is_no_problem(world: World) -> None:
    of = source(list=source().list.model_dump(exclude_none=True) | {"next": "index_{n}.html", "pages": 3})
    world.site.put(LIST, listing(ROW))
    world.site.put(f"{LIST}index_1.html", listing(("../tz/2.html", "算力券发放通知", "2026-04-17")))
    world.site.put(DOC, document(TITLE))
    world.site.put(f"{LIST}2.html", document("算力券发放通知", SENTENCES[:5]))
    assert kinds(world.crawl(of)) == ["new", "new"]


def test_rows_on_other_hosts_are_counted_and_not_asked(world: World) -> None:
    world.site.put(LIST, listing(ROW, ("https://weixin.example.com/s/1", "转发", "2026-04-18")))
    world.site.put(DOC, document(TITLE))
    assert kinds(world.crawl(source())) == ["new"]
    assert not any(place.startswith("weixin") for _, place, _ in world.site.asked)


def test_a_row_that_is_a_pdf_is_a_document_with_its_bytes(world: World) -> None:
    pdf = ("./a.pdf", "算力配额表", "2026-04-18")
    world.site.put(LIST, listing(pdf))
    world.site.put(f"{LIST}a.pdf", Reply(b"%PDF-1.7 one", headers={"Content-Type": "application/pdf"}))
    (event,) = world.crawl(source())
    assert (event["event"], event["title"]) == ("new", "算力配额表")
    world.site.put(f"{LIST}a.pdf", Reply(b"%PDF-1.7 two", headers={"Content-Type": "application/pdf"}))
    assert kinds(world.crawl(source())) == ["amended"]


def test_a_date_that_stands_only_in_the_address(world: World) -> None:
    """As on english.www.gov.cn: /news/202605/08/content_WS...html, and files have no page that would say more."""
    rows = [(f"{HOME}/news/202604/{day}/content_WS{day}.pdf", f"Circular on computing {day}", "") for day in (18, 19)]
    world.site.put(LIST, listing(*rows))
    for url, _, _ in rows:
        world.site.put(url, b"%PDF-1.4 no text")
    assert [e["event"] for e in world.crawl(source())].count("new") == 2
    days = [world.archive.documents.latest(document_id(url)) for url, _, _ in rows]
    assert [str(v.reading.published) for v in days if v] == ["2026-04-18", "2026-04-19"]


def test_revisits_keep_to_the_declared_time_and_recheck_does_not(world: World) -> None:
    of = start(world)
    world.site.asked.clear()
    world.crawl(of, after=timedelta(hours=2))
    assert "/tz/1.html" not in world.site.paths()
    world.crawl(of, after=timedelta(hours=2), recheck=True)
    assert "/tz/1.html" in world.site.paths()


def test_compressed_answers_are_read(world: World) -> None:
    of = start(world, Reply(gzip.compress(document(TITLE)), headers={"Content-Encoding": "gzip"}))
    assert again(world, of, document(TITLE)) == []


@pytest.mark.parametrize("label", ["application/json", "text/html"])
def test_a_json_feed(world: World, label: str) -> None:
    feed = {"data": {"list": [{"url": "/tz/1.html", "title": TITLE, "date": "2026-04-18"}]}}
    of = source(
        kind="feed",
        urls=[f"{HOME}/feed.json"],
        list={"items": "data.list", "link": "url", "title": "title", "date": "date"},
    )
    world.site.put(f"{HOME}/feed.json", Reply(json.dumps(feed).encode(), headers={"Content-Type": label}))
    world.site.put(DOC, document(TITLE))
    assert kinds(world.crawl(of)) == ["new"]


@pytest.mark.parametrize("wrap", ["callback({});", "\ufeff{}"], ids=["jsonp", "byte order mark"])
def test_a_feed_that_is_almost_json(world: World, wrap: str) -> None:
    feed = json.dumps({"rows": [{"url": "/tz/1.html", "title": TITLE}]})
    of = source(kind="feed", urls=[f"{HOME}/feed.js"], list={"items": "rows", "link": "url", "title": "title"})
    world.site.put(f"{HOME}/feed.js", Reply(wrap.replace("{}", feed).encode(), headers={"Content-Type": "text/plain"}))
    world.site.put(DOC, document(TITLE))
    assert kinds(world.crawl(of)) == ["new"]


def test_an_atom_feed(world: World) -> None:
    entry = (
        f'<entry><title>{TITLE}</title><link href="/tz/1.html"/><updated>2026-04-18T09:00:00+08:00</updated></entry>'
    )
    feed = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>通知</title>{entry}</feed>'
    of = source(kind="feed", urls=[f"{HOME}/atom.xml"], list={})
    world.site.put(f"{HOME}/atom.xml", Reply(feed.encode(), headers={"Content-Type": "application/atom+xml"}))
    world.site.put(DOC, document(TITLE))
    assert kinds(world.crawl(of)) == ["new"]


def test_a_paged_api_is_posted_to(world: World) -> None:
    of = source(
        kind="api",
        method="POST",
        urls=[f"{HOME}/api/list"],
        form={"page": "{n}"},
        list={"items": "rows", "link": "id", "title": "name", "pages": 2},
        detail_url=f"{HOME}/tz/{{id}}.html",
    )
    rows = [json.dumps({"rows": [{"id": n, "name": f"第{n}号通知"}]}).encode() for n in (1, 2)]
    world.site.put(f"{HOME}/api/list", *(Reply(r, headers={"Content-Type": "application/json"}) for r in rows))
    world.site.put(DOC, document("第1号通知"))
    world.site.put(f"{LIST}2.html", document("第2号通知", SENTENCES[:5]))
    assert kinds(world.crawl(of)) == ["new", "new"]
    assert [m for m, p, _ in world.site.asked if p.endswith("/api/list")] == ["POST", "POST"]


def test_a_watched_page_is_itself_the_document(world: World) -> None:
    of = source(kind="page", urls=[f"{HOME}/price.html"], list={})
    world.site.put(f"{HOME}/price.html", document("套餐价格"))
    assert kinds(world.crawl(of)) == ["new"]
    world.site.put(f"{HOME}/price.html", document("套餐价格", swapped("1000万", "500万")))
    assert kinds(world.crawl(of)) == ["amended"]


# A site that fails: a problem once, never a change


def test_a_soft_block_stops_the_source_and_is_over_when_the_page_is_back(world: World) -> None:
    of = start(world)
    block = "<html><body><p>访问过于频繁，请稍后再试</p></body></html>".encode()
    assert kinds(again(world, of, block)) == ["problem blocked"]
    assert again(world, of, block) == []
    assert kinds(again(world, of, document(TITLE))) == ["recovered blocked"]


@pytest.mark.parametrize("status", [403, 412, 429, 521])
def test_a_refusal_stops_the_source_at_once(world: World, status: int) -> None:
    of = start(world)
    world.site.put(LIST, status)
    world.site.asked.clear()
    (event,) = world.crawl(of)
    assert event["problem"] == "blocked"
    assert str(status) in event["message"]
    assert world.site.paths().count("/tz/") == 1


def test_a_login_redirect_is_a_block(world: World) -> None:
    of = start(world)
    world.site.put(f"{HOME}/sso/login?back=1.html", document("统一身份认证平台", SENTENCES))
    told = again(world, of, Reply(status=302, headers={"Location": "/sso/login?back=1.html"}))
    assert kinds(told) == ["problem blocked"]
    assert "/sso/login" in told[0]["message"]


def test_one_503_is_asked_again_in_silence(world: World) -> None:
    of = start(world)
    assert again(world, of, 503, document(TITLE)) == []
    assert world.runs[0].unchanged == 1


def test_a_lasting_503_is_one_problem_and_then_over(world: World) -> None:
    of = start(world)
    assert kinds(again(world, of, 503)) == ["problem http"]
    assert again(world, of, 503) == []
    assert kinds(again(world, of, document(TITLE))) == ["recovered http"]


def test_a_404_is_a_withdrawal_only_when_seen_twice(world: World) -> None:
    of = start(world)
    assert again(world, of, 404) == []
    (event,) = again(world, of, 404)
    assert (event["event"], event["document"], event["title"]) == ("withdrawn", document_id(DOC), TITLE)
    assert again(world, of, 404) == []
    assert kinds(again(world, of, document(TITLE))) == ["restored"]


def test_a_404_that_comes_back_is_nothing(world: World) -> None:
    of = start(world)
    assert again(world, of, 404) == []
    assert again(world, of, document(TITLE)) == []
    assert again(world, of, 410) == []
    assert again(world, of, document(TITLE)) == []


def test_a_second_look_needs_an_hour_or_a_recheck(world: World) -> None:
    of = start(world)
    assert again(world, of, 404) == []
    assert world.crawl(of, after=timedelta(minutes=20)) == []
    assert kinds(world.crawl(of, after=timedelta(minutes=1), recheck=True)) == ["withdrawn"]


def test_a_redirect_to_the_front_page_is_a_404(world: World) -> None:
    of = start(world)
    world.site.put(f"{HOME}/", document("首页", ("欢迎访问",) * 80))
    gone = Reply(status=302, headers={"Location": f"{HOME}/"})
    assert again(world, of, gone) == []
    assert kinds(again(world, of, gone)) == ["withdrawn"]


def test_an_emptied_page_is_a_problem_and_its_return_no_change(world: World) -> None:
    of = start(world)
    assert kinds(again(world, of, document(TITLE, ()))) == ["problem empty"]
    assert kinds(again(world, of, document(TITLE))) == ["recovered empty"]
    assert world.archive.documents.counts()["versions"] == 1


@pytest.mark.parametrize("body", [b"", b"   \n", b"<html></html>"])
def test_an_empty_answer_is_a_problem(world: World, body: bytes) -> None:
    of = start(world)
    assert kinds(again(world, of, body)) == ["problem empty"]


def test_a_redesign_is_a_problem_and_no_change(world: World) -> None:
    of = start(world)
    rebuilt = document(TITLE).replace(b"TRS_Editor", b"x-article__main")
    assert kinds(again(world, of, rebuilt)) == ["problem redesigned"]
    assert again(world, of, rebuilt) == []
    mended = source(detail={"body": ".x-article__main"})
    assert kinds(again(world, mended, rebuilt)) == ["recovered redesigned"]
    assert world.archive.documents.counts()["versions"] == 1


def test_a_selector_that_never_matched_is_told_with_the_source_and_the_text_kept(world: World) -> None:
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, document(TITLE))
    told = world.crawl(source(detail={"body": ".no_such_class"}))
    assert kinds(told) == ["new", "problem redesigned"]
    assert "no_such_class" in told[1]["message"]


def test_a_list_without_rows_is_a_problem_and_known_documents_are_read_all_the_same(world: World) -> None:
    of = start(world)
    world.site.put(
        LIST, b"<html><body><div class=new-list></div><p>" + "政务公开 通知公告 ".encode() * 90 + b"</p></body></html>"
    )
    told = again(world, of, document(TITLE, swapped("五年", "三年")))
    assert sorted(kinds(told)) == ["amended", "problem redesigned"]
    world.site.put(LIST, listing(ROW))
    assert kinds(world.crawl(of)) == ["recovered redesigned"]


def test_too_many_rows_are_not_followed(world: World) -> None:
    of = source(expect={"items": [1, 3]})
    world.site.put(LIST, listing(*((f"./{n}.html", f"第{n}号通知", "2026-04-18") for n in range(9))))
    told = world.crawl(of)
    assert kinds(told) == ["problem redesigned"]
    assert "expect.items" in told[0]["message"]


@pytest.mark.parametrize("body", [b'{"data": {"list": [', b"<html><body>oops</body></html>", b""])
def test_a_feed_that_is_no_json_is_a_problem(world: World, body: bytes) -> None:
    of = source(kind="feed", urls=[f"{HOME}/feed.json"], list={"items": "data.list", "link": "url", "title": "title"})
    world.site.put(f"{HOME}/feed.json", Reply(body, headers={"Content-Type": "application/json"}))
    (event,) = world.crawl(of)
    assert event["problem"] in {"redesigned", "empty"}
    assert "example_tz" in event["source"]
    assert f"{HOME}/feed.json" in event["message"]


def test_a_page_of_20_mb_is_refused_with_words(world: World) -> None:
    of = start(world)
    (event,) = again(world, of, document(TITLE, ("长" * 80,) * 85_000))
    assert event["problem"] == "oversize"
    assert "MB" in event["message"]


def test_an_endless_answer_is_cut_off(world: World) -> None:
    of = start(world)
    (event,) = again(world, of, Reply(b"", headers={"Content-Length": str(40 * 1024 * 1024)}))
    assert event["problem"] == "oversize"


def test_an_unreachable_host_is_one_problem(world: World) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        world.mirror = f"http://127.0.0.1:{closed.getsockname()[1]}"
    told = world.crawl(source())
    assert kinds(told) == ["problem http"]
    assert world.crawl(source()) == []


def test_a_dead_site_stops_after_three_addresses(world: World) -> None:
    of = source()
    world.site.put(LIST, listing(*((f"./{n}.html", f"第{n}号通知", "2026-04-18") for n in range(9))))
    for n in range(9):
        world.site.put(f"{LIST}{n}.html", document(f"第{n}号通知"))
    world.crawl(of)
    for n in range(9):
        world.site.put(f"{LIST}{n}.html", 502)
    told = world.crawl(of)
    assert kinds(told) == ["problem http"]
    assert world.runs[0].problems == 3


def test_silence_is_told_once_and_over_with_something_new(world: World) -> None:
    of = start(world)
    assert kinds(world.crawl(of, after=timedelta(days=31))) == ["problem silent"]
    assert world.crawl(of) == []
    world.site.put(LIST, listing(ROW, ("./2.html", "算力券发放通知", "2026-05-21")))
    world.site.put(f"{LIST}2.html", document("算力券发放通知", SENTENCES[:5]))
    assert sorted(kinds(world.crawl(of))) == ["new", "recovered silent"]


def test_a_full_disk_stops_the_source_and_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    of = start(world)

    def full(_: bytes) -> str:
        raise OSError(28, "No space left on device", "blobs/ab/cd.gz")

    with monkeypatch.context() as patch:
        patch.setattr(world.archive.pages._blobs, "put", full)
        told = again(world, of, document(TITLE, swapped("五年", "三年")))
    assert kinds(told) == ["problem storage"]
    assert "blobs/ab/cd.gz" in told[0]["message"]
    assert world.archive.documents.counts()["versions"] == 1
    assert kinds(world.crawl(of)) == ["amended", "recovered storage"]


def test_an_archive_that_another_holds_for_a_while_is_written_later(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.archive.archive.BUSY_MS", 100)
    rows = [(f"./{n}.html", f"第{n}号通知", "2026-04-18") for n in range(30)]
    world.site.put(LIST, listing(*rows))
    for url, title, _ in rows:
        world.site.put(f"{LIST}{url[2:]}", document(title))
    held = threading.Event()
    archive, other = Archive(tmp_path / "home"), Archive(tmp_path / "home")

    def hold() -> None:
        with other.transaction():
            held.set()
            time.sleep(1.8)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    world.archive = archive
    monkeypatch.setattr(world.site, "answer", slowly(world.site.answer))
    assert kinds(world.crawl(source())) == ["new"] * 30
    assert archive.documents.counts()["documents"] == 30
    holder.join()
    for one in (archive, other):
        one.close()


def slowly(answer: Callable[..., Reply]) -> Callable[..., Reply]:
    def late(*args: object) -> Reply:
        time.sleep(0.4)
        return answer(*args)

    return late


def test_one_source_failing_does_not_touch_another(world: World) -> None:
    of = start(world)
    other = source(id="other_tz", urls=["https://other.example.gov.cn/tz/"])
    world.site.put("https://other.example.gov.cn/tz/", 500)
    told = world.crawl(of, other)
    assert [(e["source"], e["problem"]) for e in told] == [("other_tz", "http")]
    assert [r.source for r in world.runs] == ["example_tz", "other_tz"]


def test_a_bug_of_ours_is_not_swallowed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    world.site.put(LIST, listing(ROW))
    monkeypatch.setattr("crawlers.answers.rows_in", broken)
    with pytest.raises(ZeroDivisionError):
        world.crawl(source())


def test_progress_counts_documents(world: World) -> None:
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, document(TITLE))
    seen: list[tuple[str, int, int]] = []
    settings = Settings(mirror=world.mirror, allow_networks="127.0.0.0/8")  # type: ignore[arg-type]  # as in the environment
    note: Callable[[str, int, int], None] = lambda *args: seen.append(args)  # noqa: E731 - one line says it
    crawl(world.archive, [source()], settings, clock=lambda: world.now, progress=note)
    assert seen == [("example_tz", 1, 1)]


# Without selectors, over time, over sources

BARE = {"list": {}, "detail": {}}


def boxed(kind: str, title: str, paragraphs: tuple[str, ...] = SENTENCES) -> bytes:
    """One text in one of two designs that share no box."""
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    links = "".join(f'<a href="/c{n}/">栏目{n}</a>' for n in range(6))
    old = (
        f'<div class="header" id="top"><div class="nav">{links}</div></div><div class="wrap"><div class="content">'
        f'<h1>{title}</h1><div id="zoom">{text}</div></div></div><div class="footer">主办单位：国家数据局</div>'
    )
    new = (
        f'<header class="gw-head">{links}</header><main class="gw-main"><section class="gw-col"><h1>{title}</h1>'
        f'<p class="gw-tip">本页面已全新改版，欢迎使用并提出宝贵意见和建议，感谢您的支持与理解。</p>'
        f'<article class="gw-art">{text}</article></section></main><footer class="gw-foot">国家数据局</footer>'
    )
    body = old if kind == "old" else new
    return f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'.encode()


def test_without_selectors_an_edit_is_a_change(world: World) -> None:
    of = start(world, boxed("old", TITLE), **BARE)
    assert kinds(again(world, of, boxed("old", TITLE, swapped("1000万", "500万")))) == ["amended"]


def test_without_selectors_a_redesign_is_no_change(world: World) -> None:
    of = start(world, boxed("old", TITLE), **BARE)
    assert kinds(again(world, of, boxed("new", TITLE))) in ([], ["problem redesigned"])
    assert world.archive.documents.counts()["versions"] == 1


def test_a_document_of_two_sources_is_one_document(world: World) -> None:
    of = start(world)
    other = source(id="other_tz", urls=[f"{HOME}/other/"])
    world.site.put(f"{HOME}/other/", listing((DOC, TITLE, "2026-04-18")))
    assert world.crawl(other, after=timedelta(hours=1)) == []
    assert world.archive.documents.counts()["documents"] == 1
    assert kinds(again(world, of, document(TITLE, swapped("五年", "三年")))) == ["amended"]


def test_a_first_crawl_that_was_cut_short_goes_on_as_first(world: World) -> None:
    rows = [(f"./{n}.html", f"第{n}号通知", "2025-01-02") for n in range(3)]
    world.site.put(LIST, listing(*rows))
    for url, title, day in rows[1:]:
        world.site.put(f"{LIST}{url[2:]}", document(title).replace(b"2026-04-18", day.encode()))
    world.site.put(f"{LIST}0.html", 403)
    assert "problem blocked" in kinds(world.crawl(source()))
    world.site.put(f"{LIST}0.html", document(rows[0][1]).replace(b"2026-04-18", b"2025-01-02"))
    told = world.crawl(source(), after=timedelta(hours=2))
    assert {e["baseline"] for e in told if e["event"] == "new"} == {True}


def test_what_our_own_new_extractor_changes_is_not_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    of = start(world)
    monkeypatch.setattr("crawlers.lessons.EXTRACTOR", "reading-next")
    first = __import__("crawlers.answers", fromlist=["read"]).read

    def shorter(*args: Any, **kwargs: Any) -> Any:
        found = first(*args, **kwargs)
        return replace(found, text=found.text.removesuffix("有效期五年。"))

    monkeypatch.setattr("crawlers.answers.read", shorter)
    assert again(world, of, document(TITLE, tail="<i>阅读 7</i>")) == []
    assert [c.cause for c in world.archive.documents.changes_of(document_id(DOC))] == ["source", "tooling"]


def test_a_row_without_a_title_on_its_page_keeps_that_of_the_list(world: World) -> None:
    page = "<html><body><div class=TRS_Editor>" + "".join(f"<p>{s}</p>" for s in SENTENCES) + "</div></body></html>"
    of = start(world, page.encode())
    world.site.put(LIST, listing(("./2.html", "算力券发放通知", "2026-04-21")))
    world.site.put(f"{LIST}2.html", document("算力券发放通知", SENTENCES[:5]))
    assert kinds(again(world, of, page.replace("</body>", "<i>阅读 7</i></body>").encode())) == ["new"]


def test_a_redirected_document_is_known_by_the_address_of_its_row(world: World) -> None:
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, Reply(status=301, headers={"Location": "/new/1.html"}))
    world.site.put(f"{HOME}/new/1.html", document(TITLE))
    of = source()
    assert [e["url"] for e in world.crawl(of)] == [DOC]
    assert world.crawl(of) == []
    world.site.put(f"{HOME}/new/1.html", document(TITLE, swapped("五年", "三年")))
    assert [(e["event"], e["url"]) for e in world.crawl(of)] == [("amended", DOC)]


def test_a_document_that_is_asked_for_by_post(world: World) -> None:
    of = source(
        kind="feed",
        urls=[f"{HOME}/feed.json"],
        list={"items": "rows", "link": "id", "title": "name"},
        detail_url=f"{HOME}/detail?id={{id}}",
        detail_method="POST",
        detail={"body": "data.content", "title": "data.title"},
    )
    told = {"data": {"title": TITLE, "content": "".join(f"<p>{s}</p>" for s in SENTENCES)}}
    plain = {"Content-Type": "application/json"}
    world.site.put(f"{HOME}/feed.json", Reply(json.dumps({"rows": [{"id": 7, "name": TITLE}]}).encode(), headers=plain))
    world.site.put(f"{HOME}/detail", Reply(json.dumps(told).encode(), headers=plain))
    (event,) = world.crawl(of)
    assert (event["event"], event["url"], event["title"]) == ("new", f"{HOME}/detail?id=7", TITLE)
    assert [m for m, p, _ in world.site.asked if p.endswith("/detail")] == ["POST"]


def test_crawls_in_one_process_do_not_grow(world: World) -> None:
    of = start(world)
    for _ in range(5):
        world.crawl(of)
    before = psutil.Process().memory_info().rss
    for _ in range(30):
        assert world.crawl(of, recheck=True, after=timedelta(hours=1)) == []
    assert psutil.Process().memory_info().rss - before < 8_000_000


@pytest.mark.parametrize("everything", [False, True], ids=["the crawl", "all tasks of the loop"])
def test_a_cancelled_crawl_keeps_what_it_read(world: World, everything: bool) -> None:
    rows = [(f"./{n}.html", f"第{n}号通知", "2026-04-18") for n in range(5)]
    world.site.put(LIST, listing(*rows))
    for url, title, _ in rows:
        world.site.put(f"{LIST}{url[2:]}", document(title))
    settings = Settings(allow_networks="127.0.0.0/8")  # type: ignore[arg-type]  # as in the environment
    local = f"http://127.0.0.1:{world.port}/{HOST}/tz/"
    of = source(urls=[local], delay=0.3, robots="ignore")

    async def cut_short() -> None:
        work = asyncio.ensure_future(crawl_async(world.archive, [of], settings, clock=lambda: world.now))
        await asyncio.sleep(1.2)
        begun = time.monotonic()
        for task in asyncio.all_tasks() - {asyncio.current_task()} if everything else {work}:
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert time.monotonic() - begun < 4

    event_loop().run_until_complete(cut_short())
    assert 1 <= world.archive.documents.counts()["documents"] < 5
    quick = source(urls=[local], delay=0, robots="ignore")
    crawl(world.archive, [quick], settings, clock=lambda: world.now)
    assert world.archive.documents.counts()["documents"] == 5


def test_one_dead_link_is_no_problem_and_a_list_of_them_is(world: World) -> None:
    of = start(world)
    world.site.put(LIST, listing(ROW, ("./2.html", "已删除的通知", "2026-04-21")))
    assert world.crawl(of) == []
    world.site.put(LIST, listing(*((f"./x/{n}.html", f"第{n}号通知", "2026-04-18") for n in range(4))))
    (event,) = world.crawl(of)
    assert event["problem"] == "http"
    assert "list.link" in event["message"]


def test_a_login_or_foreign_page_that_is_missing_does_not_withdraw(world: World) -> None:
    of = start(world)
    away = Reply(status=302, headers={"Location": "https://passport.example.net/"})
    assert kinds(again(world, of, away)) == ["problem blocked"]
    assert again(world, of, away) == []
    assert world.archive.documents.state(document_id(DOC)) == "live"


@pytest.mark.shared
def test_saved_pages_of_real_sites_are_read_by_their_declarations(world: World, shared: Path) -> None:
    declared = declarations.load().sources
    pages = shared / "sites" / "html"
    watched = []
    for line in (pages / "INDEX.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if not entry["url"]:
            continue
        world.site.put(entry["url"], (pages / entry["file"]).read_bytes())
        host = urlsplit(entry["url"]).hostname or ""
        own = next((s for s in declared.values() if is_own(host, s)), None)
        if own and entry["kind"] == "detail" and entry["file"].endswith(".html"):
            changes = {"id": f"page{len(watched)}", "kind": "page", "urls": (entry["url"],), "detail_method": "GET"}
            watched.append(own.model_copy(update=changes))
    told = world.crawl(*watched)
    assert kinds(told) == ["new"] * len(watched)
    assert len(watched) >= 9
    assert all(e["title"] for e in told)
    world.crawl(*(declared[name] for name in ("ndrc_fzggwl", "nea_news", "mof_regional")))
    assert [run.listed for run in world.runs] == [25, 40, 10]


def test_links_that_are_no_addresses_are_passed_over(world: World) -> None:
    bad = (
        "http://[x",
        f"https://{HOST}:port/a",
        "https:///b",
        "javascript:void(0)",
        "http://a b/c",
        "#",
        "mailto:a@b.cn",
    )
    world.site.put(LIST, listing(*((url, f"坏链接{n}", "2026-04-18") for n, url in enumerate(bad)), ROW))
    world.site.put(DOC, document(TITLE))
    told = world.crawl(source())
    assert [e["url"] for e in told if e["event"] == "new"] == [DOC]


def test_an_address_in_chinese_characters(world: World) -> None:
    world.site.put(LIST, listing(("./配额.html", TITLE, "2026-04-18")))
    world.site.put(f"{LIST}%E9%85%8D%E9%A2%9D.html", document(TITLE))
    of = source()
    assert kinds(world.crawl(of)) == ["new"]
    assert world.crawl(of) == []


def test_a_site_that_hangs_is_a_timeout(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    of = start(world)
    monkeypatch.setitem(scrapy_settings._DEFENCES, "DOWNLOAD_TIMEOUT", 0.2)
    monkeypatch.setattr(world.site, "answer", lambda *_: time.sleep(0.6) or Reply(b"late"))
    told = world.crawl(of)
    assert kinds(told) == ["problem timeout"]
