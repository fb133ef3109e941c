"""Killed at any moment between alert and delivery: every alert is once in the feed and told once to each reader.

8 kills by default; VEDETTE_KILLS=200 makes it 200 (a few minutes).
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

import pytest
from aiosmtpd.controller import Controller

from digests.daily import make
from digests.delivery import deliver
from digests.outbox import write_feed
from index.archive.archive import Archive
from tests.telling import NOW, declarations, finding, subscription, tell

ROOT = Path(__file__).resolve().parent.parent
KILLS = int(os.environ.get("VEDETTE_KILLS", "8"))
PER_KILL = 4
"""Alerts for each kill: more than are told before it comes, so that every kill strikes work."""

# Imports once, then forks a child for each line it reads: a kill costs no start of Python.
STAGES = """
import os, sys
from datetime import timedelta
from pathlib import Path
from config.settings import Settings
from digests.daily import make
from digests.delivery import deliver
from digests.outbox import write_feed
from index.archive.archive import Archive
from tests.telling import NOW, declarations, finding, subscription, tell

home, relay, hook, last = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
mails = subscription("desk", cadence="immediate", at=None, to=("a@example.org", "b@example.org"))
web = {"channel": "webhook", "secrets_env": ("HOOK_SECRET",)}
hooks = subscription("engine", cadence="immediate", at=None, to=(hook,), **web)
declared = declarations(mails, hooks)
mail = {"smtp_host": "127.0.0.1", "smtp_port": relay, "smtp_starttls": False}
settings = Settings(home=home, allow_networks="127.0.0.0/8", **mail)

def work():
    with Archive(home) as archive:
        for n in range(max(0, archive.feed.last_seq() - 2), last):
            now = NOW + timedelta(minutes=n)
            tell(archive, [finding(f"d{n}", at=now)])
            write_feed(archive, home / "out/alerts.jsonl")
            make(archive, declared, settings, now)
            deliver(archive, declared, settings, now + timedelta(seconds=30))
        late = NOW + timedelta(minutes=last + 60)
        make(archive, declared, settings, late)
        deliver(archive, declared, settings, late)

import digests.chart, matplotlib.figure, matplotlib.backends.backend_agg, matplotlib.font_manager
print("ready", flush=True)
for _ in sys.stdin:
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass
class Taken:
    """What the relay and the receiver answered for: mails by receiver and Message-ID, events by id."""

    mails: list[tuple[str, str]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos[0], mail["Message-ID"]))
        return "250 OK"


@contextmanager
def _servers(taken: Taken) -> Iterator[tuple[int, str]]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            taken.events.append(self.headers["webhook-id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A killed sender's connection is no error."""

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    relay = Controller(taken, hostname="127.0.0.1", port=port)
    hook = Server(("127.0.0.1", 0), Handler)
    relay.start()
    threading.Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield port, f"http://127.0.0.1:{hook.server_port}/"
    finally:
        relay.stop()
        hook.shutdown()
        hook.server_close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_random_moments(tmp_path: Path) -> None:
    rng, taken, alerts = random.Random(7), Taken(), KILLS * PER_KILL
    kills = 0
    with _servers(taken) as (port, url):
        command = [sys.executable, "-c", STAGES, str(tmp_path), str(port), url, str(alerts)]
        env = {**os.environ, "HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=env, text=True
        ) as stages:
            assert stages.stdin is not None and stages.stdout is not None
            assert stages.stdout.readline() == "ready\n"
            while kills < KILLS and _strike(stages.stdin, stages.stdout, rng.uniform(0.02, 0.9)):
                kills += 1
            assert _strike(stages.stdin, stages.stdout, None) is False
            stages.stdin.close()
    assert kills >= KILLS * 2 // 3, "the stages ended before they could be killed"
    _check(tmp_path, taken, (kills, alerts))


def _strike(orders: IO[str], told: IO[str], after: float | None) -> bool:
    """Let a child work on from where the feed stands; True where it was killed after that many seconds."""
    orders.write("\n")
    orders.flush()
    child = int(told.readline())
    if after is not None:
        time.sleep(after)
        with suppress(ProcessLookupError):  # it may have finished just then
            os.kill(child, signal.SIGKILL)
    code = int(told.readline())
    assert code in {0, -signal.SIGKILL}, "the stages failed"
    return code == -signal.SIGKILL


def _check(home: Path, taken: Taken, counts: tuple[int, int]) -> None:
    kills, alerts = counts
    with Archive(home) as archive:
        assert archive.feed.last_seq() == alerts
        ids = [json.loads(line)["id"] for line in (home / "out/alerts.jsonl").read_text("utf-8").splitlines()]
        assert ids == [alert.id for alert in archive.feed.after(0, 10_000)]
        assert archive.ledger.told("desk") == archive.ledger.told("engine") == set(ids)
        deliveries = archive.ledger.deliveries()
        assert {one.status for one in deliveries} == {"sent"}
        mails = [one for one in deliveries if one.channel == "mail"]
        assert len(mails) == 2 * len(archive.ledger.issues("desk"))
        assert sorted(one.issue for one in deliveries if one.channel == "webhook") == ids
    assert len(set(taken.mails)) == len(mails), "every mail arrived"
    assert set(taken.events) == set(ids), "every event arrived"
    again = sum(count - 1 for tally in (Counter(taken.mails), Counter(taken.events)) for count in tally.values())
    print(f"{kills} kills, {alerts} alerts, {len(mails)} mails, {again} sent again")  # noqa: T201 - the measure that is reported
    assert again <= kills, "at most the one delivery under way at each kill came again"


def test_the_stages_of_this_test_are_the_real_ones(tmp_path: Path) -> None:
    """The names that the killed program uses, imported here, so that a rename fails at once."""
    declared = declarations(subscription("desk", channel="file", to=()))
    with Archive(tmp_path) as archive:
        tell(archive, [finding(at=NOW)])
        assert write_feed(archive, tmp_path / "out/alerts.jsonl") == 1
        from config.settings import Settings

        settings = Settings(home=tmp_path)
        assert make(archive, declared, settings, NOW + timedelta(hours=1))
        assert deliver(archive, declared, settings, NOW + timedelta(hours=1)).sent == 1
