"""Every saved real page, served from a loopback mirror and crawled through the shipped declaration of its host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from config.declarations import load
from config.settings import read
from config.source import Source
from crawlers.crawl import crawl
from index.archive.archive import Archive
from index.identity import document_id

pytestmark = pytest.mark.shared
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def saved(shared: Path) -> list[dict[str, Any]]:
    folder = shared / "sites" / "html"
    rows = [json.loads(line) for line in (folder / "INDEX.jsonl").read_text(encoding="utf-8").splitlines()]
    return [row | {"body": (folder / row["file"]).read_bytes()} for row in rows if row["kind"] == "detail"]


@pytest.fixture
def mirror(saved: list[dict[str, Any]]) -> Iterator[str]:
    pages = {f"/{urlsplit(row['url']).netloc}{urlsplit(row['url']).path}": row["body"] for row in saved}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def declaration(sources: dict[str, Source], host: str) -> Source:
    """The source that declares a host, else the one of its family: Guangdong's cities share one system."""
    named = [one for one in sources.values() if host in one.hosts]
    return named[0] if named else sources["gd_gz"]


def watching(source: Source, urls: list[str]) -> Source:
    """The same declaration, its selectors and all, watching these pages themselves."""
    hosts = tuple({urlsplit(url).netloc for url in urls})
    return source.model_copy(update={"kind": "page", "urls": tuple(urls), "allowed_hosts": hosts, "method": "GET"})


def test_every_saved_document_is_archived_as_received(saved: list[dict[str, Any]], mirror: str, tmp_path: Path) -> None:
    sources = dict(load().sources)
    by_source: dict[str, list[str]] = {}
    for row in saved:
        source = declaration(sources, urlsplit(row["url"]).netloc)
        by_source.setdefault(source.id, []).append(row["url"])
    settings = read(home=tmp_path, mirror=mirror, allow_networks="127.0.0.0/8")
    events: list[dict[str, Any]] = []
    with Archive(tmp_path) as archive:
        watched = [watching(sources[name], urls) for name, urls in by_source.items()]
        crawl(archive, watched, settings, clock=lambda: NOW, events=events.append)
        assert [event for event in events if event["event"] == "problem"] == []
        for row in saved:
            latest = archive.documents.latest(document_id(row["url"]))
            assert latest is not None, row["file"]
            assert latest.page_sha256 == sha256(row["body"]).hexdigest()
            assert archive.pages.body(latest.page_sha256) == row["body"]
            assert latest.reading.title and len(latest.reading.text) > 50, row["file"]
        assert len(archive.documents.versions(document_id(saved[0]["url"]))) == 1
        assert archive.documents.counts()["documents"] == len(saved)
