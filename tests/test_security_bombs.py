"""Answers made to hurt, sent by a real server to a real crawl: each is one problem of its source and nothing more."""

from __future__ import annotations

import bz2
import gzip
import resource
import time
import zlib
from collections.abc import Callable

import pytest

from crawlers import syndication
from crawlers.reading import read, read_json, selectors_of
from tests.crawled import DOC, LIST, ROW, Reply, World, document, kinds, listing, source, world

__all__ = ["world"]

brotli = pytest.importorskip("brotli", reason="Scrapy takes br only where this package is installed")

ZEROS = bytes(200 << 20)
SECONDS = 20.0
"""What a hostile answer may cost on a busy machine; the slowest took 2 s alone on one core."""
MEGABYTES = 400
"""By how much the peak of the process may grow over one answer; pages of up to 32 MiB are held two or three times."""


def packed(name: str, body: bytes) -> Reply:
    return Reply(body, headers={"Content-Encoding": name})


def twice() -> bytes:
    return gzip.compress(gzip.compress(ZEROS))


BOMBS: dict[str, Callable[[], Reply]] = {
    "gzip": lambda: packed("gzip", gzip.compress(ZEROS)),
    "x-gzip": lambda: packed("x-gzip", gzip.compress(ZEROS)),
    "deflate": lambda: packed("deflate", zlib.compress(ZEROS)),
    "raw deflate": lambda: packed("deflate", zlib.compress(ZEROS)[2:-4]),
    "brotli": lambda: packed("br", brotli.compress(ZEROS, quality=1)),
    "gzip in gzip": lambda: packed("gzip, gzip", twice()),
    "broken gzip": lambda: packed("gzip", gzip.compress(ZEROS)[:2000] + b"\0\0rest"),
    "rubbish gzip": lambda: packed("gzip", b"\x1f\x8b" + bytes(range(256)) * 40),
    "rubbish brotli": lambda: packed("br", bytes(range(256)) * 40),
    "50 MB of markup": lambda: Reply(b"<html><body>" + b"<p>x</p>" * (50 << 17)),
    "28 MB of markup": lambda: Reply(document(ROW[1])[:-20] + b"<p>xy</p>" * (3 << 20)),
    "null bytes": lambda: Reply(b"\0" * 5000 + document(ROW[1])),
    "a zip that calls itself a page": lambda: Reply(b"PK\x03\x04" + bz2.compress(ZEROS)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_at_most_a_problem_and_costs_little(world: World, name: str) -> None:
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, BOMBS[name]())
    before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    told = kinds(world.crawl(source()))
    assert time.process_time() - begin < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES << 10
    assert all(one.startswith("problem") for one in told) or not told or name.startswith("a zip"), told
    world.site.put(DOC, document(ROW[1]))
    assert "new" in kinds(world.crawl(source(), recheck=True)) or name.startswith("a zip"), "it is well again"


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "svg", "a href=x", "font"])
def test_200_000_nested_tags_cost_seconds_at_most_and_lose_no_other_document(world: World, tag: str) -> None:
    world.site.put(LIST, listing(ROW, ("./2.html", "公共算力平台收费办法", "2026-04-18")))
    world.site.put(DOC, document(ROW[1])[:-20] + f"<{tag}>".encode() * 200_000)
    world.site.put(f"{LIST}2.html", document("公共算力平台收费办法"))
    begin = time.process_time()
    told = kinds(world.crawl(source()))
    assert time.process_time() - begin < SECONDS
    assert "new" in told and len(world.archive.documents.ids()) >= 1


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = (
    f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY x SYSTEM "file:///etc/passwd">'
    '<!ENTITY % p SYSTEM "http://127.0.0.1:1/evil.dtd"> %p;]>'
)


@pytest.mark.parametrize("root", ["rss", "feed"])
@pytest.mark.parametrize("entity", ["&l9;", "&x;", "&l1;&x;"])
def test_entities_of_a_feed_are_neither_expanded_nor_fetched(root: str, entity: str) -> None:
    item = "item" if root == "rss" else "entry"
    page = f"<?xml version='1.0'?>{ENTITIES}<{root}><{item}><title>t{entity}</title><link>/a</link></{item}></{root}>"
    begin = time.process_time()
    rows = syndication.rows(page.encode(), "https://www.example.gov.cn/")
    assert time.process_time() - begin < 1
    assert all(len(row.title) < 100 and "root:" not in row.title for row in rows)


@pytest.mark.parametrize("entity", ["&l9;", "&x;"])
def test_entities_of_a_page_are_neither_expanded_nor_fetched(entity: str) -> None:
    page = f"<?xml version='1.0'?>{ENTITIES}<html><body><div id=zoom><p>第一条 {entity}</p></div></body></html>"
    begin = time.process_time()
    reading = read(page.encode(), "https://www.example.gov.cn/1.html")
    assert time.process_time() - begin < 2
    assert len(reading.text) < 2000 and "root:" not in reading.text


NESTED = {
    "arrays": b'{"data":' + b"[" * 500_000,
    "objects": b'{"data":' + b'{"a":' * 200_000,
    "closed arrays": b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number of 100,000 digits": b'{"data":[{"url":"/1","title":' + b"9" * 100_000 + b"}]}",
    "numbers that are none": b'{"data":[{"url":"/1","title":"t","date":1e999,"time":NaN,"pubDate":-Infinity}]}',
    "half a pair": rb'{"data":[{"title":"\ud800","url":"/1"}]}',
    "a key of a megabyte": b'{"' + b"k" * (1 << 20) + b'":1}',
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("form", [None, "epoch_s", "epoch_ms"])
def test_json_made_to_hurt_is_read_in_time(name: str, form: str | None) -> None:
    of = source(kind="api", list={"items": "data", **({"date_format": form} if form else {})}, detail={})
    begin = time.process_time()
    read_json(NESTED[name], "https://www.example.gov.cn/", selectors=selectors_of(of))
    assert time.process_time() - begin < 3
