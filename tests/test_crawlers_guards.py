"""Addresses that no declaration, redirect or name may lead to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from config.source import Source
from crawlers.crawl import crawl
from crawlers.guards import may_reach
from index.archive.archive import Archive

PRIVATE = (
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fc00::1",
    "fe80::1",
    "ff02::1",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_out_of_reach(address: str) -> None:
    assert not may_reach(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "218.94.1.1", "2400:3200::1", "::ffff:1.1.1.1"])
def test_public_addresses_are_in_reach(address: str) -> None:
    assert may_reach(ip_address(address))


@given(st.ip_addresses(v=4))
def test_no_private_network_is_reached_by_wrapping_it_in_ipv6(address: Any) -> None:
    mapped = ip_address(f"::ffff:{address}")
    assert may_reach(mapped) == may_reach(address)


def test_an_allowed_network_is_reached_and_no_other() -> None:
    allowed = (ip_network("127.0.0.0/8"),)
    assert may_reach(ip_address("127.0.0.1"), allowed)
    assert may_reach(ip_address("::ffff:127.0.0.1"), allowed)
    assert not may_reach(ip_address("10.0.0.1"), allowed)


class Trap:
    """A server on loopback that nobody may reach, and that can send away whoever does."""

    def __init__(self) -> None:
        self.hits = 0
        self.location: str | None = None
        trap = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                trap.hits += 1
                robots = self.path.endswith("/robots.txt")
                self.send_response(404 if robots else 302 if trap.location else 200)
                if trap.location and not robots:
                    self.send_header("Location", trap.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def trap() -> Iterator[Trap]:
    made = Trap()
    yield made
    made.server.shutdown()
    made.server.server_close()


def told(home: Path, url: str, **settings: Any) -> list[dict[str, Any]]:
    source = Source.model_validate(
        {
            "id": "example_tz",
            "title": "通知",
            "title_en": "Notices",
            "authority": "example",
            "tier": "central",
            "region": "CN",
            "kind": "page",
            "urls": [url],
            "delay": 0,
            "every": "2h",
            "expect": {"items": [1, 1]},
            "impact_note": "loopback only",
            "confidence": "A",
        }
    )
    events: list[dict[str, Any]] = []
    with Archive(home) as archive:
        crawl(
            archive,
            [source],
            Settings(**settings),
            clock=lambda: datetime(2026, 4, 20, tzinfo=UTC),
            events=events.append,
        )
    return events


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_loopback_is_not_asked_however_it_is_spelled(tmp_path: Path, trap: Trap, host: str) -> None:
    (event,) = told(tmp_path, f"http://{host}:{trap.port}/")
    assert (event["event"], event["problem"]) == ("problem", "dns")
    assert "VEDETTE_ALLOW_NETWORKS" in event["message"]
    assert trap.hits == 0


def test_loopback_is_asked_where_the_operator_allows_it(tmp_path: Path, trap: Trap) -> None:
    told(tmp_path, f"http://127.0.0.1:{trap.port}/", allow_networks="127.0.0.0/8")
    assert trap.hits == 2  # robots.txt and the page


def test_a_redirect_does_not_lead_where_the_declaration_may_not(tmp_path: Path, trap: Trap) -> None:
    inner = Trap()
    trap.location = f"http://127.0.0.2:{inner.port}/secret"
    (event,) = told(tmp_path, f"http://127.0.0.1:{trap.port}/", allow_networks="127.0.0.1/32")
    inner.server.shutdown()
    inner.server.server_close()
    assert event["problem"] == "dns"
    assert "127.0.0.2" in event["message"]
    assert inner.hits == 0


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/html,hello"])
def test_a_redirect_to_another_scheme_is_not_followed(tmp_path: Path, trap: Trap, location: str) -> None:
    trap.location = location
    (event,) = told(tmp_path, f"http://127.0.0.1:{trap.port}/", allow_networks="127.0.0.0/8")
    assert event["problem"] == "http"
