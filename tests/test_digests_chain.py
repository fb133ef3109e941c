"""Killed at any moment between crawl and delivery: every change is alerted once, every alert told once.

10 kills by default; VEDETTE_KILLS=300 makes it 300 (ten minutes and more).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest

from index.archive.archive import Archive
from tests.chain import AMENDED_AFTER, SOURCES, STAGES, Site
from tests.test_digests_crash import ROOT, Taken, _servers

KILLS = int(os.environ.get("VEDETTE_KILLS", "10"))
AFTER = {"start": 1.5, "crawl": 0.8, "classify": 0.8, "alert": 0.05, "digest": 0.3, "deliver": 0.12, "between": 0.01}
"""Seconds after the beginning of each stage within which a kill strikes: about as long as the stage takes."""


@dataclass
class Replica(ThreadingHTTPServer):
    """The site: moves on by a round when told that one is through; says `end` once `last` is through."""

    last: int | None = None
    round: int = 0
    pages: dict[str, bytes] = field(default_factory=lambda: Site(0).pages())

    daemon_threads = True

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)

    def answer(self, path: str) -> bytes | None:
        """The page at a path; rounds are asked for and ended here as well."""
        if path == "/round":
            return b"end" if self.last is not None and self.round > self.last else str(self.round).encode()
        if path == f"/done/{self.round}":
            self.round += 1
            self.pages = Site(self.round).pages()
        return b"ok" if path.startswith("/done/") else self.pages.get(path.lstrip("/"))

    def handle_error(self, *_: object) -> None:
        """A killed reader's connection is no error."""


class _Pages(BaseHTTPRequestHandler):
    server: Replica

    def do_GET(self) -> None:
        page = self.server.answer(self.path)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page or b"")))
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def _site() -> Iterator[Replica]:
    made = Replica()
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_between_crawl_and_delivery(tmp_path: Path) -> None:
    rng, taken, struck, home = random.Random(11), Taken(), Counter[str](), tmp_path / "home"
    seen: list[str] = []
    stage = tmp_path / "stage"
    stage.write_bytes(b"start     ")
    with _site() as site, _servers(taken) as (port, url):
        address = f"http://127.0.0.1:{site.server_port}"
        command = [sys.executable, "-m", "tests.chain", str(home), address, str(port), url, str(stage)]
        env = os.environ | {"HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "OMP_NUM_THREADS": "1"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, cwd=ROOT, env=env, text=True, **pipes) as chain:
            assert chain.stdin is not None and chain.stdout is not None
            assert chain.stdout.readline() == "ready\n"
            began = time.monotonic()
            for turn in range(KILLS):
                wanted = list(AFTER)[turn % len(AFTER)]
                stage.write_bytes(b"start     ")
                assert _strike(chain.stdin, chain.stdout, lambda: _reached(stage, wanted, rng))  # noqa: B023 - called at once
                struck[stage.read_text().strip()] += 1
                _read_on(home, seen)
            site.last = site.round + AMENDED_AFTER
            assert not _strike(chain.stdin, chain.stdout, None)
            chain.stdin.close()
        took = time.monotonic() - began
    assert struck.total() == KILLS and set(struck) <= {*STAGES, "start"}
    assert KILLS < 50 or set(struck) >= set(STAGES[:-1]), "every stage was struck"
    print(f"{KILLS} kills in {took:.0f} s, {site.round} rounds, by stage {dict(struck)}")  # noqa: T201 - the measure that is reported
    _read_on(home, seen)
    _check(home, site.round, taken)
    with Archive(home) as archive:
        assert seen == [one.id for one in archive.feed.after(0, 100_000)], "a reader by cursor saw each once, in order"


def _read_on(home: Path, seen: list[str]) -> None:
    """Read the feed on from the last event seen, as a consumer does between the kills."""
    with Archive(home) as archive:
        seen += [one.id for one in archive.told.after(int(seen[-1][:12]) if seen else 0, 10_000)]


def _strike(orders: IO[str], told: IO[str], wait: Callable[[], None] | None) -> bool:
    """Let a child work on; True where it was killed after `wait` returned."""
    orders.write("\n")
    orders.flush()
    child = int(told.readline())
    if wait:
        wait()
        os.kill(child, signal.SIGKILL)
    code = int(told.readline())
    assert code in {0, -signal.SIGKILL}, "the stages failed"
    return code == -signal.SIGKILL


def _reached(stage: Path, wanted: str, rng: random.Random) -> None:
    """Return at a random moment after the child has come to a stage."""
    end = time.monotonic() + 20
    while stage.read_text().strip() != wanted and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(rng.uniform(0, AFTER[wanted]))


def _check(home: Path, rounds: int, taken: Taken) -> None:
    """What must be there: `rounds` documents a source, each new once and amended once where its time had come."""
    signal_kinds = {"new": rounds * len(SOURCES), "amended": (rounds - AMENDED_AFTER) * len(SOURCES)}
    with Archive(home) as archive:
        changes = archive.documents.pending("nothing")
        kinds = Counter(change.kind for change in changes)
        assert kinds == signal_kinds, "no document lost, no change recorded twice"
        fired = {(c.id, tag.trigger) for c in changes for tag in archive.judgements.tags(c.id) if tag.fires}
        alerts = archive.feed.after(0, 100_000)
        assert Counter((one.change, one.trigger) for one in alerts) == Counter(fired), "each alert exactly once"
        assert 2 * len(alerts) >= len(changes), "the texts of this site are what triggers ask for"
        ids = [one.id for one in alerts]
        assert ids == sorted(ids) and [one.seq for one in alerts] == list(range(1, len(ids) + 1))
        lines = (home / "out/alerts.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line) for line in lines] == [one.event for one in alerts], "the file is the feed"
        assert archive.documents.pending("classify") == archive.documents.pending("alert") == []
        for name in ("desk", "board", "engine"):
            assert archive.ledger.told(name) == set(ids), name
        deliveries = archive.ledger.deliveries()
        assert {one.status for one in deliveries} == {"sent"}
        mails = [one for one in deliveries if one.channel == "mail"]
        assert sorted(one.issue for one in deliveries if one.channel == "webhook") == ids
        assert archive.health.problems() == []
    assert len(set(taken.mails)) == len(mails), "every mail arrived, under a Message-ID of its own"
    assert set(taken.events) == set(ids), "every event arrived"
    again = sum(count - 1 for tally in (Counter(taken.mails), Counter(taken.events)) for count in tally.values())
    print(f"{len(ids)} alerts, {len(mails)} mails, {len(ids)} webhooks, {again} sent again")  # noqa: T201 - as above
    assert again <= KILLS, "at most the one delivery under way at each kill came again"
