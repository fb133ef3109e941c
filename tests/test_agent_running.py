"""`vedette run` as an operator meets it: visits, alerts, a clean stop, one agent a home."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from agent.replica.days import Day, days
from agent.replica.server import Replica, serving
from index.archive.archive import Archive

RUN = [sys.executable, "-c", "from agent.cli import main; main()"]
SOURCES = ("ct_group", "tencent_notice", "nda_zcfb")


@pytest.fixture
def replica() -> Iterator[Replica]:
    with serving() as site:
        site.show(days()[0])
        yield site


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(replica: Replica, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "VEDETTE_HOME": str(home),
        "VEDETTE_MIRROR": replica.address,
        "VEDETTE_ALLOW_NETWORKS": "127.0.0.0/8",
        "VEDETTE_ALERT_BACKFILL_DAYS": "3650",
        "VEDETTE_LISTEN": f"127.0.0.1:{free_port()}",
    }


def agent(replica: Replica, home: Path) -> subprocess.Popen[str]:
    command = [*RUN, "run", *SOURCES]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment(replica, home), text=True, **pipes)


def wait_for(path: Path, process: subprocess.Popen[str], seconds: float) -> list[dict[str, object]]:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if path.exists() and path.read_bytes():
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        time.sleep(0.3)
    process.kill()
    pytest.fail(f"no alert within {seconds} s: {process.communicate()[1][-3000:]}")


@pytest.mark.slow
def test_it_visits_alerts_and_stops_cleanly(replica: Replica, tmp_path: Path) -> None:
    story: Day = next(day for day in days() if day.day == date(2026, 5, 17))
    replica.show(story)
    process = agent(replica, tmp_path)
    alerts = wait_for(tmp_path / "out" / "alerts.jsonl", process, 150)
    second = subprocess.run(
        [*RUN, "run", *SOURCES], env=environment(replica, tmp_path), capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1 and str(process.pid) in second.stderr
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert "stopped" in told and "Traceback" not in told
    assert time.monotonic() - started < 45
    assert {str(alert["type"]) for alert in alerts} == {"org.vedette.alert.v1"}
    with Archive(tmp_path) as archive:
        assert {run.source for run in archive.health.runs(archive.feed.after(0)[0].at.replace(year=2020))} == set(
            SOURCES
        )
        assert archive.documents.counts()["versions"] > 5
