"""Pages as each platform family builds them, with the reading expected of each.

`page.html` or `page.json` has the family's structure and text of our own, `meta.json` its address, `expected.json` the
reading. With `"as": "list"` or `"document"` the page is read as its source declares, and `expected.json` was written by
`tests.replica_sources` from what the page was made of; without, it is read without selectors, and a missing
`expected.json` is written and the test fails: review it, then run again.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from config import declarations
from config.source import Source
from crawlers import asking
from crawlers.answers import Answer, Gone, document_in, is_own, rows_in
from crawlers.faults import Fault
from crawlers.reading import read, selectors_of
from index.archive.archive import Archive
from index.identity import document_id
from index.records import Reading
from tests.crawled import Reply, Site, World, kinds, serve
from tests.replica_sources import NOW, REPLICAS

CASES = sorted((Path(__file__).parent / "cases").glob("*/*/page.*"))
META = {page: json.loads(page.with_name("meta.json").read_text("utf-8")) for page in CASES}
FREE = [page for page in CASES if "as" not in META[page]]
DECLARED = [page for page in CASES if "as" in META[page]]
SOURCES = declarations.load().sources
UNKNOWN = {
    "ctyun_docs": "only the form of its addresses is recorded",
    "npc_flk": "robots.txt and its terms forbid all; nothing is recorded of its pages",
}
"""Sources without a case, and why; none of them is visited."""


def named(page: Path) -> str:
    """A case as pytest shows it."""
    return f"{page.parent.parent.name}-{page.parent.name}"


def in_full(reading: Reading) -> dict[str, Any]:
    """Every field of a reading that says something; text as a list of lines."""
    found = {key: value for key, value in dataclasses.asdict(reading).items() if value}
    found["text"] = reading.text.split("\n") if reading.text else []
    return json.loads(json.dumps(found, default=date.isoformat))  # type: ignore[no-any-return]  # JSON has no types


@pytest.mark.parametrize("page", FREE, ids=named)
def test_reads_as_expected(page: Path) -> None:
    got = in_full(read(page.read_bytes(), META[page]["url"]))
    expected = page.with_name("expected.json")
    if not expected.exists():
        expected.write_text(json.dumps(got, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pytest.fail(f"wrote {expected}: review it, then run again")
    assert got == json.loads(expected.read_text("utf-8"))


def test_there_are_cases_of_lists_and_of_documents() -> None:
    readings = [json.loads(page.with_name("expected.json").read_text("utf-8")) for page in FREE]
    assert sum("items" in r for r in readings) >= 8
    assert sum(bool(r["text"]) for r in readings) >= 12


def answer(url: str, body: bytes) -> Answer:
    """An answer without anything in its headers to help."""
    kind = "application/json" if body.lstrip()[:1] in {b"{", b"["} else "text/html"
    return Answer(url, url, 200, {"content-type": kind}, body)


def as_declared(source: Source, how: str, url: str, body: bytes) -> dict[str, Any]:
    """What the crawler reads on a page of a source, in the words of `expected.json`."""
    selectors = selectors_of(source)
    if how == "list":
        rows = rows_in(answer(url, body), replace(selectors, body=None, title=None), source)
        assert not isinstance(rows, Fault), rows
        return {"url": url, "items": [dataclasses.asdict(r) | {"date": r.date and r.date.isoformat()} for r in rows]}
    found = document_in(answer(url, body), replace(selectors, items=None, fragment=None), source)
    assert not isinstance(found, Gone)
    if isinstance(found, Fault):
        return {"url": url, "fault": found.kind}
    return {
        "url": url,
        "title": found.title,
        "published": found.published and found.published.isoformat(),
        "doc_number": found.doc_number,
        "attachments": sorted(a.url for a in found.attachments),
        "text": found.text.split("\n"),
    }


@pytest.mark.parametrize("page", DECLARED, ids=named)
def test_reads_as_declared(page: Path) -> None:
    source, meta = SOURCES[page.parent.parent.name], META[page]
    expected: Mapping[str, Any] = json.loads(page.with_name("expected.json").read_text("utf-8"))
    assert as_declared(source, meta["as"], meta["url"], page.read_bytes()) == expected


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_each_source_has_a_case(name: str) -> None:
    source = SOURCES[name]
    own = [page for page in DECLARED if page.parent.parent.name == name]
    if name in UNKNOWN:
        assert not source.enabled
        assert source.missing
        return
    kinds = {META[page]["as"] for page in own}
    if source.enabled:
        assert "document" in kinds if source.kind == "page" else "list" in kinds
        assert "document" in kinds or not source.detail.body, "a body is declared and no document shows it"
    assert own or any(page.parent.parent.name == name for page in FREE)


@pytest.mark.parametrize("page", [p for p in DECLARED if META[p]["as"] == "list"], ids=named)
def test_what_is_listed_would_be_followed(page: Path) -> None:
    source = SOURCES[page.parent.parent.name]
    rows = json.loads(page.with_name("expected.json").read_text("utf-8"))["items"]
    assert META[page]["url"] in {request.url for request in asking.list_requests(source, NOW)}
    assert all(is_own(urlsplit(row["url"]).hostname or "", source) for row in rows)
    assert source.expect.items[0] <= len(rows) <= source.expect.items[1]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    server = serve(site := Site())
    with Archive(tmp_path) as archive:
        yield World(site, archive, server.server_port, now=NOW, mirror=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def put(world: World, source: Source, page: Path) -> None:
    """Serve a case at its address."""
    url, body = META[page]["url"], page.read_bytes()
    if META[page]["as"] == "document" and source.detail_method == "POST":
        url = url.partition("?")[0]
    world.site.put(url, Reply(body, headers={"Content-Type": answer(url, body).headers["content-type"]}))


@pytest.mark.parametrize("name", sorted(n for n, s in SOURCES.items() if s.enabled))
def test_a_crawl_of_its_replica_brings_its_document(world: World, name: str) -> None:
    """The declared requests, followed to the archive: all but the first row lead nowhere, other lists are not there."""
    source = SOURCES[name]
    pages = {META[p]["as"]: p for p in DECLARED if p.parent.parent.name == name}
    for page in pages.values():
        put(world, source, page)
    quick = source.model_copy(update={"delay": 0.0, "urls": source.urls[:1], "expect": source.expect})
    told = world.crawl(quick)
    if "document" not in pages:
        assert world.runs[0].listed == len(
            json.loads(pages["list"].with_name("expected.json").read_text("utf-8"))["items"]
        )
        return
    expected = json.loads(pages["document"].with_name("expected.json").read_text("utf-8"))
    if "fault" in expected:
        assert kinds(told) == [f"problem {expected['fault']}"]
        return
    assert [e["problem"] for e in told if e["problem"]] in ([], ["http"])  # the other rows lead nowhere
    event = next(e for e in told if e["event"] == "new" and e["url"] == expected["url"])
    assert event["title"]
    latest = world.archive.documents.latest(document_id(event["url"]))
    assert latest is not None
    assert latest.reading.text.split("\n")[: len(expected["text"])] == expected["text"]  # then what its files hold
    if "list" in pages and not expected["published"]:  # then the day is that of the list
        rows = json.loads(pages["list"].with_name("expected.json").read_text("utf-8"))["items"]
        (day,) = {row["date"] for row in rows if row["url"] == expected["url"]}
        assert (latest.reading.published and latest.reading.published.isoformat()) == day


@pytest.mark.shared
def test_saved_pages_of_declared_hosts_are_read_as_declared(shared: Path) -> None:
    """Real pages through the selectors of the source of their host: the gold title, and the gold rows of lists."""
    folder = shared / "sites"
    read_documents = read_lists = 0
    for gold in map(json.loads, (folder / "gold_detail.jsonl").read_text("utf-8").splitlines()):
        source = of_host(gold["url"] or "")
        if source and source.detail.body and "json" not in gold["file"]:
            got = as_declared(source, "document", gold["url"], (folder / "html" / gold["file"]).read_bytes())
            text = "".join("".join(got["text"]).split())
            assert gold["body_start"] in text, gold["file"]
            assert not [words for words in gold["must_not_contain"] if words in text], gold["file"]
            assert set(got["attachments"]) >= set(gold["attachments"]), gold["file"]
            assert got["published"] == gold["published"], gold["file"]
            read_documents += 1
    for gold in map(json.loads, (folder / "gold_list.jsonl").read_text("utf-8").splitlines()):
        source = of_host(gold["url"])
        if source and source.list.items and source.kind == "listing":
            got = as_declared(source, "list", gold["url"], (folder / "html" / gold["file"]).read_bytes())
            wanted = {(x["url"], x["date"]) for x in gold["items"]}
            assert {(x["url"], x["date"]) for x in got["items"]} >= wanted, gold["file"]
            read_lists += 1
    assert read_documents >= 5
    assert read_lists >= 3


def of_host(url: str) -> Source | None:
    """The source that declares the host of a page, one that names a body before others."""
    host = urlsplit(url).hostname or ""
    own = [s for s in SOURCES.values() if host in {urlsplit(u).hostname for u in s.urls}]
    return next((s for s in own if s.detail.body), None)


def test_no_replica_is_of_a_source_that_is_not_declared() -> None:
    assert set(REPLICAS) <= set(SOURCES)
    assert {page.parent.parent.name for page in CASES} <= set(SOURCES)
