"""What the fuzzers and the probes found: addresses, dates and markup that once ended a crawl."""

from __future__ import annotations

import bz2
import gzip
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.cli import vedette
from agent.keeping import BackupProblem, restore
from classify.facts import facts
from config.declaration import DeclarationError
from config.declarations import check
from crawlers import syndication
from crawlers.asking import is_wanted
from crawlers.reading import read
from digests.channels import webhook
from index.archive.archive import Archive
from index.diff_view import visible
from index.identity import doc_number
from index.ingest import Visit, record
from index.records import Page, Problem, Row
from tests.crawled import DOC, LIST, ROW, Reply, World, document, kinds, listing, source, world
from tests.fuzzed import SOURCE

__all__ = ["world"]

ITEM = "<item><title>{}</title><link>{}</link><pubDate>{}</pubDate></item>"
GOOD = ITEM.format("算力办法", "/tz/1.html", "Sat, 18 Apr 2026 00:00:00 +0800")
HURT = {
    "an address that is none": ITEM.format("a", "http://[x", ""),
    "a port that is none": ITEM.format("a", "http://www.example.gov.cn:99999/", ""),
    "a script": ITEM.format("a", "javascript:alert(1)", ""),
    "a day after all days": ITEM.format("a", "/tz/2.html", "Fri, 31 Dec 9999 23:59:59 -0900"),
    "a day before all days": ITEM.format("a", "/tz/2.html", "Mon, 01 Jan 0001 00:00:00 +2359"),
    "no title": "<item><link>/tz/2.html</link></item>",
}
JSON_ROWS = rb'{"data":[{"url":"/tz/1\ud800.html","t":"ab"},{"url":"/tz/1.html","t":"\u529e\u6cd5"}]}'


@pytest.mark.parametrize("name", HURT)
def test_a_hostile_item_costs_no_other_item(world: World, name: str) -> None:
    page = f"<rss><channel>{HURT[name]}{GOOD}</channel></rss>".encode()
    world.site.put(LIST, Reply(page, headers={"Content-Type": "application/rss+xml"}))
    world.site.put(DOC, document(ROW[1]))
    of = source(kind="feed", list={}, expect={"items": [0, 60]})
    assert "new" in kinds(world.crawl(of))


@pytest.mark.parametrize("page", [b"\0" * 100, b"<rss>\0\0", b"<", b"", b"\xff\xfe<rss>", b"<rss", b"<?xml"])
def test_what_is_no_xml_has_no_rows(page: bytes) -> None:
    assert syndication.rows(page, LIST) == ()


def test_half_a_pair_in_an_address_costs_only_its_row(world: World) -> None:
    world.site.put(LIST, Reply(JSON_ROWS, headers={"Content-Type": "application/json"}))
    world.site.put(DOC, document(ROW[1]))
    of = {"kind": "api", "list": {"items": "data", "link": "url", "title": "t"}, "expect": {"items": [0, 60]}}
    assert kinds(world.crawl(source(**of))) == ["new"]
    of["detail_url"] = "https://www.example.gov.cn{url}"
    world.crawl(source(**of))


def test_deep_markup_that_the_second_parser_refuses_is_read_by_the_third() -> None:
    page = "<html><body><div id=zoom>" + "<font><![DATA[ x ]]>第一条 制定本办法。<p>" * 300
    assert "第一条" in read(page.encode(), DOC).text


def test_a_location_drives_no_terminal(world: World, tmp_path: Path) -> None:
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, Reply(b"", 302, {"Location": "http://x\x1b]8;;http://evil.example\x07\x1b[2J\x9b/"}))
    (event,) = world.crawl(source())
    assert event["event"] == "problem" and "\x1b" not in event["message"] and "\x9b" not in event["message"]


def test_problems_are_printed_as_text(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        message = "0 rows \x1b]0;owned\x07[link=http://evil.example]x[/link][bold]"
        archive.health.open(Problem("ndrc_tz", "redesigned", message, LIST, datetime(2026, 4, 20, tzinfo=UTC)))
    shown = CliRunner().invoke(vedette, ["--home", str(tmp_path), "sources"], color=True, env={"COLUMNS": "400"}).output
    assert not {char for char in shown if not char.isprintable()} - {"\n"}
    assert "[link=http://evil.example]x[/link][bold]" in shown


@pytest.mark.parametrize("host", ["[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[fec0::1]", "[x"])
def test_no_wrapped_address_is_reached_by_a_webhook(host: str) -> None:
    assert webhook.push(f"https://{host}/", b"{}", {"webhook-timestamp": "1"}, ()).kind == "never"


def test_a_pattern_that_may_run_for_ever_is_a_fault_of_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "mine.yml").write_text(SOURCE.replace("算力|词元", "(a+)+$"), "utf-8")
    (fault,) = check(tmp_path)
    assert isinstance(fault, DeclarationError) and "include" in fault.key and "for ever" in str(fault)


def test_an_endless_title_is_matched_in_time() -> None:
    row = Row(LIST + "a" * 5_000_000, "a" * 5_000_000)
    assert not is_wanted(row, source(list={"include": "a+.*Q"}))


def test_halves_of_pairs_are_made_visible() -> None:
    assert visible("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize("body", [b"\x1f\x8b\x08rest", gzip.compress(bytes(100 << 20)), bz2.compress(bytes(1 << 20))])
def test_a_compressed_backup_is_not_unpacked(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(body)
    with pytest.raises(BackupProblem):
        restore(tmp_path / "x.tar", tmp_path / "home")


@pytest.mark.parametrize("digit", ["9", "９", "〇", "一", "九", "十", "九亿", "1,", "٣"])
def test_numbers_without_end_are_read_over(tmp_path: Path, digit: str) -> None:
    run = digit * 5000
    text = f"国办发〔2026〕{run}号\n第{run}条 每月{run}tokens，价格{run}元。\n（{run}）自{run}年1月1日起施行。"
    page = f"<title>第{run}号令</title><div id=zoom><p>" + text.replace("\n", "</p><p>") + "</p></div>"
    reading = read(page.encode(), DOC)
    begin = time.process_time()
    assert (doc_number(text) or "").count(digit) < 50 and facts(text) is not None
    later = replace(reading, text=f"{text}\n{run}、又一条。")
    with Archive(tmp_path) as archive:
        for one in (reading, later):
            at = datetime(2026, 4, 20, tzinfo=UTC)
            assert record(archive, Page(DOC, "s", at, 200, {}, one.text.encode(), DOC), one, Visit("s", "1"))
    assert time.process_time() - begin < 20
