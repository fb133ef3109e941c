"""How fast a crawl is, beside bare Scrapy and urlwatch: `python -m benchmarks.crawl [--pages N] [--urlwatch PROGRAM]`.

Each program reads the same site (`benchmarks.site`, its own process) in a fresh process of its own: once in full, once
with 304s and 5 per cent of the documents changed, once with 304s alone, and Vedette further rounds for its memory.
Printed: pages a second by the wall clock, CPU milliseconds a page of the program itself, peak resident memory in MB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

MORE_ROUNDS = 4
PARALLEL = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--urlwatch", help="program of urlwatch, in an environment of its own")
    parser.add_argument("--only", choices=CONTENDERS, action="append", help="run only these")
    parser.add_argument("--run", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        with tempfile.TemporaryDirectory() as home:
            CONTENDERS[given.run](given, Path(home))
        return
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'program':<22} {'round':<14} {'pages/s':>8} {'CPU ms/page':>12} {'peak MB':>8}  found")
    for name in given.only or CONTENDERS:
        if name == "urlwatch" and not given.urlwatch:
            continue
        with site(given.pages) as port:
            subprocess.run([sys.executable, "-m", "benchmarks.crawl", "--run", name, "--port", str(port),
                            "--pages", str(given.pages), "--urlwatch", given.urlwatch or ""], check=True)  # fmt: skip


@contextmanager
def site(pages: int) -> Iterator[int]:
    """The site on a free port, ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.site", str(port), str(pages)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert server.stdout
    server.stdout.readline()
    try:
        yield port
    finally:
        server.kill()
        server.wait()


def measured(name: str, which: str, pages: int, work: Callable[[], str], who: int = resource.RUSAGE_SELF) -> None:
    """Do one round and print its line. `who`: whose CPU time and memory count."""
    before, begun = resource.getrusage(who), time.monotonic()
    found = work()
    seconds, after = time.monotonic() - begun, resource.getrusage(who)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rate, each, peak = pages / seconds, cpu / pages * 1000, after.ru_maxrss / 1024
    print(f"{name:<22} {which:<14} {rate:>8.0f} {each:>12.2f} {peak:>8.0f}  {found}", flush=True)


def change(port: int) -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{port}/change?5").read()


# Vedette


def vedette(given: argparse.Namespace, home: Path, *, selector: bool = True) -> None:
    """Rounds of `crawl`, a day and more apart by its clock, so that every document is due in each."""
    from config.settings import Settings
    from crawlers.crawl import crawl
    from index.archive.archive import Archive

    source = declared(given.port, selector)
    settings = Settings(allow_networks="127.0.0.0/8")
    now = datetime(2026, 4, 29, tzinfo=UTC)
    told: Counter[str] = Counter()

    def visit() -> str:
        told.clear()
        crawl(archive, [source], settings, clock=lambda: now, events=lambda event: told.update([event["event"]]))
        return ", ".join(f"{count} {kind}" for kind, count in told.items()) or "nothing"

    name = "vedette" if selector else "vedette, no selector"
    with Archive(home) as archive:
        measured(name, "first", given.pages, visit)
        change(given.port)
        for which in (
            "5% changed",
            "304 only",
            *(f"304, round {n + 4}" for n in range(MORE_ROUNDS if selector else 0)),
        ):
            now += timedelta(hours=26)
            measured(name, which, given.pages, visit)
    if "torch" in sys.modules:
        raise SystemExit("torch was loaded by a crawl")


def declared(port: int, selector: bool) -> Any:  # noqa: ANN401 - config.source is imported by the child only
    from config.source import Source

    told = {"id": "bench", "title": "通知", "title_en": "Notices", "authority": "bench", "tier": "central",
            "region": "CN", "kind": "listing", "urls": [f"http://127.0.0.1:{port}/list/"], "every": "2h", "delay": 0,
            "connections": PARALLEL, "revisit": {"every": "1d", "for_days": 180}, "expect": {"items": [1, 50_000]},
            "impact_note": "a site on loopback", "confidence": "A"}  # fmt: skip
    if selector:
        told["list"] = {"items": "ul.l > li", "link": "./a/@href", "title": "./a", "date": "./span/text()"}
        told["detail"] = {"body": ".TRS_Editor"}
    return Source.model_validate(told)


def without_selector(given: argparse.Namespace, home: Path) -> None:
    vedette(given, home, selector=False)


# Bare Scrapy: the same pages, one selector, text and ETag into SQLite, compared by hash


def scrapy(given: argparse.Namespace, home: Path) -> None:
    from crawlers.crawl import event_loop

    loop = event_loop()
    with sqlite3.connect(home / "pages.db") as db:
        db.execute("CREATE TABLE pages (url TEXT PRIMARY KEY, etag TEXT, sha TEXT, text TEXT)")

        def visit() -> str:
            told: Counter[str] = Counter()
            loop.run_until_complete(_scrapy_round(given.port, db, told))
            return ", ".join(f"{count} {kind}" for kind, count in told.items()) or "nothing"

        measured("scrapy, parsel, sqlite", "first", given.pages, visit)
        change(given.port)
        for which in ("5% changed", "304 only"):
            measured("scrapy, parsel, sqlite", which, given.pages, visit)
    from twisted.internet import reactor  # importing it first would install another one

    reactor.getThreadPool().stop()  # it resolves names there, and would keep the process from ending


async def _scrapy_round(port: int, db: sqlite3.Connection, told: Counter[str]) -> None:
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerRunner

    class Bare(Spider):
        name = "bare"

        async def start(self) -> Any:  # noqa: ANN401 - an async generator of requests
            yield Request(f"http://127.0.0.1:{port}/list/")

        def parse(self, response: Any) -> Any:  # noqa: ANN401 - Scrapy's own types, imported late
            for link in response.css("ul.l > li > a::attr(href)"):
                url = response.urljoin(link.get())
                row = db.execute("SELECT etag FROM pages WHERE url = ?", [url]).fetchone()
                yield Request(url, self.document, headers={"If-None-Match": row[0]} if row else {})

        def document(self, response: Any) -> None:  # noqa: ANN401 - as above
            if response.status == 304:
                return
            text = "\n".join("".join(p.css("::text").getall()) for p in response.css(".TRS_Editor > p"))
            sha = sha256(text.encode()).hexdigest()
            row = db.execute("SELECT sha FROM pages WHERE url = ?", [response.url]).fetchone()
            told["new" if row is None else "amended"] += row is None or row[0] != sha
            etag = response.headers["ETag"].decode()
            db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", [response.url, etag, sha, text])
            db.commit()

    settings = {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS": PARALLEL,
                "CONCURRENT_REQUESTS_PER_DOMAIN": PARALLEL, "DOWNLOAD_DELAY": 0,
                "HTTPERROR_ALLOWED_CODES": [304]}  # fmt: skip
    runner = AsyncCrawlerRunner(settings)
    await runner.crawl(Bare)


# urlwatch: one job for each page, CSS filter and html2text; its own SQLite, its own threads


def urlwatch(given: argparse.Namespace, home: Path) -> None:
    jobs = "---\n".join(
        json.dumps(
            {"url": f"http://127.0.0.1:{given.port}/doc/{n}.html", "filter": [{"css": ".TRS_Editor"}, "html2text"]}
        )
        + "\n"
        for n in range(given.pages)
    )
    (home / "urls.yaml").write_text(jobs, encoding="utf-8")
    (home / "config.yaml").write_text("report: {text: {line_length: 75}, stdout: {enabled: true}}\n", encoding="utf-8")
    command = [given.urlwatch, "--urls", str(home / "urls.yaml"), "--config", str(home / "config.yaml"),
               "--hooks", str(home / "hooks.py"), "--cache", str(home / "cache.db")]  # fmt: skip

    def visit() -> str:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        kinds = Counter(line.partition(":")[0].lower() for line in set(said.splitlines()) if "/doc/" in line)
        return ", ".join(f"{kinds[kind]} {kind}" for kind in ("new", "changed", "error") if kinds[kind]) or "nothing"

    measured("urlwatch", "first", given.pages, visit, resource.RUSAGE_CHILDREN)
    change(given.port)
    for which in ("5% changed", "304 only"):
        measured("urlwatch", which, given.pages, visit, resource.RUSAGE_CHILDREN)


CONTENDERS: dict[str, Callable[[argparse.Namespace, Path], None]] = {
    "vedette": vedette,
    "vedette-no-selector": without_selector,
    "scrapy": scrapy,
    "urlwatch": urlwatch,
}

if __name__ == "__main__":
    main()
