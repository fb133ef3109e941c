"""Killed at any moment between alert and delivery: every alert is once in the feed and told once to each reader."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from digests.daily import make
from digests.delivery import deliver
from digests.outbox import write_feed
from index.archive.archive import Archive
from tests.telling import NOW, declarations, finding, subscription, tell

ROOT = Path(__file__).resolve().parent.parent
ALERTS = 60
STAGES = """
import sys
from datetime import timedelta
from pathlib import Path
from config.settings import Settings
from digests.daily import make
from digests.delivery import deliver
from digests.outbox import write_feed
from index.archive.archive import Archive
from tests.telling import NOW, declarations, finding, subscription, tell

home, port, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
declared = declarations(subscription("desk", cadence="immediate", at=None, to=("a@example.org", "b@example.org")))
settings = Settings(home=home, smtp_host="127.0.0.1", smtp_port=port, smtp_starttls=False)
print("ready", flush=True)
with Archive(home) as archive:
    for n in range(first, int(sys.argv[4])):
        now = NOW + timedelta(minutes=n)
        tell(archive, [finding(f"d{n}", at=now)])
        write_feed(archive, home / "out/alerts.jsonl")
        make(archive, declared, settings, now)
        deliver(archive, declared, settings, now + timedelta(seconds=30))
"""


class Relay:
    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append((envelope.rcpt_tos[0], mail["Message-ID"]))
        return "250 OK"


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path) -> None:
    rng, relay = random.Random(7), Relay()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(relay, hostname="127.0.0.1", port=port)
    controller.start()
    kills = 0
    try:
        while kills < 15 and _run(tmp_path, port, rng.uniform(0.2, 1.2)):
            kills += 1
        assert _run(tmp_path, port, None) is False
    finally:
        controller.stop()
    assert kills >= 5, "the stages ended before they could be killed"
    _check(tmp_path, relay, kills)


def _run(home: Path, port: int, after: float | None) -> bool:
    """Run the stages from where the feed stands; True where they were killed after that many seconds."""
    with Archive(home) as archive:
        first = archive.feed.last_seq()
    command = [sys.executable, "-c", STAGES, str(home), str(port), str(max(0, first - 2)), str(ALERTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as stages:
        assert stages.stdout is not None
        assert stages.stdout.readline() == b"ready\n"
        if after is None:
            assert stages.wait(timeout=120) == 0
            return False
        time.sleep(after)
        stages.send_signal(signal.SIGKILL)
        return stages.wait() == -signal.SIGKILL


def _check(home: Path, relay: Relay, kills: int) -> None:
    with Archive(home) as archive:
        assert archive.feed.last_seq() == ALERTS
        ids = [json.loads(line)["id"] for line in (home / "out/alerts.jsonl").read_text("utf-8").splitlines()]
        assert ids == [alert.id for alert in archive.feed.after(0)]
        assert archive.ledger.told("desk") == set(ids)
        deliveries = archive.ledger.deliveries()
        assert {one.status for one in deliveries} == {"sent"}
        assert len(deliveries) == 2 * len(archive.ledger.issues("desk"))
    twice = Counter(relay.taken)
    assert len(twice) == len(deliveries), "every mail arrived"
    assert sum(count - 1 for count in twice.values()) <= kills, "at most the one mail under way at each kill came again"


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
