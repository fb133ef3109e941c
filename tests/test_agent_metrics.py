"""`/metrics` of a real `vedette run`, read by Prometheus' own parser, and what it may never hold."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agent.api.counting import NOWHERE
from agent.replica.server import serving
from index.archive.archive import Archive
from index.records import Delivery, DeliveryStatus, Problem, Run
from tests.served import CLOCK, Client
from tests.telling import declarations, finding, tell

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
TOKEN = "a-token-of-many-letters"


def parsed(text: str) -> Samples:
    """Every sample by name and labels; each family has a type and a help, and none stands twice."""
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    assert all(family.documentation and family.type != "unknown" for family in families)
    samples = [sample for family in families for sample in family.samples]
    made = {(one.name, tuple(sorted(one.labels.items()))): one.value for one in samples}
    assert len(made) == len(samples)
    return made


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, tuple(sorted(labels.items()))]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as made:
        yield made


def test_values_come_from_the_archive(archive: Archive) -> None:
    tell(archive, [finding()])
    health = archive.health
    for hours, problems in ((5, 0), (2, 1)):
        began = CLOCK - timedelta(hours=hours)
        ended = began + timedelta(seconds=90)
        health.add_run(Run("ndrc_tz", began, ended, requests=10, bytes=4096, listed=3, new=2, problems=problems))
    health.open(Problem("ndrc_tz", "blocked", "refused", "https://www.ndrc.gov.cn/xxgk/secret-path.html", CLOCK))
    states: list[DeliveryStatus] = ["pending", "dead", "dead"]
    archive.ledger.queue(
        Delivery(f"b/{n}", "b", "i", "mail", "a@example.org", state, 1, None, None) for n, state in enumerate(states)
    )
    client = Client(archive.home, declarations())
    try:
        client.ask("/v1/alerts")
        client.ask("/v1/alerts?timeout=1&lastEventId=" + archive.feed.after(0)[0].id)
        client.ask("/v1/alerts/none-such")
        client.ask("/v1/alerts/none-such", method="HEAD")
        client.ask("/" + "x" * 99)
        status, headers, body = client.ask("/metrics")
    finally:
        client.close()
    assert status == 200 and headers["content-type"].startswith("text/plain; version=0.0.4")
    assert b"secret-path" not in body and b"xxx" not in body and b"http" not in body.replace(b"vedette_http", b"")
    found = parsed(body.decode())
    assert value(found, "vedette_crawl_requests_total", source="ndrc_tz") == 20
    assert value(found, "vedette_crawl_new_total", source="ndrc_tz") == 4
    assert value(found, "vedette_source_success_age_seconds", source="ndrc_tz") == 5 * 3600
    assert value(found, "vedette_crawl_last_seconds", source="ndrc_tz") == 90
    assert value(found, "vedette_problems_open", source="ndrc_tz", kind="blocked") == 1
    assert value(found, "vedette_deliveries", status="dead") == 2
    assert value(found, "vedette_feed_last_seq") == 1
    assert value(found, "vedette_watching") == 0
    assert value(found, "vedette_http_requests_total", route="/v1/alerts", status="200") == 2
    assert value(found, "vedette_http_request_seconds_count", route="/v1/alerts") == 1  # a long poll is not timed
    assert value(found, "vedette_http_requests_total", route="/v1/alerts/{event}", status="404") == 2
    assert value(found, "vedette_http_requests_total", route=NOWHERE, status="404") == 1
    assert value(found, "process_resident_memory_bytes") > 10_000_000


def test_refused_requests_add_no_label(archive: Archive) -> None:
    client = Client(archive.home, declarations(), token=TOKEN)
    try:
        for n in range(20):
            client.ask(f"/made-up-{n}")
            client.ask(f"/v1/documents/made-up-{n}")
        body = client.ask("/metrics", Authorization=f"Bearer {TOKEN}")[2]
    finally:
        client.close()
    routes = {dict(labels)["route"] for name, labels in parsed(body.decode()) if name == "vedette_http_requests_total"}
    assert routes == {NOWHERE, "/v1/documents/{document}"}


@dataclass(frozen=True)
class Running:
    """A `vedette run` on the replica of three sources; what it logs goes to `log`."""

    port: int
    home: Path
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found

    def until(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if holds():
                    return
            except OSError:
                pass
            time.sleep(0.3)
        pytest.fail(self.log.read_text("utf-8")[-3000:])

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home, port = tmp_path_factory.mktemp("home"), 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving() as site, (home / "log").open("wb") as log:  # which shows nothing: every page is 404
        own = {"VEDETTE_HOME": str(home), "VEDETTE_LISTEN": f"127.0.0.1:{port}", "VEDETTE_LOG": "json"}
        away = {"VEDETTE_MIRROR": site.address, "VEDETTE_ALLOW_NETWORKS": "127.0.0.0/8"}
        command = [sys.executable, "-c", "from agent.cli import main; main()", "run", "ct_group"]
        process = subprocess.Popen(command, env={**os.environ, **own, **away}, stderr=log)
        try:
            yield Running(port, home, home / "log")
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    told = [json.loads(line) for line in (home / "log").read_text("utf-8").splitlines()]
    assert told[-1]["message"] == "stopped" and "stopping" in {line["message"] for line in told}


@pytest.mark.slow
def test_an_agent_at_work_says_how_it_is(running: Running) -> None:
    running.until(lambda: running.get("/readyz")[0] == 200)

    running.until(lambda: any(line["message"] == "crawled" for line in running.lines()))
    (crawl,) = [line for line in running.lines() if line["message"] == "crawled"]
    running.until(lambda: ("vedette_crawl_runs_total", (("source", "ct_group"),)) in parsed(running.get("/metrics")[1]))
    found = parsed(running.get("/metrics")[1])
    assert value(found, "vedette_crawl_requests_total", source="ct_group") == crawl["requests"] > 0
    assert value(found, "vedette_crawl_bytes_total", source="ct_group") == crawl["bytes"]
    assert value(found, "vedette_problems_open", source="ct_group", kind="http") == crawl["problems"] > 0
    assert value(found, "vedette_watching") == 1 and value(found, "vedette_model_loaded") == 0
    problem = next(line for line in running.lines() if line["message"] == "problem")
    assert (problem["level"], problem["source"], problem["problem"]) == ("warning", "ct_group", "http")
    assert problem["url"].startswith("https://") and "404" in problem["detail"]
    assert 0 <= value(found, "vedette_silence_seconds", part="schedule") < 30
    assert value(found, "process_resident_memory_bytes") > 100_000_000
    assert value(found, "vedette_http_requests_total", route="/readyz", status="200") >= 1
    begun = next(line for line in running.lines() if line["message"] == "running")
    assert begun["sources"] == 1 and begun["level"] == "info"
    assert datetime.fromisoformat(begun["time"]) <= datetime.now(UTC)
    assert {line["logger"] for line in running.lines()} == {"vedette"}
