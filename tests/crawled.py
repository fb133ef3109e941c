"""A replica of one site on loopback, an archive and a clock: what tests of whole crawls stand on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from config.source import Source
from crawlers.crawl import crawl
from index.archive.archive import Archive
from index.records import Run

HOST = "www.example.gov.cn"
HOME = f"https://{HOST}"
LIST = f"{HOME}/tz/"

SENTENCES = (
    "第一条 为规范算力资源配额管理，保障公共算力平台稳定运行，制定本办法。",
    "第二条 公共算力平台向注册单位提供每月免费配额1000万tokens，超出部分按照平台公布的价格计费。",
    "第三条 各地算力主管部门应当于每季度末公布配额使用情况，接受社会监督。",
    "第四条 注册单位连续三个月未使用配额的，平台可以收回其配额并重新分配。",
    "第五条 注册单位的数据应当存放在其所在地的算力中心，跨地区调度须经双方主管部门同意。",
    "第六条 平台运营单位应当建立配额申诉机制，自收到申诉之日起十个工作日内答复。",
    "第七条 本办法由国家数据局负责解释，自2026年6月1日起施行，有效期五年。",
)


def document(title: str, paragraphs: tuple[str, ...] = SENTENCES, *, head: str = "", tail: str = "") -> bytes:
    """A page as TRS writes it."""
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    page = (
        f'<html><head><meta charset="utf-8">{head}<title>{title}</title>'
        f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2026-04-18"></head><body>'
        f'<div class="nav">首页 机构 新闻 政务公开 政务服务</div><h1>{title}</h1>'
        f'<div class="TRS_Editor">{text}</div>{tail}<div class="foot">主办单位：国家数据局</div></body></html>'
    )
    return page.encode()


def listing(*rows: tuple[str, str, str]) -> bytes:
    """A list page; rows are address, title and date."""
    items = "".join(
        f'<li><a href="{url}" title="{title}">{title}</a><span>{day}</span></li>' for url, title, day in rows
    )
    return f'<html><head><meta charset="utf-8"></head><body><ul class="u-list">{items}</ul></body></html>'.encode()


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """The replica: replies by host and path, in order where there are several; the last one stays."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def put(self, url: str, *replies: bytes | int | Reply) -> None:
        made = [r if isinstance(r, Reply) else Reply(b"", r) if isinstance(r, int) else Reply(r) for r in replies]
        self.replies[url.split("://")[1]] = made

    def answer(self, method: str, path: str, headers: dict[str, str]) -> Reply:
        place = path.lstrip("/")
        self.asked.append((method, place, headers))
        known = self.replies.get(place)
        if known is None:
            return Reply(b"not found", 404)
        return known.pop(0) if len(known) > 1 else known[0]

    def paths(self) -> list[str]:
        return [place.removeprefix(HOST) for _, place, _ in self.asked]


class Replicas(ThreadingHTTPServer):
    """Takes the connections of several crawls at once: one beyond the queue of 5 is tried again a second later."""

    request_queue_size = 128


def serve(site: Site) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = site.answer(self.command, self.path, {k.lower(): v for k, v in self.headers.items()})
            tag = reply.headers.get("ETag")
            if tag and self.headers.get("If-None-Match") == tag:
                reply = Reply(b"", 304, {"ETag": tag})
            self.send_response(reply.status)
            headers = {"Content-Type": "text/html", "Content-Length": str(len(reply.body))} | reply.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_POST = do_GET

    server = Replicas(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@dataclass
class World:
    """A replica, an archive, and a clock that the test moves."""

    site: Site
    archive: Archive
    port: int
    now: datetime = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
    runs: tuple[Run, ...] = ()
    mirror: str | None = None

    def crawl(
        self, *sources: Source, recheck: bool = False, after: timedelta = timedelta(days=1)
    ) -> list[dict[str, Any]]:
        """Crawl once, a day later by the clock, and return the events."""
        told: list[dict[str, Any]] = []
        self.now += after
        settings = Settings(mirror=self.mirror, allow_networks="127.0.0.0/8")  # type: ignore[arg-type]  # as in the environment
        self.runs = crawl(self.archive, sources, settings, clock=lambda: self.now, recheck=recheck, events=told.append)
        return told


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    site = Site()
    server = serve(site)
    with Archive(tmp_path) as archive:
        yield World(site, archive, server.server_port, mirror=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def source(**changes: Any) -> Source:
    """A source as the NDRC one is declared."""
    told = {
        "id": "example_tz",
        "title": "通知",
        "title_en": "Notices",
        "authority": "example",
        "tier": "central",
        "region": "CN",
        "kind": "listing",
        "urls": [LIST],
        "list": {"items": "ul.u-list > li", "link": "./a[1]/@href", "title": "./a[1]/@title", "date": "./span/text()"},
        "detail": {"body": ".TRS_Editor"},
        "every": "2h",
        "revisit": {"every": "1d", "for_days": 180},
        "expect": {"items": [1, 60], "quiet_days": 30},
        "impact_note": "a replica on loopback",
        "confidence": "A",
    }
    return Source.model_validate(told | changes)


ROW = ("./1.html", "公共算力平台配额管理办法", "2026-04-18")
DOC = f"{LIST}1.html"
TITLE = ROW[1]


def kinds(told: list[dict[str, Any]]) -> list[str]:
    return [e["event"] if e["problem"] is None else f"{e['event']} {e['problem']}" for e in told]


def start(world: World, body: bytes | Reply | None = None, **changes: Any) -> Source:
    """One list with one document, read once."""
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, body if body is not None else document(TITLE))
    of = source(**changes)
    assert kinds(world.crawl(of)) == ["new"]
    return of


def again(world: World, of: Source, *replies: bytes | int | Reply) -> list[dict[str, Any]]:
    """The document answers otherwise; what the next day's crawl tells."""
    world.site.put(DOC, *replies)
    return world.crawl(of)


def swapped(old: str, new: str) -> tuple[str, ...]:
    assert any(old in s for s in SENTENCES)
    return tuple(s.replace(old, new) for s in SENTENCES)
