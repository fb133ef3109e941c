"""Server-side request forgery: no name, number, redirect, row or file link leads crawler or webhooks inside."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reach import may_reach
from digests.channels import webhook
from tests.crawled import DOC, LIST, ROW, Reply, World, document, kinds, listing, source, start, world
from tests.test_crawlers_guards import Trap, told, trap

__all__ = ["trap", "world"]

WRAPPED = (
    "::127.0.0.1",  # IPv4-compatible
    "::ffff:0:127.0.0.1",  # IPv4-translated
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "64:ff9b:1::101:101",  # a NAT64 of one's own network, wherever it leads
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1::",
    "2400:3200::5efe:7f00:1",  # ISATAP
    "2400:3200::200:5efe:a00:1",
    "fec0::1",
    "3fff::1",
    "5f00::1",
    "192.88.99.1",
)
SPELLINGS = (
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.1",
    "0",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "user:password@127.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "100.64.0.1",
)
STAMP = {"webhook-timestamp": "1"}


@pytest.mark.parametrize("address", WRAPPED)
def test_no_inner_address_is_reached_in_ipv6_clothing(address: str) -> None:
    assert not may_reach(ip_address(address))


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"),
       st.sampled_from(["::{}", "::ffff:{}", "::ffff:0:{}", "64:ff9b::{}", "2400:3200::5efe:{}"]))  # fmt: skip
def test_no_form_of_wrapping_makes_a_private_address_public(address: Any, form: str) -> None:
    assert not may_reach(ip_address(form.format(address)))


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_leads_a_webhook_inside(trap: Trap, host: str) -> None:
    for scheme in ("http", "https"):
        outcome = webhook.push(f"{scheme}://{host}:{trap.port}/hook", b"{}", STAMP, ())
        assert outcome.kind == "never" and "VEDETTE_ALLOW_NETWORKS" in outcome.detail
    assert trap.hits == 0 and "password" not in outcome.detail


class Names:
    """A name server that says something else each time: answers by name, in turn, the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {name.replace("_", "."): told for name, told in answers.items()}
        self.asked: Counter[str] = Counter()
        self._real = socket.getaddrinfo

    def look_up(self, host: Any, *args: Any, **named: Any) -> Any:
        told = self._answers.get(host)
        if told is None:
            return self._real(host, *args, **named)
        self.asked[host] += 1
        numbers = told.pop(0) if len(told) > 1 else told[0]
        port = args[0] if args else named.get("port")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port or 0)) for number in numbers]


@pytest.fixture
def rebound(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Puts a `Names` where the machine's name server is."""

    def put(**answers: list[list[str]]) -> Names:
        made = Names(**answers)
        monkeypatch.setattr(socket, "getaddrinfo", made.look_up)
        return made

    return put  # type: ignore[return-value]  # a fixture that gives a function


def test_a_name_that_turns_inside_between_two_requests_is_not_followed(
    tmp_path: Path, trap: Trap, rebound: Any
) -> None:
    names = rebound(turns_example_com=[["127.0.0.1"], ["127.0.0.2"]])
    events = told(tmp_path, f"http://turns.example.com:{trap.port}/", allow_networks="127.0.0.1/32")
    assert names.asked["turns.example.com"] >= 2 and trap.hits == 1, "robots.txt was asked, the page was not"
    assert [one["problem"] for one in events] == ["dns"] and "127.0.0.2" in events[0]["message"]


def test_of_several_addresses_only_those_outside_are_tried(tmp_path: Path, rebound: Any) -> None:
    inner = Trap()
    rebound(mixed_example_com=[["127.0.0.2", "127.0.0.1"]])
    told(tmp_path, f"http://mixed.example.com:{inner.port}/", allow_networks="127.0.0.2/32")
    inner.server.shutdown()
    inner.server.server_close()
    assert inner.hits == 0, "the trap listens on 127.0.0.1 only, which is not allowed"


def test_a_webhook_connects_to_the_number_that_was_checked(trap: Trap, rebound: Any, monkeypatch: Any) -> None:
    names = rebound(hook_example_com=[["127.0.0.2"], ["127.0.0.1"]])
    outcome = webhook.push(f"http://hook.example.com:{trap.port}/", b"{}", STAMP, ())
    assert (outcome.kind, names.asked["hook.example.com"], trap.hits) == ("never", 1, 0)
    assert webhook.push(f"http://hook.example.com:{trap.port}/", b"{}", STAMP, ()).kind == "never"
    rebound(hook_example_com=[["1.1.1.1", "127.0.0.1"]])
    assert webhook.push(f"https://hook.example.com:{trap.port}/", b"{}", STAMP, ()).kind == "never"


ELSEWHERE = (
    "http://127.0.0.1:{}/secret",
    "//127.0.0.1:{}/secret",
    "https://www.example.gov.cn@127.0.0.1:{}/secret",
    "http://2130706433:{}/secret",
    "http://[::1]:{}/secret",
    "file:///etc/passwd#{}",
    "javascript:alert({})",
    "data:text/html,{}",
    "ftp://127.0.0.1:{}/",
)


@pytest.mark.parametrize("link", ELSEWHERE)
def test_rows_of_a_list_lead_to_no_host_that_is_not_declared(world: World, trap: Trap, link: str) -> None:
    world.site.put(LIST, listing(ROW, (link.format(trap.port), "另一份文件", "2026-04-18")))
    world.site.put(DOC, document(ROW[1]))
    assert "new" in kinds(world.crawl(source()))
    assert trap.hits == 0 and set(world.site.paths()) <= {"/robots.txt", "/tz/", "/tz/1.html"}


@pytest.mark.parametrize("link", ELSEWHERE)
def test_links_to_files_lead_to_no_host_that_is_not_declared(world: World, trap: Trap, link: str) -> None:
    href = link.format(trap.port)
    tail = f'<div class="TRS_Editor"><p><a href="{href}/a.pdf">附件1：配额表.pdf</a></p></div>'
    start(world, document(ROW[1], tail=tail))
    assert trap.hits == 0


@pytest.mark.parametrize("link", ELSEWHERE)
def test_a_redirect_of_a_document_leads_to_no_host_that_is_not_declared(world: World, trap: Trap, link: str) -> None:
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, Reply(b"", 302, {"Location": link.format(trap.port)}))
    events = world.crawl(source())
    assert trap.hits == 0 and all(one["event"] == "problem" for one in events), events


def test_a_refresh_in_a_page_is_not_followed(world: World, trap: Trap) -> None:
    refresh = f'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:{trap.port}/secret">'
    start(world, document(ROW[1], head=refresh))
    assert trap.hits == 0


def test_no_proxy_of_the_environment_stands_between(world: World, trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
    start(world)
    assert trap.hits == 0
