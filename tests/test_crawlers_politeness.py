"""Pace per host, robots.txt, and the mirror: what the site sees of us."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from config.source import Source
from crawlers.crawl import crawl
from crawlers.mirror import Mirror
from crawlers.pace import Pace
from crawlers.scrapy_settings import scrapy_settings
from index.archive.archive import Archive
from index.records import Run

PAGE = "<html><head><meta charset=utf-8><title>算力配额通知</title></head><body><div class=TRS_Editor>" + "".join(
    f"<p>第{n}条 各单位应当落实算力配额管理要求，按季度公布使用情况。</p>" for n in "一二三四五六七八九十"
)


@dataclass
class Seen:
    """What a server saw: when each request came, how many were open at once, and who asked."""

    robots: tuple[int, str] = (404, "")
    slow: float = 0.0
    port: int = 0
    times: list[float] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    headers: list[dict[str, str]] = field(default_factory=list)
    most: int = 0
    replies: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    _open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def come(self, path: str, headers: dict[str, str]) -> None:
        with self._lock:
            self.times.append(time.monotonic())
            self.paths.append(path)
            self.headers.append(headers)
            self.agents.add(headers.get("User-Agent", ""))
            self._open += 1
            self.most = max(self.most, self._open)

    def go(self) -> None:
        with self._lock:
            self._open -= 1

    @property
    def gaps(self) -> list[float]:
        return [b - a for a, b in zip(self.times, self.times[1:], strict=False)]


@pytest.fixture
def seen() -> Iterator[Seen]:
    record = Seen()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            record.come(self.path, dict(self.headers))
            time.sleep(record.slow)
            status, headers = record.replies.get(self.path, (200, {}))
            body = PAGE.replace("</title>", f"{self.path}</title>").encode() if status == 200 else b""
            if self.path.endswith("/robots.txt"):
                status, text = record.robots
                body = text.encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html", "Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            record.go()
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    record.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield record
    server.shutdown()
    server.server_close()


def source(name: str, urls: list[str], **changes: Any) -> Source:
    told = {
        "id": name,
        "title": "通知",
        "title_en": "Notices",
        "authority": "example",
        "tier": "central",
        "region": "CN",
        "kind": "page",
        "urls": urls,
        "detail": {"body": "body"},
        "delay": 0,
        "every": "2h",
        "expect": {"items": [1, 9]},
        "impact_note": "loopback only",
        "confidence": "A",
    }
    return Source.model_validate(told | changes)


def run(home: Path, *sources: Source, **settings: Any) -> tuple[list[dict[str, Any]], tuple[Run, ...]]:
    events: list[dict[str, Any]] = []
    chosen = Settings(**({"allow_networks": "127.0.0.0/8"} | settings))
    with Archive(home) as archive:
        runs = crawl(archive, sources, chosen, clock=lambda: datetime(2026, 4, 20, tzinfo=UTC), events=events.append)
    return events, runs


# Pace


def test_two_sources_on_one_host_keep_its_pace_together(tmp_path: Path, seen: Seen) -> None:
    base = f"http://127.0.0.1:{seen.port}"
    seen.slow = 0.05
    one = source("one", [f"{base}/a{n}" for n in range(3)], delay=0.2)
    two = source("two", [f"{base}/b{n}" for n in range(3)], delay=0.2)
    events, _ = run(tmp_path, one, two)
    assert [e["event"] for e in events] == ["new"] * 6
    assert len(seen.times) == 8
    assert seen.most == 1
    assert min(seen.gaps) >= 0.18


def test_further_looks_at_a_page_keep_the_pace_and_are_counted(tmp_path: Path, seen: Seen) -> None:
    urls = [f"http://127.0.0.1:{seen.port}/a{n}" for n in range(3)]
    events, (one,) = run(tmp_path, source("one", urls, delay=0.2, detail={}))
    assert [e["event"] for e in events] == ["new"] * 3
    assert len(seen.times) == one.requests == 7
    assert seen.most == 1
    assert min(seen.gaps) >= 0.18
    with Archive(tmp_path) as archive:
        (asked,) = archive.health.asked(date(2026, 4, 20), date(2026, 4, 20))
    assert (asked.host, asked.requests, asked.bytes) == (f"127.0.0.1:{seen.port}", one.requests, one.bytes)


def test_different_hosts_are_asked_side_by_side(tmp_path: Path, seen: Seen) -> None:
    seen.slow = 0.2
    one = source("one", [f"http://127.0.0.1:{seen.port}/a"])
    two = source("two", [f"http://localhost:{seen.port}/b"])
    run(tmp_path, one, two)
    assert seen.most == 2


def test_the_user_agent_says_who_asks_and_no_referer_is_sent(tmp_path: Path, seen: Seen) -> None:
    seen.replies["/old"] = (302, {"Location": "/new"})
    run(tmp_path, source("one", [f"http://127.0.0.1:{seen.port}/old"]), user_agent="Vedette/9 (+https://example.org)")
    assert seen.agents == {"Vedette/9 (+https://example.org)"}
    assert seen.paths == ["/robots.txt", "/old", "/new"]
    assert not any("Referer" in headers for headers in seen.headers)


def test_a_crawl_delay_slows_us_down(tmp_path: Path, seen: Seen) -> None:
    seen.robots = (200, "User-agent: *\nCrawl-delay: 0.3\n")
    run(tmp_path, source("one", [f"http://127.0.0.1:{seen.port}/{n}" for n in range(3)]))
    assert min(seen.gaps[1:]) >= 0.28


async def test_turns_are_first_come_first_served_and_never_too_many() -> None:
    pace, order, inside, most = Pace(), [], 0, 0

    async def visit(number: int) -> None:
        nonlocal inside, most
        async with pace.turn("host", 0.0, 2):
            inside += 1
            most = max(most, inside)
            order.append(number)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(visit(n) for n in range(20)))
    assert order == list(range(20))
    assert most == 2


# robots.txt


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (403, ""),
        (401, ""),
        (500, "User-agent: *\nAllow: /\n"),
        (503, ""),
        (200, "User-agent: *\nDisallow: /\n"),
        (200, "User-agent: vedette\nDisallow: /\n"),
    ],
)
def test_robots_that_refuse(tmp_path: Path, seen: Seen, status: int, text: str) -> None:
    seen.robots = (status, text)
    events, _ = run(tmp_path, source("one", [f"http://127.0.0.1:{seen.port}/{n}" for n in range(2)]))
    assert [(e["event"], e["problem"]) for e in events] == [("problem", "robots")]
    assert set(seen.paths) == {"/robots.txt"}


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (404, "User-agent: *\nDisallow: /\n"),
        (410, ""),
        (200, ""),
        (200, "<html>no such page</html>"),
        (200, "User-agent: *\nDisallow: /admin\n"),
        (200, "User-agent: other\nDisallow: /\n"),
    ],
)
def test_robots_that_allow(tmp_path: Path, seen: Seen, status: int, text: str) -> None:
    seen.robots = (status, text)
    events, _ = run(tmp_path, source("one", [f"http://127.0.0.1:{seen.port}/a"]))
    assert [e["event"] for e in events] == ["new"]


def test_the_owner_of_a_site_may_ignore_its_robots(tmp_path: Path, seen: Seen) -> None:
    seen.robots = (403, "")
    events, _ = run(tmp_path, source("one", [f"http://127.0.0.1:{seen.port}/a"], robots="ignore"))
    assert [e["event"] for e in events] == ["new"]
    assert seen.paths == ["/a"]


def test_robots_hold_on_the_host_a_redirect_leads_to(tmp_path: Path, seen: Seen) -> None:
    seen.robots = (200, "User-agent: *\nDisallow: /private\n")
    seen.replies["/a"] = (302, {"Location": "/private/b"})
    events, _ = run(tmp_path, source("one", [f"http://127.0.0.1:{seen.port}/a"]))
    assert [(e["event"], e["problem"]) for e in events] == [("problem", "robots")]
    assert seen.paths == ["/robots.txt", "/a"]


def test_a_refusal_by_robots_is_over_when_they_allow(tmp_path: Path, seen: Seen) -> None:
    of = source("one", [f"http://127.0.0.1:{seen.port}/a"])
    seen.robots = (403, "")
    run(tmp_path, of)
    seen.robots = (404, "")
    events, _ = run(tmp_path, of)
    assert sorted((e["event"], e["problem"]) for e in events) == [("new", None), ("recovered", "robots")]


# The mirror


def test_the_mirror_is_asked_and_the_original_is_recorded(tmp_path: Path, seen: Seen) -> None:
    url = "https://www.example.gov.cn/zc/a.html?id=1"
    events, _ = run(tmp_path, source("one", [url]), mirror=f"http://127.0.0.1:{seen.port}/")
    assert [e["url"] for e in events] == [url]
    assert seen.paths == ["/www.example.gov.cn/robots.txt", "/www.example.gov.cn/zc/a.html?id=1"]


@pytest.mark.parametrize(
    "location",
    [
        "https://www.example.gov.cn/new/b.html",
        "/new/b.html",
        "../new/b.html",
        "/www.example.gov.cn/new/b.html",
        "http://127.0.0.1:{port}/www.example.gov.cn/new/b.html",
    ],
)
def test_redirects_in_the_mirror(tmp_path: Path, seen: Seen, location: str) -> None:
    seen.replies["/www.example.gov.cn/zc/a.html"] = (301, {"Location": location.format(port=seen.port)})
    url = "https://www.example.gov.cn/zc/a.html"
    events, _ = run(tmp_path, source("one", [url]), mirror=f"http://127.0.0.1:{seen.port}")
    assert [(e["event"], e["url"]) for e in events] == [("new", url)]
    assert seen.paths[-1] == "/www.example.gov.cn/new/b.html"


def test_a_mirror_needs_leave_to_be_on_loopback(tmp_path: Path, seen: Seen) -> None:
    of = source("one", ["https://www.example.gov.cn/a"])
    events, _ = run(tmp_path, of, mirror=f"http://127.0.0.1:{seen.port}", allow_networks="")
    assert [e["problem"] for e in events] == ["dns"]
    assert seen.paths == []


def test_robots_of_a_mirrored_site_are_its_own(tmp_path: Path, seen: Seen) -> None:
    seen.robots = (200, "User-agent: *\nDisallow: /zc/\n")
    of = source("one", ["https://www.example.gov.cn/zc/a.html"])
    events, _ = run(tmp_path, of, mirror=f"http://127.0.0.1:{seen.port}")
    assert [e["problem"] for e in events] == ["robots"]


@given(st.from_regex(r"https?://[a-z]{1,9}\.gov\.cn(:8080)?(/[a-z0-9_.]{1,9}){0,3}/?(\?[a-z]=[0-9])?", fullmatch=True))
def test_an_address_of_the_mirror_leads_back_to_the_original(url: str) -> None:
    mirror = Mirror("http://127.0.0.1:8000/copies")
    asked = url.split("/", maxsplit=1)[0] + "//" + url.split("/")[2] + "/x"
    back = mirror.original(mirror.address(url), asked)
    host = url.split("/")[2].split("?", maxsplit=1)[0]
    rest = url.partition(host)[2]
    assert back == (rest if rest.startswith("/") else f"/{rest}")


def test_only_a_mirror_on_this_machine_is_read_without_delay() -> None:
    of = source("one", ["https://www.example.gov.cn/a"], delay=5)
    assert scrapy_settings(of, Settings(mirror="http://127.0.0.1:1"))["DOWNLOAD_DELAY"] == 0
    assert scrapy_settings(of, Settings(mirror="http://copies.example.org"))["DOWNLOAD_DELAY"] == 5
    assert scrapy_settings(of, Settings())["DOWNLOAD_DELAY"] == 5


# Scrapy


def test_nothing_of_scrapy_listens_or_reads_files() -> None:
    chosen = scrapy_settings(source("one", ["https://www.example.gov.cn/a"]), Settings())
    assert chosen["REMOTE_CONTROL_ENABLED"] is False
    assert chosen["TELNETCONSOLE_ENABLED"] is False
    assert chosen["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    assert chosen["HTTPPROXY_ENABLED"] is False
    assert [k for k, v in chosen["DOWNLOAD_HANDLERS"].items() if v is None] == ["file", "ftp", "s3", "data"]
