"""Answers that end before the length they announced, because the connection was closed half way: never a change."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from crawlers.scrapy_settings import RETRIES
from index.identity import document_id
from tests.attached import chinese_pdf
from tests.crawled import DOC, LIST, ROW, TITLE, Reply, World, again, document, kinds, listing, source, start, world

__all__ = ["world"]
SECOND = ("./2.html", "算力券发放办法", "2026-04-19")


@dataclass(frozen=True)
class Cut:
    """How much of an answer comes before the site closes the connection."""

    part: float

    def __call__(self, body: bytes, kind: str = "text/html") -> Reply:
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
        return Reply(body[: int(len(body) * self.part)], headers=headers)


PARTS = pytest.mark.parametrize("cut", [Cut(0), Cut(0.5), Cut(0.99)], ids=["nothing", "half", "nearly-all"])


def versions(world: World, url: str = DOC) -> int:
    return len(world.archive.documents.versions(document_id(url)))


@PARTS
def test_a_known_document_cut_short_is_a_problem_and_no_version(world: World, cut: Cut) -> None:
    of = start(world)
    before = len(world.site.asked)
    (event,) = again(world, of, cut(document(TITLE)))
    assert (event["event"], event["problem"]) == ("problem", "http")
    assert versions(world) == 1
    assert [p for _, p, _ in world.site.asked[before:]].count(DOC.removeprefix("https://")) == 1 + RETRIES
    assert kinds(again(world, of, document(TITLE))) == ["recovered http"]
    assert versions(world) == 1


@PARTS
def test_an_edit_cut_short_is_told_when_the_whole_page_comes(world: World, cut: Cut) -> None:
    of = start(world)
    edited = document(TITLE, ("第一条 公共算力平台每月提供免费配额800万tokens，超出部分按照公布的价格计费。",))
    assert kinds(again(world, of, cut(edited))) == ["problem http"]
    assert versions(world) == 1
    assert sorted(kinds(again(world, of, edited))) == ["amended", "recovered http"]
    assert versions(world) == 2


@PARTS
def test_a_new_document_cut_short_is_not_new_yet(world: World, cut: Cut) -> None:
    of = source()
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, cut(document(TITLE)))
    assert kinds(world.crawl(of)) == ["problem http"]
    assert world.archive.documents.counts()["documents"] == 0
    assert sorted(kinds(again(world, of, document(TITLE)))) == ["new", "recovered http"]


@PARTS
def test_a_list_cut_short_takes_nothing_away_and_brings_nothing(world: World, cut: Cut) -> None:
    of = start(world)
    longer = listing(SECOND, ROW)
    world.site.put(f"{LIST}2.html", document(SECOND[1]))
    world.site.put(LIST, cut(longer))
    assert kinds(world.crawl(of)) == ["problem http"]
    assert versions(world) == 1
    world.site.put(LIST, longer)
    assert sorted(kinds(world.crawl(of))) == ["new", "recovered http"]


@PARTS
def test_a_file_cut_short_is_no_swapped_file(world: World, cut: Cut) -> None:
    pdf = chinese_pdf([[(72, 700, "附表：免费配额每月1000万tokens")]])
    kind = "application/pdf"
    world.site.put(f"{LIST}f.pdf", Reply(pdf, headers={"Content-Type": kind}))
    page = document(TITLE).replace(b"</p></div>", "</p><p><a href='f.pdf'>附表</a></p></div>".encode())
    of = start(world, page)
    latest = world.archive.documents.latest(document_id(DOC))
    assert latest is not None
    assert "每月1000万tokens" in latest.reading.text
    world.site.put(f"{LIST}f.pdf", cut(pdf, kind))
    assert kinds(world.crawl(of)) == ["problem http"]
    assert versions(world) == 1
    world.site.put(f"{LIST}f.pdf", Reply(pdf, headers={"Content-Type": kind}))
    assert kinds(world.crawl(of)) == ["recovered http"]
    assert versions(world) == 1


def test_a_page_whose_length_was_understated_is_read_as_announced(world: World) -> None:
    """What follows the announced length is no part of the answer; what is left of the page breaks off."""
    of = start(world)
    page = document(TITLE)
    short = Reply(page, headers={"Content-Length": str(len(page) // 2), "Connection": "close"})
    told = again(world, of, short)
    assert [e["event"] for e in told] == ["problem"]
    assert versions(world) == 1
