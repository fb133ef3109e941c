"""Live, ready, and what is wrong where it is not: with what to do, and without a path."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.pulse import SCHEDULE_LATE, WORKER_BUSY, WORKER_LATE, Pulse
from index.archive.archive import Archive
from tests.served import Client
from tests.telling import declarations


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with Archive(tmp_path):
        made = Client(tmp_path, declarations())
        yield made
        made.close()


def asked(client: Client) -> tuple[int, dict[str, Any]]:
    status, headers, body = client.ask("/readyz")
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == ("application/json" if status == 200 else "application/problem+json")
    return status, json.loads(body)


def test_a_server_alone_is_ready_without_schedule_and_worker(client: Client) -> None:
    assert asked(client) == (200, {"status": "ready"})


@pytest.mark.sqlite
def test_an_archive_that_another_holds_is_not_ready(client: Client, tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "archive.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    status, told = asked(client)
    assert status == 503 and "archive" in told["parts"] and str(tmp_path) not in told["detail"]
    assert client.ask("/healthz")[0] == 200
    holder.execute("ROLLBACK")
    holder.close()
    assert asked(client)[0] == 200


def test_a_disk_below_the_floor_is_not_ready(tmp_path: Path) -> None:
    made = Client(tmp_path, declarations(), disk_floor_mb=10**9)
    try:
        status, told = asked(made)
    finally:
        made.close()
    assert status == 503 and "VEDETTE_DISK_FLOOR_MB" in told["parts"]["disk"]


def test_no_token_is_asked_for(tmp_path: Path) -> None:
    made = Client(tmp_path, declarations(), token="a-token-of-many-letters")
    try:
        assert asked(made)[0] == 200
        assert made.ask("/metrics")[0] == 401
        assert made.ask("/metrics", Authorization="Bearer a-token-of-many-letters")[0] == 200
    finally:
        made.close()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_signs_of_life_grow_old() -> None:
    clock = Clock()
    pulse = Pulse(clock)
    clock.now += 2 * WORKER_LATE
    assert pulse.wrong() == {}  # nothing runs here
    pulse.watching = True
    assert set(pulse.wrong()) == {"schedule", "worker"}
    pulse.tick()
    with pulse.working():
        assert pulse.wrong() == {}
        clock.now += SCHEDULE_LATE + 1
        assert set(pulse.wrong()) == {"schedule"}
        pulse.tick()
        clock.now += WORKER_BUSY
        pulse.tick()
        assert "silent for 36" in pulse.wrong()["worker"]
    assert pulse.wrong() == {}
    with pytest.raises(LookupError), pulse.working():
        raise LookupError
    assert "LookupError" in pulse.wrong()["worker"]
    with pulse.working():
        assert "worker" in pulse.wrong()  # until a round ends well
    assert pulse.wrong() == {}
