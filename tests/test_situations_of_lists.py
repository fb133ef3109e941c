"""What may happen to a list or a feed between two looks: new rows are new documents, everything else is nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from config.source import Source
from index.identity import document_id
from tests.attached import chinese_pdf
from tests.crawled import (
    DOC,
    HOME,
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
    start,
    world,
)

__all__ = ["world"]

NEW = ("./2.html", "算力券发放通知", "2026-04-21")
PINNED = ("./0.html", "关于长期有效事项的公告", "2024-01-01")
FEED = f"{HOME}/feed.json"
JSON = {"Content-Type": "application/json"}


def put_documents(world: World) -> None:
    """Every document that rows may lead to, each with its own text."""
    world.site.put(DOC, document(TITLE))
    world.site.put(f"{LIST}2.html", document(NEW[1], SENTENCES[:5]))
    world.site.put(f"{LIST}0.html", document(PINNED[1], SENTENCES[2:]).replace(b"2026-04-18", b"2024-01-01"))


def then(world: World, of: Source, page: bytes | int | Reply, *, at: str = LIST) -> list[dict[str, Any]]:
    """The list answers otherwise; what the next day's crawl tells."""
    put_documents(world)
    world.site.put(at, page)
    return world.crawl(of)


def raw(rows: str) -> bytes:
    """A list page of rows written out."""
    return f'<html><head><meta charset="utf-8"></head><body><ul class="u-list">{rows}</ul></body></html>'.encode()


def row(url: str, title: str, day: str, more: str = "") -> str:
    return f'<li><a href="{url}" title="{title}">{title}</a><span>{day}</span>{more}</li>'


QUIET = {
    "rows in another order": listing(PINNED, ROW),
    "a row is retitled": listing((ROW[0], f"{ROW[1]}（全文）", ROW[2]), PINNED),
    "a title is cut": raw(f'<li><a href="{ROW[0]}">公共算力平台配额…</a><span>{ROW[2]}</span></li>' + row(*PINNED)),
    "dates of rows move": listing((ROW[0], ROW[1], "2026-04-21"), (PINNED[0], PINNED[1], "2026-04-21")),
    "links become https://": listing((DOC, ROW[1], ROW[2]), (f"{LIST}0.html", PINNED[1], PINNED[2])),
    "links become http://": listing((DOC.replace("https", "http"), ROW[1], ROW[2]), PINNED),
    "links without scheme": listing((DOC.removeprefix("https:"), ROW[1], ROW[2]), PINNED),
    "?t= cache busters in links": listing((f"{ROW[0]}?t=1776729600", ROW[1], ROW[2]), PINNED),
    "a row fell off the end": listing(ROW),
    "rows twice on the page": listing(ROW, PINNED, ROW, PINNED),
    "a box of readings in a row changes": raw(
        row(*ROW, '<div class="popbox"><a href="./jd/9.html" title="一图读懂">一图读懂配额办法</a></div>')
        + row(*PINNED)
    ),
    "spacer rows without a link": raw(
        row(*ROW) + '<li class="empty"></li><li><span>2026-04-21</span></li>' + row(*PINNED)
    ),
    "commented-out rows": raw(f"<!-- {row(*NEW)} -->{row(*ROW)}{row(*PINNED)}"),
    "a new link outside the rows": listing(ROW, PINNED).replace(
        b"</body>", f'<ul class="links">{row(*NEW)}</ul></body>'.encode()
    ),
    "anchors and script links": listing(
        ("#top", "回到顶部", ""), ("javascript:void(0)", "下一页更多", ""), ROW, PINNED
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_a_list_that_shows_nothing_new_is_quiet(world: World, name: str) -> None:
    of = source()
    put_documents(world)
    world.site.put(LIST, listing(ROW, PINNED))
    assert kinds(world.crawl(of)) == ["new", "new"]
    assert then(world, of, QUIET[name]) == []
    assert world.archive.documents.counts() | {"documents": 2, "versions": 2} == world.archive.documents.counts()


NEW_ROWS = {
    "at the top": listing(NEW, ROW),
    "at the end": listing(ROW, NEW),
    "below pinned rows": listing(PINNED, ROW, NEW),
    "with an old date": listing(ROW, (NEW[0], NEW[1], "2020-05-01")),
    "without a date": raw(row(*ROW) + f'<li><a href="{NEW[0]}" title="{NEW[1]}">{NEW[1]}</a></li>'),
    "without quotes": raw(
        row(*ROW) + f"<li><a href={NEW[0]} title={NEW[1]} target=_blank>{NEW[1]}</a><span>{NEW[2]}</span></li>"
    ),
    "protocol-relative": listing(ROW, (f"//www.example.gov.cn/tz/{NEW[0][2:]}", NEW[1], NEW[2])),
    "by way of ../": listing(ROW, (f"../tz/{NEW[0][2:]}", NEW[1], NEW[2])),
    "as http://": listing(ROW, (f"http://www.example.gov.cn/tz/{NEW[0][2:]}", NEW[1], NEW[2])),
    "with the title in an attribute": raw(
        row(*ROW) + f'<li><a href="{NEW[0]}" title="{NEW[1]}">算力券…</a><span>{NEW[2]}</span></li>'
    ),
}


@pytest.mark.parametrize("name", NEW_ROWS)
def test_a_new_row_is_a_new_document(world: World, name: str) -> None:
    of = start(world)
    told = then(world, of, NEW_ROWS[name])
    assert f"{LIST}2.html" in {e["url"].replace("http://", "https://") for e in told}
    assert {e["event"] for e in told} == {"new"}
    assert {e["title"] for e in told} <= {NEW[1], PINNED[1]}


def test_rows_that_repeat_over_pages_are_read_once(world: World) -> None:
    of = source(list=source().list.model_dump(exclude_none=True) | {"next": "index_{n}.html", "pages": 3})
    put_documents(world)
    world.site.put(LIST, listing(ROW, NEW))
    world.site.put(f"{LIST}index_1.html", listing(NEW, ROW))
    world.site.put(f"{LIST}index_2.html", listing(NEW, PINNED))
    assert kinds(world.crawl(of)) == ["new"] * 3
    assert world.runs[0].listed == 3
    assert world.site.paths().count("/tz/2.html") == 1


def test_rows_inside_a_comment_are_no_rows(world: World) -> None:
    of = start(world)
    told = then(world, of, raw(f"<!-- {row(*ROW)}{row(*NEW)} -->"))
    assert kinds(told) in (["problem redesigned"], ["problem empty"])


def test_decoys_are_not_followed(world: World) -> None:
    items = '//ul[contains(@class,"u-list")]/li[not(.//i[contains(@class,"flag") and not(normalize-space())])]'
    of = start(world, list=source().list.model_dump(exclude_none=True) | {"items": items})
    assert then(world, of, raw(row(*ROW) + f'<li><i class="flag"></i>{row(*NEW)[4:]}')) == []


TROUBLES = {
    "empty": (b"", "empty"),
    "without rows": (raw("") + "政务公开 ".encode() * 90, "redesigned"),
    "blocked with 200": ("<html><body><p>访问过于频繁，请稍后再试</p></body></html>".encode(), "blocked"),
    "blocked with 403": (403, "blocked"),
    "429 with Retry-After": (Reply(b"", 429, {"Retry-After": "3600"}), "blocked"),
    "412 challenge": (Reply(b'<script r="m">$_ts=window["$_ts"];</script>', 412), "blocked"),
    "redirect stub": (b'<script>window.location.href="https://www.example.gov.cn/search/"</script>', "blocked"),
    "503": (503, "http"),
    "moved to another host": (Reply(status=301, headers={"Location": "https://new.example.gov.cn/tz/"}), "http"),
    "404": (404, "http"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_list_in_trouble_is_one_problem_then_over(world: World, name: str) -> None:
    of = start(world)
    answer, problem = TROUBLES[name]
    assert kinds(then(world, of, answer)) == [f"problem {problem}"]
    assert then(world, of, answer) == []
    assert kinds(then(world, of, listing(ROW, NEW))) in (
        ["new", f"recovered {problem}"],
        [f"recovered {problem}", "new"],
    )
    assert world.archive.documents.counts()["versions"] == 2


def test_retry_after_is_not_asked_again_in_the_same_run(world: World) -> None:
    of = start(world)
    world.site.asked.clear()
    then(world, of, Reply(b"", 429, {"Retry-After": "3600"}))
    assert world.site.paths().count("/tz/") == 1
    assert len(world.site.paths()) <= 3  # one more may have been on its way


def test_robots_that_turn_403_stop_everything_and_change_nothing(world: World) -> None:
    of = start(world)
    world.site.put(f"{HOME}/robots.txt", 403)
    world.site.asked.clear()
    assert kinds(then(world, of, listing(ROW, NEW))) == ["problem robots"]
    assert world.site.paths() == ["/robots.txt"]
    world.site.put(f"{HOME}/robots.txt", 404)
    assert sorted(kinds(then(world, of, listing(ROW, NEW)))) == ["new", "recovered robots"]


def feed(*rows: tuple[str, str, str], **more: object) -> Reply:
    """A JSON feed as www.gov.cn writes it."""
    listed = [{"URL": DOC.replace("1.html", f"{u}.html"), "TITLE": t, "DOCRELPUBTIME": d} for u, t, d in rows]
    return Reply(json.dumps({"rows": listed} | more, ensure_ascii=False).encode(), headers=JSON)


def of_feed(**changes: Any) -> Source:
    told = {"items": "rows", "link": "URL", "title": "TITLE", "date": "DOCRELPUBTIME"} | changes
    return source(kind="feed", urls=[FEED], list=told)


def test_a_feed_that_rolls_on_loses_no_document(world: World) -> None:
    of = of_feed()
    put_documents(world)
    world.site.put(FEED, feed(("1", TITLE, "2026-04-18"), ("0", PINNED[1], "2024-01-01")))
    assert kinds(world.crawl(of)) == ["new", "new"]
    assert kinds(then(world, of, feed(("2", NEW[1], NEW[2]), ("1", TITLE, "2026-04-18")), at=FEED)) == ["new"]
    world.site.put(f"{LIST}0.html", document(PINNED[1], SENTENCES[3:]))
    told = world.crawl(of)
    assert [(e["event"], e["url"]) for e in told] == [("amended", f"{LIST}0.html")]


def test_counts_and_addresses_echoed_in_a_feed_are_nothing(world: World) -> None:
    of = of_feed()
    put_documents(world)
    world.site.put(FEED, feed(("1", TITLE, "2026-04-18"), paramsVO={"ip": "198.51.100.7"}, total=90))
    assert kinds(world.crawl(of)) == ["new"]
    assert then(world, of, feed(("1", TITLE, "2026-04-18"), paramsVO={"ip": "203.0.113.9"}, total=91), at=FEED) == []


@pytest.mark.parametrize(
    ("form", "stamp"), [("epoch_s", 1_776_477_600), ("epoch_ms", 1_776_477_600_000), ("%Y%m%d%H%M%S", "20260418100000")]
)
def test_dates_of_feeds_in_other_forms(world: World, form: str, stamp: object) -> None:
    bare = document(TITLE).replace(b'<meta name="PubDate" content="2026-04-18">', b"")
    world.site.put(DOC, bare)
    world.site.put(
        FEED, Reply(json.dumps({"rows": [{"URL": DOC, "TITLE": TITLE, "DOCRELPUBTIME": stamp}]}).encode(), headers=JSON)
    )
    assert kinds(world.crawl(of_feed(date_format=form))) == ["new"]
    latest = world.archive.documents.latest(document_id(DOC))
    assert latest is not None
    assert latest.reading.published == date(2026, 4, 18)


def file(text: str) -> Reply:
    return Reply(chinese_pdf([[(72, 700, text)]]), headers={"Content-Type": "application/pdf"})


def test_a_row_that_is_a_pdf_and_is_swapped(world: World) -> None:
    of = source()
    world.site.put(LIST, listing(("./a.pdf", "算力配额表", "2026-04-18")))
    world.site.put(f"{LIST}a.pdf", file("各地每月配额为一千万词元"))
    assert [(e["event"], e["title"]) for e in world.crawl(of)] == [("new", "算力配额表")]
    assert world.crawl(of) == []
    world.site.put(f"{LIST}a.pdf", file("各地每月配额为八百万词元"))
    assert kinds(world.crawl(of)) == ["amended"]


def test_a_304_that_lies_is_found_out_within_eight_days(world: World) -> None:
    mark = {"ETag": '"same"'}
    of = start(world, Reply(document(TITLE), headers=mark))
    edited = tuple(s.replace("五年", "三年") for s in SENTENCES)
    world.site.put(DOC, Reply(document(TITLE, edited), headers=mark))
    assert [kinds(world.crawl(of)) for _ in range(8)].count(["amended"]) == 1


def test_the_date_of_the_page_counts_before_that_of_the_row(world: World) -> None:
    world.site.put(LIST, listing((ROW[0], ROW[1], "2026-04-16")))
    world.site.put(DOC, document(TITLE))
    world.crawl(source())
    latest = world.archive.documents.latest(document_id(DOC))
    assert latest is not None
    assert latest.reading.published == date(2026, 4, 18)


def test_two_looks_an_hour_apart_ask_for_the_list_alone(world: World) -> None:
    of = start(world)
    world.site.asked.clear()
    assert world.crawl(of, after=timedelta(hours=1)) == []
    assert world.site.paths() == ["/robots.txt", "/tz/"]
