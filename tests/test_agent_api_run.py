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
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller

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
    assert re.search(rf"running .*api=http://127\.0\.0\.1:{port}\b", said)


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


class _Mails:
    """A relay that keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"

    def wait(self, count: int) -> None:
        end = time.monotonic() + 40
        while len(self.taken) < count:
            assert time.monotonic() < end, f"{len(self.taken)} mails of {count}"
            time.sleep(0.1)


def _post(address: str, body: str) -> int:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("POST", parts.path, body, {"content-type": "application/x-www-form-urlencoded"})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_links_of_a_mail_work_against_the_running_agent(tmp_path: Path) -> None:
    """Two receivers get a mail each; one follows their own link, the other still gets the next issue."""
    port, mails, home = _free_port(), _Mails(), tmp_path / "home"
    relay = Controller(mails, hostname="127.0.0.1", port=_free_port())
    relay.start()
    (tmp_path / "config/subscriptions").mkdir(parents=True)
    (tmp_path / "config/subscriptions/desk.yml").write_text(
        "title: Desk\ncadence: immediate\nto: [a@example.org, b@example.org]\n", "utf-8"
    )
    (tmp_path / "config/subscriptions/board.yml").write_text("title: B\nchannel: file\ncadence: immediate\n", "utf-8")
    mail = {"VEDETTE_SMTP_HOST": "127.0.0.1", "VEDETTE_SMTP_PORT": str(relay.port), "VEDETTE_SMTP_STARTTLS": "false"}
    env = _environment(home, port, VEDETTE_PUBLIC_URL=f"http://127.0.0.1:{port}", **mail)
    command = [*COMMAND, "--config", str(tmp_path / "config"), "run", "ndrc_tz"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as agent:
        try:
            _wait(port)
            _tell_now(home, "first")
            mails.wait(2)
            links = {to: str(mail["List-Unsubscribe"]).strip("<>") for to, mail in mails.taken}
            assert len(set(links.values())) == 2
            for to, message in mails.taken:
                whole = "".join(p.get_content() for p in message.walk() if p.get_content_maintype() == "text")
                other = next(one for one in links if one != to)
                assert message["To"] == to and links[to] in whole
                assert other not in whole + str(message["To"]) and links[other] not in whole
            preferences = links["a@example.org"].replace("/unsubscribe/", "/preferences/")
            for link in (links["a@example.org"], preferences):
                assert b"Desk" in _get(port, urlsplit(link).path)
            assert _left(home) == set(), "opening a link changes nothing"
            assert _post(links["a@example.org"], "List-Unsubscribe=One-Click") == 200
            assert _left(home) == {"a@example.org"}
            _tell_now(home, "second")
            mails.wait(3)
            assert _post(preferences, "subscription=desk&wanted=yes") == 200
            _tell_now(home, "third")
            mails.wait(5)
            assert [to for to, _ in mails.taken[2:]] == ["b@example.org", "a@example.org", "b@example.org"]
        finally:
            agent.send_signal(signal.SIGTERM)
            agent.communicate(timeout=30)
            relay.stop()


def _tell_now(home: Path, name: str) -> None:
    with Archive(home) as archive:
        tell(archive, [finding(name, at=datetime.now(UTC))])


def _left(home: Path) -> frozenset[str]:
    with Archive(home) as archive:
        return archive.told.left("desk")
