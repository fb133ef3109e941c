"""`vedette crawl` and `vedette sources` as an operator meets them: a declaration in YAML, a site, what is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.collect import within_hours
from benchmarks import noise
from tests.crawled import Reply, serve, source
from tests.hostile import LIST, Hostile

PAGES = 14
DECLARATION = f"""\
title: 公告
title_en: Notices
authority: example
tier: cloud
region: CN
kind: listing
urls: [{LIST}]
every: 2h
revisit: {{every: 1d, for_days: 90}}
expect: {{items: [1, 60]}}
impact_note: a replica on loopback
confidence: C
"""


class Desk:
    """One operator: a home, a folder of declarations, a replica behind the mirror."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        (folder / "config" / "sources").mkdir(parents=True)
        mirror = {"VEDETTE_MIRROR": f"http://127.0.0.1:{port}", "VEDETTE_ALLOW_NETWORKS": "127.0.0.0/8"}
        self._env = os.environ | mirror | {"COLUMNS": "160"}
        self.declare(DECLARATION)

    def declare(self, text: str) -> None:
        (self.folder / "config" / "sources" / "bare.yml").write_text(text, encoding="utf-8")

    def __call__(self, *args: str) -> subprocess.CompletedProcess[str]:
        place = ["--home", str(self.folder / "home"), "--config", str(self.folder / "config")]
        command = [sys.executable, "-c", "from agent.cli import main; main()", *place, *args]
        return subprocess.run(command, capture_output=True, text=True, timeout=170, env=self._env, check=False)

    def crawl(self) -> list[dict[str, Any]]:
        events = self.folder / "events.jsonl"
        events.unlink(missing_ok=True)
        done = self("crawl", "bare", "--recheck", "--events", str(events))
        assert done.returncode in {0, 1}, done.stderr
        return [json.loads(line) for line in events.read_text("utf-8").splitlines()]


@pytest.fixture
def site() -> Hostile:
    return Hostile(pages=noise.Site(PAGES))


@pytest.fixture
def desk(site: Hostile, tmp_path: Path) -> Iterator[Desk]:
    server = serve(site)
    yield Desk(tmp_path, server.server_port)
    server.shutdown()
    server.server_close()


def test_a_declaration_without_selectors_tells_edits_and_nothing_else(desk: Desk, site: Hostile) -> None:
    assert [event["event"] for event in desk.crawl()] == ["new"] * PAGES
    site.pages.day += timedelta(days=1)
    assert desk.crawl() == []
    site.pages.edits = {2: "digit", 9: "cell", 11: "paragraph"}
    site.pages.day += timedelta(days=1)
    told = desk.crawl()
    assert sorted((event["event"], event["url"]) for event in told) == sorted(
        ("amended", site.pages.url(number)) for number in site.pages.edits
    )


def test_sources_show_what_each_host_was_asked(desk: Desk, site: Hostile) -> None:
    desk.crawl()
    (row,) = [r for r in map(json.loads, desk("sources", "--json").stdout.splitlines()) if r["id"] == "bare"]
    asked = row["hosts"]["news.example.com"]
    assert asked["requests"] == row["requests"] == len(site.asked)
    assert asked["bytes"] == row["bytes"] > PAGES * 20_000
    shown = desk("sources").stdout
    assert "asked of each host" in shown
    (line,) = [line for line in shown.splitlines() if line.startswith("  news.example.com")]
    assert line.split()[1:3] == ["bare", str(len(site.asked))]


def test_outside_its_hours_a_source_is_left_out_unless_it_is_named() -> None:
    night, day = source(id="night", hours="22:00-06:00"), source(id="day")
    noon = datetime(2026, 5, 8, 4, tzinfo=UTC)
    told: list[str] = []
    assert within_hours([night, day], (), noon, told.append) == [day]
    (line,) = told
    assert line == (
        "left out night: its hours are 22:00-06:00 (Asia/Shanghai), the next begin on 2026-05-08 22:00; "
        "`vedette crawl night` reads it now"
    )
    assert within_hours([night], ("night",), noon, told.append) == [night]
    assert within_hours([night, day], (), noon + timedelta(hours=11), told.append) == [night, day]
    assert len(told) == 1


def test_a_problem_is_told_with_source_address_and_what_to_do(desk: Desk, site: Hostile) -> None:
    site.put(LIST, Reply("<html><body><p>访问过于频繁，请稍后再试</p></body></html>".encode()))
    done = desk("crawl", "bare")
    assert done.returncode == 1
    assert f"problem  bare: blocked: {LIST} shows a block page (rate limit)" in done.stderr
    assert "Look at the page in a browser" in done.stderr


def test_a_refusal_names_the_address_too(desk: Desk, site: Hostile) -> None:
    site.put(LIST, 403)
    done = desk("crawl", "bare")
    assert f"problem  bare: blocked: {LIST}: the site refuses us with status 403. Nothing more is asked" in done.stderr
    line = " ".join(done.stdout.split())
    assert line == "bare 0 listed, 0 new, 0 amended, 0 unchanged; 2 requests, 0.0 MB; 1 problem"
