"""The programs of docs/examples and docs/alerts.md against a real feed, a real API and real webhooks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from agent.demo import demo
from digests.alert import shipped_schema
from digests.channels.webhook import push, signed
from digests.outbox import write_feed
from index.archive.archive import Archive
from tests.served import Client
from tests.telling import NOW, declarations, finding, tell

ROOT = Path(__file__).resolve().parent.parent
ENGINE, RECEIVER = (ROOT / "docs/examples" / name for name in ("scenario_engine.py", "webhook_receiver.py"))
DOCS = (ROOT / "docs" / "alerts.md").read_text("utf-8")
SECRET, SECOND = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
RECENT = datetime.now(UTC) - timedelta(hours=1)


class _Program:
    """A program that is killed at the end, or after 30 seconds."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        self._timer = threading.Timer(30, self._process.kill)
        self._timer.start()
        assert self._process.stdout is not None
        self._lines = self._process.stdout

    def readline(self) -> str:
        return self._lines.readline()

    def kill(self) -> None:
        self._timer.cancel()
        self._process.kill()

    def killed(self) -> list[str]:
        """What it had printed when it was killed."""
        rest = self._lines.readlines()
        self._process.wait()
        return rest


@contextmanager
def _running(command: list[str], env: dict[str, str] | None = None) -> Iterator[_Program]:
    made = _Program(command, env or dict(os.environ))
    try:
        yield made
    finally:
        made.kill()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as made:
        yield made


def _engine(feed: str, state: Path, **environment: str) -> str:
    command = [sys.executable, "-I", str(ENGINE), feed, "--state", str(state)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_engine_reads_file_and_api_alike(archive: Archive, tmp_path: Path) -> None:
    told = tell(archive, [finding(f"d{n}", at=RECENT + timedelta(seconds=n)) for n in range(450)])
    feed = tmp_path / "alerts.jsonl"
    write_feed(archive, feed)
    by_file = _engine(str(feed), tmp_path / "a.json")
    client = Client(archive.home, declarations(), token="a-token-of-many-letters")
    client.now = datetime.now(UTC)
    try:
        url = f"http://{client.host}/v1/alerts"
        by_http = _engine(url, tmp_path / "b.json", VEDETTE_TOKEN="a-token-of-many-letters")
    finally:
        client.close()
    assert by_file.split()[:1] == by_http.split()[:1] == ["rationing"]
    assert "450 signs" in by_file and "450 signs" in by_http
    assert "token_price=49.9 CNY" in by_file
    states = [json.loads((tmp_path / name).read_text("utf-8")) for name in ("a.json", "b.json")]
    assert states[0] == states[1]
    assert states[0]["last"] == told[-1].id


def test_the_engine_counts_each_event_once_and_obeys_corrections(archive: Archive, tmp_path: Path) -> None:
    feed, state = tmp_path / "alerts.jsonl", tmp_path / "s.json"
    first, second = tell(archive, [finding(f"d{n}", at=RECENT) for n in range(2)])
    write_feed(archive, feed)
    assert "2 signs" in _engine(str(feed), state)
    assert "2 signs" in _engine(str(feed), state), "running again counts nothing twice"
    update = replace(finding("u", at=RECENT), message_type="update", references=(first.id,), revision=2)
    cancel = replace(finding("c", at=RECENT), message_type="cancel", references=(second.id,), revision=2)
    tell(archive, [update, cancel])
    write_feed(archive, feed)
    assert "1 signs" in _engine(str(feed), state)


def test_the_engine_goes_on_with_the_oldest_after_a_gap(archive: Archive, tmp_path: Path) -> None:
    old = tell(archive, [finding(f"o{n}", at=NOW - timedelta(days=600)) for n in range(2)])
    tell(archive, [finding("n", at=RECENT)])
    state = tmp_path / "s.json"
    state.write_text(json.dumps({"last": old[0].id, "signs": {}}), "utf-8")
    client = Client(archive.home, declarations())
    client.now = datetime.now(UTC)
    try:
        said = _engine(f"http://{client.host}/v1/alerts", state)
    finally:
        client.close()
    assert f"events after {old[0].id} are gone" in said and "1 signs" in said


def test_following_prints_what_comes(archive: Archive, tmp_path: Path) -> None:
    client = Client(archive.home, declarations())
    client.now = datetime.now(UTC)
    command = [sys.executable, str(ENGINE), f"http://{client.host}/v1/alerts", "--follow", "--state"]
    try:
        with _running([*command, str(tmp_path / "s.json")]) as engine:
            time.sleep(1)
            tell(archive, [finding("n", at=RECENT)])
            assert engine.readline().startswith("rationing")
    finally:
        client.close()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(b'{"id":"cut sh')
    command = [sys.executable, "-I", str(RECEIVER), "0", str(kept)]
    env = {**os.environ, "ENGINE_SECRET": f"{SECRET} {SECOND}"}
    with _running(command, env) as made:
        yield f"http://{made.readline().split()[-1]}/hook", kept


def test_the_receiver_keeps_each_event_once_and_only_ours(archive: Archive, receiver: tuple[str, Path]) -> None:
    from ipaddress import ip_network

    url, kept = receiver
    loopback, now = (ip_network("127.0.0.0/8"),), int(time.time())
    events = [alert.event for alert in tell(archive, [finding(f"d{n}") for n in range(2)])]
    for event in [*events, events[0]]:
        body = json.dumps(event, ensure_ascii=False).encode()
        assert push(url, body, signed(event["id"], now, body, [SECOND]), loopback).kind == "sent"
    body = json.dumps(events[0]).encode()
    wrong = "whsec_" + "A" * 32
    for headers in (signed("x", now, body, [wrong]), signed("x", now - 400, body, [SECRET])):
        assert push(url, body, headers, loopback).detail.startswith("401")
    assert push(url, b"x" * 70_000, signed("x", now, b"x", [SECRET]), loopback).detail.startswith("413")
    lines = kept.read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [event["id"] for event in events]


def test_the_http_consumer_of_the_page(archive: Archive, tmp_path: Path) -> None:
    """Printed, killed after three events and started again: every event is handled, in order."""
    found = re.search(r"<!-- http consumer: .*?-->\n```python\n(.*?)```", DOCS, re.S)
    assert found
    program = tmp_path / "consumer.py"
    program.write_text(found[1], "utf-8")
    assert len([line for line in found[1].splitlines() if line.strip()]) <= 20
    ids = [one.id for one in tell(archive, [finding(f"d{n}", at=RECENT) for n in range(230)])]
    client = Client(archive.home, declarations())
    client.now = datetime.now(UTC)
    handled: list[str] = []
    try:
        command = [sys.executable, str(program), f"http://{client.host}/v1/alerts", str(tmp_path / "place.txt")]
        while not handled or handled[-1] != ids[-1]:
            with _running(command) as consumer:
                lines = [consumer.readline()]
                while len(lines) < 3 and not lines[-1].startswith(ids[-1]):
                    lines.append(consumer.readline())
            handled += [line.split()[0] for line in [*lines, *consumer.killed()] if line.endswith("\n")]
    finally:
        client.close()
    assert list(dict.fromkeys(handled)) == ids


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_kit_runs_against_the_demo(tmp_path: Path) -> None:
    """The commands of the page, in their order, on the first days of the demo: the feed, the consumer, the engine."""
    found = re.search(r"<!-- demo: .*?-->\n```\n(.*?)```", DOCS, re.S)
    consumer = re.search(r"<!-- consumer: .*?-->\n```python\n(.*?)```", DOCS, re.S)
    assert found and consumer
    first, *rest = found[1].splitlines()
    assert first == "vedette demo --home demo"
    told = 0
    for seen in demo(tmp_path / "demo"):
        told += len(seen.alerts)
        if told >= 5:
            break
    (tmp_path / "consumer.py").write_text(consumer[1], "utf-8")
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    said = []
    for command in rest * 2:
        words = [sys.executable, *command.split()[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    events = [json.loads(line) for line in (tmp_path / "demo/out/alerts.jsonl").read_text("utf-8").splitlines()]
    effects = [(event["id"], effect["id"]) for event in events for effect in event["data"]["scenarios"]]
    assert [tuple(line.split()[:2]) for line in said[0].splitlines()] == effects and effects
    assert said[2] == "", "nothing twice"
    assert {line.split()[0] for line in said[1].splitlines()} == {scenario for _, scenario in effects}
    assert said[1].splitlines() and len(said[3].splitlines()) == len(said[1].splitlines())
    for event in events:
        Draft202012Validator(shipped_schema()).validate(event)
