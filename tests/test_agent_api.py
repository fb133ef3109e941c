"""The API over real HTTP: cursors that never skip, filters, caching, streams, access, and the pages behind links."""

from __future__ import annotations

import http.client
import json
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import feedparser
import pytest
from jsonschema import Draft202012Validator

from agent.api.serving import Api, CannotListen
from config.declaration import DeclarationError
from config.settings import Settings
from digests.daily import make
from digests.optout import Key
from index.archive.archive import Archive
from index.records import Alert
from tests.served import CLOCK, Client
from tests.telling import NDRC, NOW, SHANGHAI, declarations, finding, subscription, tell

TOKEN = "a-token-of-many-letters"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as made:
        yield made


@pytest.fixture
def client(archive: Archive) -> Iterator[Client]:
    made = Client(archive.home, declarations(subscription(to=("a@example.org", "b@example.org"))))
    yield made
    made.close()


def _fill(archive: Archive, count: int, at: datetime = NOW) -> list[Alert]:
    """Alerts of two triggers, three tiers and regions, in turn."""
    origins = [None, NDRC, SHANGHAI]
    made = []
    for n in range(count):
        one = finding(f"d{n}-{at:%d%H}", trigger="quota" if n % 4 == 0 else "pricing", at=at + timedelta(seconds=n))
        origin = origins[n % 3]
        rating = replace(one.rating, severity="minor") if n % 2 else one.rating
        made.append(replace(one, rating=rating, **({"origin": origin} if origin else {})))
    return tell(archive, made)


def test_a_consumer_reads_everything_once_and_in_order(archive: Archive, client: Client) -> None:
    ids = [one.id for one in _fill(archive, 27)]
    last, got = None, []
    while batch := client.events(limit=10, **({"lastEventId": last} if last else {})):
        got += [event["id"] for event in batch]
        last = batch[-1]["id"]
    assert got == ids
    more = _fill(archive, 3, NOW + timedelta(hours=1))
    assert [event["id"] for event in client.events(lastEventId=last)] == [one.id for one in more]


def test_events_are_the_stored_ones_and_hold_the_schema(archive: Archive, client: Client) -> None:
    (told,) = _fill(archive, 1)
    (event,) = client.events()
    assert event == told.event
    status, headers, body = client.ask("/schemas/alert/1.json")
    assert (status, headers["content-type"]) == (200, "application/schema+json")
    Draft202012Validator(json.loads(body)).validate(event)
    status, headers, body = client.ask(f"/v1/alerts/{told.id}")
    assert (status, headers["content-type"]) == (200, "application/cloudevents+json")
    assert json.loads(body) == event
    assert json.loads(client.ask(f"/v1/alerts/{told.key}")[2]) == event


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ({"trigger": "quota"}, lambda e: e["triggerid"] == "quota"),
        ({"trigger": ["quota", "pricing"]}, lambda _: True),
        ({"severity": "severe"}, lambda e: e["severity"] == "severe"),
        ({"tier": "municipal"}, lambda e: e["data"]["publisher"]["tier"] == "municipal"),
        ({"region": "CN-31"}, lambda e: e["data"]["publisher"]["region"] == "CN-31"),
        ({"scenario": "rationing"}, lambda _: True),
        ({"scenario": "lock_in"}, lambda _: False),
        ({"tier": "central", "severity": "severe"}, lambda e: e["data"]["publisher"]["tier"] == "central"),
    ],
)
def test_filters_keep_order_and_the_cursor_skips_nothing(
    archive: Archive, client: Client, query: dict[str, Any], holds: Any
) -> None:
    """Reading filtered, by twos and by the address of the next batch, gives what filtering everything gives."""
    told = [one.event for one in _fill(archive, 60)]
    wanted = [event["id"] for event in told if holds(event)]
    if query.get("severity"):
        wanted = [event["id"] for event in told if event["id"] in wanted and event["severity"] == "severe"]
    got, last = [], None
    while batch := client.events(limit=2, **query, **({"lastEventId": last} if last else {})):
        got += [event["id"] for event in batch]
        last = batch[-1]["id"]
    assert got == wanted
    by_link, path = [], f"/v1/alerts?{urlencode({'limit': 7, **query}, doseq=True)}"
    for _ in range(40):
        _, headers, body = client.ask(path)
        by_link += [event["id"] for event in json.loads(body)]
        target = headers["link"].partition(">")[0].removeprefix("<")
        if target == path:
            break
        path = target
    assert by_link == wanted


def test_more_events_than_are_looked_at_in_one_go(archive: Archive, client: Client) -> None:
    ids = [one.id for one in _fill(archive, 1100)]
    assert [event["id"] for event in client.events(limit=1000)] == ids[:1000]
    assert [event["id"] for event in client.events(limit=1000, lastEventId=ids[999])] == ids[1000:]
    quota = [event["id"] for event in client.events(limit=1000, trigger="quota")]
    assert quota == ids[::4]
    assert [event["id"] for event in client.events(limit=1000, trigger="quota", lastEventId=quota[-1])] == []


def test_a_long_poll_answers_when_something_comes(archive: Archive, client: Client) -> None:
    last = _fill(archive, 2)[-1].id
    begin = time.monotonic()
    threading.Timer(0.7, _fill, [archive, 1, NOW + timedelta(hours=1)]).start()
    (event,) = client.events(lastEventId=last, timeout=15000)
    assert 0.6 < time.monotonic() - begin < 12, "it did not wait for its whole time"
    begin = time.monotonic()
    assert client.events(lastEventId=event["id"], timeout=600) == []
    assert 0.5 < time.monotonic() - begin < 12


def test_a_filtered_long_poll_does_not_wake_for_other_events(archive: Archive, client: Client) -> None:
    last = _fill(archive, 2)[-1].id
    threading.Timer(0.3, tell, [archive, [finding("other", at=NOW)]]).start()
    status, headers, body = client.ask(f"/v1/alerts?lastEventId={last}&trigger=quota&timeout=1200")
    assert (status, json.loads(body)) == (200, [])
    seen = archive.feed.after(0)[-1].id
    assert f"lastEventId={seen}" in headers["link"], "what was looked at need not be looked at again"


def test_out_of_retention(archive: Archive, client: Client) -> None:
    old = _fill(archive, 3, NOW - timedelta(days=500))
    new = _fill(archive, 2)
    assert [event["id"] for event in client.events()] == [one.id for one in new]
    status, headers, body = client.ask(f"/v1/alerts?lastEventId={old[0].id}")
    problem = json.loads(body)
    assert (status, headers["content-type"]) == (410, "application/problem+json")
    assert (problem["status"], problem["oldest"]) == (410, new[0].id)
    assert [event["id"] for event in client.events(lastEventId=old[-1].id)] == [one.id for one in new]
    client.now = NOW + timedelta(days=900)
    status, _, body = client.ask(f"/v1/alerts?lastEventId={new[0].id}")
    assert (status, json.loads(body)["oldest"]) == (410, None)
    assert client.events(lastEventId=new[-1].id) == []
    assert client.ask(f"/v1/alerts/{old[0].id}")[0] == 200, "single events are kept"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/v1/alerts?lastEventId=abc", 400, "is no id of an event"),
        ("/v1/alerts?lastEventId=000000000009-00000000", 409, "another feed"),
        ("/v1/alerts?lastEventId=000000000001-00000000", 409, "another feed"),
        ("/v1/alerts?trigger=prices", 400, "known are"),
        ("/v1/alerts?region=CN-99", 400, "known are"),
        ("/v1/alerts?scenario=x", 400, "rationing"),
        ("/v1/alerts?tier=royal", 400, "tier"),
        ("/v1/alerts?severity=bad", 400, "severity"),
        ("/v1/alerts?limit=0", 400, "limit"),
        ("/v1/alerts?limit=1001", 400, "limit"),
        ("/v1/alerts?timeout=-1", 400, "timeout"),
        ("/v1/alerts/000000000009-00000000", 404, "neither"),
        ("/v1/nothing", 404, ""),
        ("/v1/alerts/stream?lastEventId=abc", 400, "is no id"),
    ],
)
def test_faults_are_problems(archive: Archive, client: Client, path: str, status: int, told: str) -> None:
    _fill(archive, 2)
    got, headers, body = client.ask(path)
    assert (got, headers["content-type"]) == (status, "application/problem+json")
    assert told in json.loads(body).get("detail", "")


def test_an_unchanged_batch_is_not_sent_again(archive: Archive, client: Client) -> None:
    first = _fill(archive, 3)[0]
    for path in ("/v1/alerts", f"/v1/alerts/{first.id}", "/v1/alerts.atom", "/v1/alerts.json"):
        status, headers, body = client.ask(path)
        assert status == 200 and body
        status, again, body = client.ask(path, If_None_Match=headers["etag"])
        assert (status, body, again["etag"]) == (304, b"", headers["etag"])
        assert client.ask(path, If_None_Match=f'"x", W/{headers["etag"]}')[0] == 304
    _, headers, _ = client.ask("/v1/alerts")
    _fill(archive, 1, NOW + timedelta(hours=1))
    assert client.ask("/v1/alerts", If_None_Match=headers["etag"])[0] == 200
    full = client.ask(f"/v1/alerts?lastEventId={first.id}&limit=1")[1]["cache-control"]
    assert "max-age=3600" in full, "a full batch after an event never changes"


def test_a_stream_goes_on_after_the_last_event_seen(archive: Archive, client: Client) -> None:
    told = _fill(archive, 3)
    connection = http.client.HTTPConnection(client.host, timeout=20)
    connection.request("GET", "/v1/alerts/stream", headers={"Last-Event-ID": told[0].id})
    answer = connection.getresponse()
    assert answer.getheader("content-type", "").startswith("text/event-stream")
    threading.Timer(0.5, _fill, [archive, 1, NOW + timedelta(hours=1)]).start()
    got: list[tuple[str, Any]] = []
    fields: dict[str, str] = {}
    while len(got) < 3:
        line = answer.readline().decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            got.append((fields["id"], json.loads(fields["data"])))
            fields = {}
    assert [identity for identity, _ in got] == [one.id for one in archive.feed.after(1)]
    assert all(event["id"] == identity for identity, event in got)
    connection.close()


def test_a_stream_and_a_long_poll_end_with_the_server(archive: Archive) -> None:
    _fill(archive, 1)
    client = Client(archive.home, declarations())
    connection = http.client.HTTPConnection(client.host, timeout=20)
    connection.request("GET", "/v1/alerts/stream")
    answer = connection.getresponse()
    begin = time.monotonic()
    client.close()
    assert time.monotonic() - begin < 15
    assert b"event: alert" in answer.read()


def test_atom_is_read_by_feedparser(archive: Archive, client: Client) -> None:
    nasty = finding("n", title='<script>alert("x")</script> & 词元 \u202e😀' * 40, at=NOW + timedelta(hours=2))
    told = [*_fill(archive, 3), *tell(archive, [nasty])]
    _, headers, body = client.ask("/v1/alerts.atom?limit=3")
    assert headers["content-type"].startswith("application/atom+xml")
    ET.fromstring(body)
    read = feedparser.parse(body)
    assert not read.bozo
    assert [entry.id.rpartition(":")[2] for entry in read.entries] == [one.id for one in reversed(told)][:3]
    assert "<script" not in read.entries[0].content[0].value
    assert read.entries[0].title == told[-1].event["data"]["headline"]
    assert read.feed.updated == told[-1].event["time"]


def test_json_feed(archive: Archive, client: Client) -> None:
    told = _fill(archive, 3)
    _, headers, body = client.ask("/v1/alerts.json?trigger=pricing")
    assert headers["content-type"].startswith("application/feed+json")
    feed = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"].endswith("/v1/alerts.json?trigger=pricing")
    assert [item["_vedette"]["id"] for item in feed["items"]] == [told[2].id, told[1].id]
    for item in feed["items"]:
        assert isinstance(item["id"], str) and item["content_html"]
        assert all(key.startswith("_") or key in _ITEM for key in item)


_ITEM = {"id", "url", "title", "content_html", "date_published", "authors", "tags", "language"}


def test_an_empty_feed(client: Client) -> None:
    assert client.events() == []
    assert client.events(trigger="quota") == []
    assert not feedparser.parse(client.ask("/v1/alerts.atom")[2]).bozo
    assert json.loads(client.ask("/v1/alerts.json")[2])["items"] == []
    assert json.loads(client.ask("/healthz")[2])["events"] == 0


def test_the_token(archive: Archive) -> None:
    client = Client(archive.home, declarations(), token=TOKEN)
    try:
        for path in ("/v1/alerts", "/v1/alerts.atom", "/v1/alerts/stream", "/v1/alerts/000000000001-00000000"):
            status, headers, body = client.ask(path)
            assert (status, json.loads(body)["title"]) == (401, "No access")
            assert headers["www-authenticate"].startswith("Bearer")
        assert client.ask("/v1/alerts", Authorization="Bearer wrong")[0] == 401
        assert client.ask("/v1/alerts", Authorization="Basic §§".encode().decode("latin-1"))[0] == 401
        assert client.ask("/v1/alerts", Authorization=f"Bearer {TOKEN}")[0] == 200
        basic = "OmEtdG9rZW4tb2YtbWFueS1sZXR0ZXJz"  # any name, the token as password
        assert client.ask("/v1/alerts.atom", Authorization=f"Basic {basic}")[0] == 200
        assert client.ask("/healthz")[0] == 200
        assert client.ask("/schemas/alert/1.json")[0] == 200
    finally:
        client.close()


def test_a_foreign_host_name_is_refused_where_no_token_guards(client: Client) -> None:
    """What DNS rebinding looks like: a page elsewhere asks a loopback address under its own name."""
    assert client.ask("/v1/alerts", Host="evil.example.org")[0] == 400
    assert client.ask("/v1/alerts", Host=f"localhost:{urlsplit('//' + client.host).port}")[0] == 200


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.org:80"])
def test_other_machines_need_a_token(tmp_path: Path, listen: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        Api(declarations(), Settings(home=tmp_path, listen=listen), lambda: CLOCK)
    assert caught.value.key == "VEDETTE_LISTEN" and "VEDETTE_TOKEN" in caught.value.fix


def test_a_port_that_is_taken_is_named(tmp_path: Path, client: Client) -> None:
    with pytest.raises(CannotListen, match=r"VEDETTE_LISTEN 127.*in use"):
        Api(declarations(), Settings(home=tmp_path, listen=client.host), lambda: CLOCK)


def test_the_description_names_the_webhook(client: Client) -> None:
    described = json.loads(client.ask("/openapi.json")[2])
    assert described["openapi"].startswith("3.1")
    assert "alert" in described["webhooks"] and "/v1/alerts" in described["paths"]


# -- the pages behind links


FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def _token(archive: Archive, receiver: str = "a@example.org") -> str:
    return Key(archive.home).token("board", receiver)


def test_opening_the_link_changes_nothing(archive: Archive, client: Client) -> None:
    for path in (f"/unsubscribe/{_token(archive)}", f"/preferences/{_token(archive)}"):
        status, headers, body = client.ask(path)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "Board brief" in body.decode() and "a@example.org" in body.decode()
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert client.ask(f"/unsubscribe/{_token(archive)}", "HEAD")[0] in {200, 405}
    assert archive.told.silenced() == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=xyz",
            '--xyz\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--xyz--\r\n',
        ),
    ],
)
def test_one_click(archive: Archive, client: Client, kind: str, body: str) -> None:
    """RFC 8058: both kinds of form, no cookie, no redirect; a second click is as good as one."""
    for _ in range(2):
        status, headers, page = client.ask(f"/unsubscribe/{_token(archive)}", "POST", body, Content_Type=kind)
        assert status == 200 and "set-cookie" not in headers
        assert "You are unsubscribed" in page.decode()
    (left,) = archive.told.silenced()
    assert (left.subscription, left.receiver, left.cause) == ("board", "a@example.org", "unsubscribed")


def test_who_left_gets_no_further_issue(archive: Archive, client: Client) -> None:
    settings = Settings(home=archive.home, smtp_host="127.0.0.1", public_url="https://v.example.org")
    declared = declarations(subscription(to=("a@example.org", "b@example.org")))
    _fill(archive, 1)
    make(archive, declared, settings, NOW + timedelta(hours=1))
    client.ask(f"/unsubscribe/{_token(archive)}", "POST", "List-Unsubscribe=One-Click", **FORM)
    states = {one.receiver: (one.status, one.last_error) for one in archive.ledger.deliveries()}
    assert states == {"a@example.org": ("dead", "the receiver unsubscribed"), "b@example.org": ("pending", None)}
    _fill(archive, 1, NOW + timedelta(hours=2))
    (made,) = make(archive, declared, settings, NOW + timedelta(days=1))
    assert [one.receiver for one in archive.ledger.deliveries(made.id)] == ["b@example.org"]


def test_preferences(archive: Archive) -> None:
    a, b = "a@example.org", "b@example.org"
    declared = declarations(
        subscription(to=(a, b)),
        subscription("weekly", title="周报 <b>", cadence="weekly", to=(a,), language="zh"),
        subscription("others", to=(b,)),
        subscription("hook", channel="webhook", cadence="immediate", at=None, to=("https://example.org/",)),
    )
    client = Client(archive.home, declared)
    path = f"/preferences/{_token(archive)}"
    try:
        page = client.ask(path)[2].decode()
        assert "Board brief" in page and "周报 &lt;b&gt;" in page
        assert 'value="others"' not in page and 'value="hook"' not in page
        status, _, body = client.ask(path, "POST", "subscription=weekly&wanted=no", **FORM)
        assert status == 200 and "Subscribe again" in body.decode()
        assert archive.told.left("weekly") == {a}
        client.ask(path, "POST", "subscription=weekly&wanted=yes", **FORM)
        assert archive.told.silenced() == []
        for bad in ("subscription=others&wanted=no", "subscription=board&wanted=maybe", "x", ""):
            assert client.ask(path, "POST", bad, **FORM)[0] == 400
        assert client.ask(path, "POST", "x" * 9000, **FORM)[0] == 413
        assert archive.told.silenced() == []
    finally:
        client.close()


@pytest.mark.parametrize("token", ["preview", "x.y", "%F0%9F", "a" * 500])
def test_a_link_that_we_did_not_write(archive: Archive, client: Client, token: str) -> None:
    for page in ("unsubscribe", "preferences"):
        status, _, body = client.ask(f"/{page}/{token}")
        assert status == 404 and "链接无效" in body.decode()
        assert client.ask(f"/{page}/{token}", "POST", "List-Unsubscribe=One-Click", **FORM)[0] == 404
    other = Key(archive.home.parent / "elsewhere").token("board", "a@example.org")
    assert client.ask(f"/unsubscribe/{other}", "POST", "List-Unsubscribe=One-Click", **FORM)[0] == 404
    assert archive.told.silenced() == []


def test_a_post_without_the_field_is_refused(archive: Archive, client: Client) -> None:
    assert client.ask(f"/unsubscribe/{_token(archive)}", "POST", "", **FORM)[0] == 400
    assert archive.told.silenced() == []


def test_times_are_utc(archive: Archive, client: Client) -> None:
    _fill(archive, 1)
    assert client.events()[0]["time"] == NOW.astimezone(UTC).isoformat().replace("+00:00", "Z")
