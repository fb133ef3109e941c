"""Sources without selectors, end to end: a template is learnt on the first crawl, and then only edits are told."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from agent.rereading import reader
from benchmarks import noise
from crawlers.reading import EXTRACTOR
from crawlers.template import LOOKED_AT_TWICE, from_json
from index.archive.archive import Archive
from index.replay import replay
from tests.crawled import Reply, World, kinds, serve
from tests.hostile import Hostile, declared

PAGES = 18
BLOCK = "<html><body><p>访问过于频繁，请稍后再试</p></body></html>".encode()


@dataclass
class Wary(Hostile):
    """While `wary`, the site shows a block to the first second fetch of a document, whichever that is; `blocked`."""

    wary: bool = False
    blocked: str = ""

    def answer(self, method: str, path: str, headers: dict[str, str]) -> Reply:
        reply = super().answer(method, path, headers)
        place = path.lstrip("/")
        again = place.endswith(".html") and sum(asked == place for _, asked, _ in self.asked) > 1
        if self.wary and again and not self.blocked:
            self.blocked = place
            return Reply(BLOCK)
        return reply


@pytest.fixture
def site() -> Wary:
    return Wary(pages=noise.Site(PAGES))


@pytest.fixture
def world(site: Wary, tmp_path: Path) -> Iterator[World]:
    server = serve(site)
    with Archive(tmp_path) as archive:
        yield World(site, archive, server.server_port, mirror=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def numbers(told: list[dict[str, object]]) -> list[int]:
    return sorted(int(str(event["url"]).rpartition("/")[2].removesuffix(".html")) for event in told)


def test_five_rounds_of_noise_tell_nothing_and_edits_are_told_exactly(world: World, site: Hostile) -> None:
    of = declared()
    assert kinds(world.crawl(of)) == ["new"] * PAGES
    assert len([p for p in site.paths() if p.endswith(".html")]) == PAGES + LOOKED_AT_TWICE
    assert world.runs[0].requests == PAGES + LOOKED_AT_TWICE + 2  # the further fetches count; robots.txt and the list
    for _ in range(5):
        site.pages.day += timedelta(days=1)
        assert world.crawl(of) == []
    chosen = sorted(random.Random(1).sample(range(PAGES), PAGES // 5))
    site.pages.edits = dict.fromkeys(chosen, "digit")
    site.pages.day += timedelta(days=1)
    told = world.crawl(of)
    assert kinds(told) == ["amended"] * len(chosen)
    assert numbers(told) == chosen
    for event in told:  # one digit, and nothing of what stands around it
        (clause,) = event["change"]["clauses"]
        assert event["change"]["chars_changed"] == 2, clause
    site.pages.day += timedelta(days=1)
    assert world.crawl(of) == []


def test_what_is_archived_is_the_document_alone(world: World, site: Hostile) -> None:
    world.crawl(declared())
    for number in range(0, PAGES, 7):
        title, lines, _ = noise.document(number, site.pages.seed)
        row = world.archive.documents.document(site.pages.url(number))
        assert row is not None
        latest = world.archive.documents.latest(row["id"])
        assert latest is not None
        assert latest.reading.title == title
        assert [line for line in lines if line not in latest.reading.text] == []
        assert all(word not in latest.reading.text for word in ("今天是", "当前在线", "本周关注", "浏览"))
        assert latest.extractor.startswith(f"{EXTRACTOR}+")
        kept = world.archive.templates.current("example_tz")
        assert kept is not None
        assert from_json(kept).noise.version in latest.extractor


BANNER = "<div class='banner'><p>热烈庆祝全国两会胜利召开</p><p>奋力谱写新篇章</p></div><div class='wrap'>"


def test_a_banner_on_every_page_is_no_edit_and_its_end_neither(world: World, site: Hostile) -> None:
    of = declared()
    world.crawl(of)
    site.turned = lambda page: page.replace("<div class='wrap'>", BANNER).replace('<div class="wrap">', BANNER)
    site.pages.edits = {7: "digit"}
    assert numbers(world.crawl(of)) == [7]
    asked = len(site.asked)
    assert world.crawl(of) == []
    assert len(site.asked) < asked + PAGES + 10  # known by now, so that nothing is fetched again for it
    site.turned = str
    assert world.crawl(of) == []


def test_a_paragraph_that_all_documents_get_is_an_edit_of_each(world: World, site: Hostile) -> None:
    of = declared()
    world.crawl(of)
    site.turned = lambda page: page.replace(
        "<table>", "<p>本通知自2026年9月1日起停止执行，平台不再受理登记。</p><table>"
    )
    told = world.crawl(of)
    assert kinds(told) == ["amended"] * PAGES
    assert all("停止执行" in str(event["change"]["clauses"]) for event in told)


def test_documents_known_before_anything_was_learnt_are_not_told_anew(world: World, site: Hostile) -> None:
    world.crawl(declared(detail={"body": ".wrap"}))  # as an older Vedette would: no template
    assert world.archive.templates.current("example_tz") is None
    assert world.crawl(declared()) == []
    assert world.archive.templates.current("example_tz") is not None
    site.pages.edits = {3: "cell"}
    assert numbers(world.crawl(declared())) == [3]


def test_a_second_fetch_that_is_blocked_teaches_nothing(world: World, site: Wary) -> None:
    """A replica is read over several connections, so chance says which documents come twice: any is blocked."""
    of = declared()
    site.wary = True
    told = world.crawl(of)
    assert "problem blocked" in kinds(told)
    assert site.blocked in {
        str(e["url"]).removeprefix("https://") for e in told if e["event"] == "new"
    }  # what had come
    site.wary = False
    later = kinds(world.crawl(of))
    assert "amended" not in later
    assert later[-1] == "recovered blocked"
    assert world.archive.documents.counts()["documents"] == PAGES


def test_a_site_that_is_rebuilt_is_learnt_anew(world: World, site: Hostile) -> None:
    of = declared()
    world.crawl(of)

    def rebuilt(page: str) -> str:
        for old, new in (("wrap", "x-page"), ("main", "x-main"), ("info", "x-date"), ("side", "x-aside")):
            page = page.replace(f"'{old}'", f"'{new}'").replace(f'"{old}"', f'"{new}"')
        return (
            page.replace('class="top"', 'class="x-top"')
            .replace('class="menu"', 'class="x-menu"')
            .replace('class="more"', 'class="x-more"')
            .replace('class="bottom"', 'class="x-foot"')
            .replace('class="text-', 'class="x-text-')
            .replace("class='cards'", "class='x-cards'")
            .replace('class="cards"', 'class="x-cards"')
        )

    site.turned = rebuilt
    told = [kind for _ in range(3) for kind in kinds(world.crawl(of))]
    assert set(told) <= {"problem redesigned", "recovered redesigned"}
    known = [world.archive.documents.latest(row["id"]) for row in world.archive.documents.of_source(of.id)]
    seen = [v for v in known if v and world.archive.templates.page_of(v.id, v.document)]
    assert len(seen) >= PAGES // 3  # the others wait for a person who names the text
    edited = int(seen[0].reading.url.rpartition("/")[2].removesuffix(".html"))
    site.pages.edits = {edited: "digit"}
    assert numbers([e for e in world.crawl(of) if e["event"] == "amended"]) == [edited]


def test_one_watched_page_with_a_counter(world: World, site: Hostile) -> None:
    of = declared(kind="page", urls=[site.pages.url(1)], expect={"items": [1, 1]})
    assert kinds(world.crawl(of)) == ["new"]
    for _ in range(8):
        site.pages.day += timedelta(days=1)
        assert world.crawl(of) == []
    site.pages.edits = {1: "digit"}
    assert kinds(world.crawl(of)) == ["amended"]
    (row,) = world.archive.documents.of_source(of.id)
    latest = world.archive.documents.latest(row["id"])
    assert latest is not None
    assert all(line in latest.reading.text for line in noise.document(1, site.pages.seed, "digit")[1])


def test_a_replay_leaves_out_what_was_learnt(world: World, site: Hostile) -> None:
    of = declared()
    world.crawl(of)
    read = reader({of.id: of}, world.archive)
    assert {one.outcome for one in replay(world.archive, read, EXTRACTOR, world.now)} == {"done"}
    assert Counter(one.outcome for one in replay(world.archive, read, "reading-next", world.now)) == {"same": PAGES}
