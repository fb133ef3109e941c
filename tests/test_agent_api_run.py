"""`vedette run` as a process: it serves while it watches, and SIGTERM ends it cleanly with readers waiting."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.archive.archive import Archive
from tests.telling import NOW, finding, tell

COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: Path, port: int, **more: str) -> dict[str, str]:
    """Sources lead to a port of loopback where nobody listens."""
    away = {"VEDETTE_MIRROR": "http://127.0.0.1:1", "VEDETTE_ALLOW_NETWORKS": "127.0.0.0/8"}
    own = {"VEDETTE_HOME": str(home), "VEDETTE_LISTEN": f"127.0.0.1:{port}", "VEDETTE_RETENTION_DAYS": "3650"}
    return {**os.environ, **away, **own, **more}


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            _get(port, "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the API does not answer")


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=40)
    connection.request("GET", path)
    try:
        return connection.getresponse().read()
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_cleanly(tmp_path: Path, end: signal.Signals) -> None:
    port = _free_port()
    with subprocess.Popen(
        [*COMMAND, "run", "ndrc_tz"], env=_environment(tmp_path, port), stderr=subprocess.PIPE, text=True
    ) as agent:
        try:
            _wait(port)
            with Archive(tmp_path) as archive:
                first = tell(archive, [finding("a", at=NOW)])[0]
            assert [event["id"] for event in json.loads(_get(port, "/v1/alerts"))] == [first.id]
            polled: list[bytes] = []
            path = f"/v1/alerts?lastEventId={first.id}&timeout=30000"
            reader = threading.Thread(target=lambda: polled.append(_get(port, path)))
            reader.start()
            time.sleep(1)
            began = time.monotonic()
            agent.send_signal(end)
            assert agent.wait(timeout=25) == 0
            took = time.monotonic() - began
            reader.join(10)
        finally:
            agent.kill()
        assert agent.stderr is not None
        said = agent.stderr.read()
    assert took < 15, said
    assert polled == [b"[]"], "a waiting reader gets its answer"
    assert said.rstrip().endswith("stopped")
    assert re.search(rf"API at http://127\.0\.0\.1:{port}", said)


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [({"VEDETTE_LISTEN": "0.0.0.0:0"}, 2, "VEDETTE_TOKEN"), ({"VEDETTE_LISTEN": "nowhere"}, 2, "HOST:PORT")],
)
def test_it_refuses_what_would_be_unsafe(tmp_path: Path, more: dict[str, str], code: int, told: str) -> None:
    done = subprocess.run(
        [*COMMAND, "run", "ndrc_tz"], env=_environment(tmp_path, 0, **more), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, told in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = _environment(tmp_path, taken.getsockname()[1])
        done = subprocess.run([*COMMAND, "run", "ndrc_tz"], env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "in use" in done.stderr) == (1, True), done.stderr
