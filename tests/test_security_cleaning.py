"""Halves of surrogate pairs and control characters of publishers: they enter neither archive nor terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive.archive import Archive
from index.cleaning import clean_page, clean_reading, clean_text
from index.ingest import Visit, follow, reads_the_same, record
from index.records import Attachment, Page, Reading, Row
from tests.crawled import DOC, LIST, Reply, World, document, kinds, source, world

__all__ = ["world"]

DIRTY = "价\ud800格\x1b[31m\x9b公\x00告\x7f"
CLEAN = "价\ufffd格[31m公告"
NOW = datetime(2026, 4, 20, tzinfo=UTC)
EVIL = Reading(
    url="https://www.example.gov.cn/\x1b1.html",
    title=DIRTY,
    text=f"第一条 {DIRTY}\n第二条\t制定本办法。",
    issuer=DIRTY,
    doc_number=DIRTY,
    index_number=DIRTY,
    attachments=(Attachment("https://www.example.gov.cn/\ud800.pdf", DIRTY),),
    items=(Row("https://www.example.gov.cn/\x1b", DIRTY),),
)

# what a JSON answer can spell: rows with halves of pairs, with escape sequences, with both
ROWS = rb'{"data":[{"url":"/tz/1.html","t":"a\ud800b\u001b]8;;http://evil.example\u0007\u009b"}]}'


def page(url: str, reading: Reading) -> Page:
    return Page(url, "s", NOW, 200, {"etag": "\x1b\ud800"}, reading.title.encode("utf-8", "replace"), url)


def test_every_text_of_a_reading_is_cleaned() -> None:
    cleaned = clean_reading(EVIL)
    assert (cleaned.title, cleaned.issuer, cleaned.doc_number, cleaned.index_number) == (CLEAN,) * 4
    assert cleaned.text == f"第一条 {CLEAN}\n第二条\t制定本办法。"
    assert cleaned.attachments[0].name == cleaned.items[0].title == CLEAN
    assert "\ud800" not in repr(cleaned) and "\\ud800" not in ascii(cleaned) and "\\x1b" not in ascii(cleaned)
    assert clean_reading(cleaned) is cleaned


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_cleaned_text_can_be_written_and_drives_no_terminal(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode()
    assert not {c for c in cleaned if ord(c) < 32 or 127 <= ord(c) < 160} - {"\n", "\t"}
    assert clean_text(cleaned) == cleaned


def test_a_dirty_reading_is_archived_clean_and_once(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        visit = Visit("s", "1")
        first = record(archive, page("https://www.example.gov.cn/1.html", EVIL), EVIL, visit)
        assert first is not None and first.kind == "new"
        kept = archive.documents.latest(first.document)
        assert kept is not None and kept.reading == replace(clean_reading(EVIL), items=kept.reading.items)
        assert record(archive, page("https://www.example.gov.cn/1.html", EVIL), EVIL, visit) is None
        assert reads_the_same(kept.reading, EVIL)


def test_an_address_of_half_a_pair_is_archived(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        dirty = page("https://www.example.gov.cn/\ud800.html", EVIL)
        assert clean_page(dirty).url == "https://www.example.gov.cn/\ufffd.html"
        assert record(archive, dirty, EVIL, Visit("s", "1")) is not None
        assert [one.kind for one in follow(archive, dirty, EVIL, Visit("s", "1"))] == []


def test_a_crawl_of_a_dirty_feed_archives_it_clean(world: World) -> None:
    json.loads(ROWS)
    of = source(kind="api", list={"items": "data", "link": "url", "title": "t"}, expect={"items": [0, 60]}, detail={})
    world.site.put(LIST, Reply(ROWS, headers={"Content-Type": "application/json"}))
    world.site.put(DOC, document("").replace(b"<title></title>", b"").replace(b"<h1></h1>", b""))
    assert kinds(world.crawl(of)) == ["new"]
    (name,) = world.archive.documents.ids()
    version = world.archive.documents.latest(name)
    assert version is not None and version.reading.title == "a\ufffdb]8;;http://evil.example"
    assert kinds(world.crawl(of)) == []
