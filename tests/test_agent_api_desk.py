"""The analyst's API over real HTTP: what is in the archive, page by page, with proofs; faults that say what to do."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.declarations import Declarations, load
from index.archive.archive import Archive
from index.identity import document_id
from tests.desks import CARRIED, PLAN, Desk, desk, filled, put
from tests.priced import START, STORY, tell

PLAN_ID, CARRIED_ID = document_id(PLAN.url), document_id(CARRIED.url)


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, declared: Declarations) -> Iterator[Archive]:
    with filled(tmp_path_factory.mktemp("desk"), declared) as opened:
        yield opened


@pytest.fixture(scope="module")
def at(archive: Archive, declared: Declarations) -> Iterator[Desk]:
    with desk(archive.home, declared) as made:
        yield made


def all_of(at: Desk, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every item of a list, by its cursors."""
    found, cursor = [], None
    while True:
        page = at.get(path, **query, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def test_a_document_is_told_down_to_the_bytes(at: Desk, archive: Archive) -> None:
    told = at.get(f"/v1/documents/{PLAN_ID}")
    assert (told["versions"], told["latest"]["number"], told["state"]) == (2, 2, "live")
    assert told["latest"]["doc_number"] == "发改数据〔2026〕12号"
    assert [one["change"]["kind"] for one in told["events"]] == ["new", "amended"]
    assert "800万" in told["events"][1]["change"]["diff"]["clauses"][0]["after"]
    assert [one["document"] for one in told["reprints"]] == [document_id("https://www.gov.example.cn/copy.html")]
    assert [(one["document"], one["kind"]) for one in told["citing"]] == [(CARRIED_ID, "implements")]
    assert told["attachments"] == [{"url": PLAN.attachments[0].url, "name": "附件", "sha256": None}]
    sha = told["latest"]["snapshot"]
    assert hashlib.sha256(archive.pages.body(sha)).hexdigest() == sha


def test_facts_and_quotes_stand_in_the_text(at: Desk) -> None:
    version = at.get("/v1/documents/plans/versions/latest")
    assert version["facts"] and version["receipts"][0]["status"] == 200
    status, headers, body = at.ask(f"/v1/documents/plans/versions/{version['version']['id']}/text")
    assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert body.decode() == version["text"] and "immutable" in headers["cache-control"]
    prices = [one for one in all_of(at, "/v1/facts", kind="price", limit=1) if one["document"] == "plans"]
    assert prices and {one["fact"]["values"]["amount"] for one in prices} == {"49.9"}
    for one in prices:
        assert version["text"][one["fact"]["start"] : one["fact"]["end"]] == one["quote"]


def test_versions_by_number_id_and_newest(at: Desk) -> None:
    heads = all_of(at, f"/v1/documents/{PLAN_ID}/versions", limit=1)
    assert [one["number"] for one in heads] == [2, 1] and heads[0]["previous"] == heads[1]["id"]
    for name, number in ((heads[1]["id"], 1), ("2", 2), ("latest", 2)):
        assert at.get(f"/v1/documents/{PLAN_ID}/versions/{name}")["version"]["number"] == number
    other = at.get("/v1/documents/plans/versions/1")["version"]["id"]
    assert "versions lists them" in at.get(f"/v1/documents/{PLAN_ID}/versions/{other}", 404)["detail"]


def test_a_diff_as_json_and_side_by_side(at: Desk) -> None:
    found = at.get(f"/v1/documents/{PLAN_ID}/diff")
    assert (found["before"]["number"], found["after"]["number"], found["changed"]) == (1, 2, True)
    (clause,) = found["diff"]["clauses"]
    assert clause["op"] == "replace" and clause["locator"] == "第一条"
    back = at.get(f"/v1/documents/{PLAN_ID}/diff", **{"from": "2", "to": "1"})
    assert back["diff"]["clauses"][0]["before"] == clause["after"]
    status, headers, body = at.ask(f"/v1/documents/{PLAN_ID}/diff?format=html")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<del>" in body.decode() and "default-src 'none'" in headers["content-security-policy"]
    assert "is the first" in at.get(f"/v1/documents/{CARRIED_ID}/diff", 404)["detail"]


def test_snapshots_are_served_as_received_and_never_shown(at: Desk, archive: Archive) -> None:
    sha = at.get(f"/v1/documents/{PLAN_ID}")["latest"]["snapshot"]
    status, headers, body = at.ask(f"/v1/snapshots/{sha}")
    assert status == 200 and body == archive.pages.body(sha)
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == f'attachment; filename="{sha}.bin"'
    assert headers["content-security-policy"].startswith("sandbox;")
    assert headers["x-content-type-options"] == "nosniff"
    status, headers, body = at.ask(f"/v1/snapshots/{sha}?as=text")
    assert headers["content-type"] == "text/plain; charset=gb18030" and headers["content-disposition"].startswith("att")
    assert PLAN.title in body.decode("gb18030")
    (receipt,) = at.get(f"/v1/snapshots/{sha}/receipts")["receipts"]
    assert receipt["headers"]["server"] == "nginx" and receipt["url"] == PLAN.url


@pytest.mark.parametrize("charset", ["utf-16\r\nX-Bad: 1", "no-such", "zlib", '"', "utf-8; x=1", ""])
def test_a_publisher_s_charset_is_no_way_into_our_headers(
    at: Desk, archive: Archive, charset: str, request: pytest.FixtureRequest
) -> None:
    from tests import desks

    odd = replace(CARRIED, url=f"https://odd.example.cn/{len(charset)}{charset[:1]}.html", title=f"x{charset}")
    before = dict(desks.HEADERS)
    request.addfinalizer(lambda: desks.HEADERS.update(before))
    desks.HEADERS["content-type"] = f"text/html; charset={charset}"
    change = put(archive, odd, "ndrc_tz", 35)
    version = archive.documents.version(change.after or "")
    assert version is not None
    status, headers, _ = at.ask(f"/v1/snapshots/{version.page_sha256}?as=text")
    assert status == 200 and headers["content-type"].startswith("text/plain; charset=") and "x-bad" not in headers


def test_changes_are_filtered_and_go_on_while_things_are_added(
    at: Desk, archive: Archive, declared: Declarations
) -> None:
    rises = at.get("/v1/changes", trigger="pricing", tier="carrier")["items"]
    assert [one["change"]["document"] for one in rises] == ["rise", "plans", "plans"]
    assert rises[0]["tags"][0]["evidence"][0]["quote"] and rises[0]["alerts"][0]["headline_zh"]
    assert rises[0]["severity"] in {"minor", "moderate", "severe", "extreme"}
    one = at.get(f"/v1/changes/{rises[0]['change']['id']}")
    assert {tag["trigger"] for tag in one["tags"]} == set(declared.triggers)
    assert [x["change"]["kind"] for x in at.get("/v1/changes", kind="amended")["items"]] == ["amended", "amended"]
    day = (START + timedelta(days=24)).date()
    on_day = at.get("/v1/changes", since=day.isoformat(), before=(day + timedelta(days=1)).isoformat())["items"]
    assert [x["change"]["document"] for x in on_day] == ["rise"]
    page = at.get("/v1/changes", limit=3)
    tell(archive, declared, replace(STORY[0], name="meanwhile", day=40))
    second = at.get("/v1/changes", limit=3, cursor=page["next"])
    places = [x["change"]["id"] for x in page["items"] + second["items"]]
    assert len(set(places)) == 6
    assert places == [x["change"]["id"] for x in at.get("/v1/changes", limit=7)["items"]][1:]


def test_documents_are_listed_and_filtered(at: Desk, archive: Archive) -> None:
    ids = [one["id"] for one in all_of(at, "/v1/documents", limit=2)]
    assert sorted(ids) == sorted(archive.documents.ids()) and len(set(ids)) == len(ids)
    assert [one["id"] for one in at.get("/v1/documents", region="CN-52")["items"]] == [CARRIED_ID]
    assert {one["id"] for one in at.get("/v1/documents", trigger="quota")["items"]} == {"limit"}


def test_a_cursor_belongs_to_its_list(at: Desk) -> None:
    cursor = at.get("/v1/documents", limit=1)["next"]
    assert "of other filters" in at.get("/v1/documents", 409, cursor=cursor, tier="carrier")["detail"]
    assert at.get("/v1/changes", 409, cursor=cursor)["title"] in {"Another list", "No cursor"}
    for made_up in ("x", "WyJh", "W10", "////", "bnVsbA", "WzEsMl0"):
        assert at.get("/v1/changes", 409, cursor=made_up)["title"] in {"Another list", "No cursor"}


def test_works_have_slashes_in_their_ids(at: Desk) -> None:
    work = at.get(f"/v1/documents/{PLAN_ID}")["work"]["id"]
    assert "/" in work
    from urllib.parse import quote

    told = at.get(f"/v1/works/{quote(work)}")
    assert told == at.get(f"/v1/works/{quote(work, safe='')}")
    assert len(told["addresses"]) == 2 and told["citing"][0]["certain"] is True


def test_books_scenarios_and_sources(at: Desk) -> None:
    book = at.get("/v1/books/pricing", provider="ct_group", day=(START + timedelta(days=30)).date().isoformat())
    assert [entry["amount"] for entry in book["series"][0]["entries"]] == ["39.9", "49.9"]
    assert at.get("/v1/books/pricing", provider="ct_group", day=START.date().isoformat())["series"][0]["moves"] == []
    assert "known are" in at.get("/v1/books/pricing", 404, provider="nobody")["detail"]
    board = at.get("/v1/scenarios")
    assert {one["scenario"] for one in board["scenarios"]} >= {"rationing", "status_quo"}
    assert at.get("/v1/scenarios/rationing") == next(x for x in board["scenarios"] if x["scenario"] == "rationing")
    assert at.get("/v1/scenarios", day="0001-01-01")["at"].startswith("1900")
    off = at.get("/v1/sources", enabled="false")["items"]
    assert off and all(one["missing"] for one in off)
    assert at.get("/v1/sources/ndrc_tz")["state"] == "new"


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/v1/documents/nothing", 404, "GET /v1/documents lists them"),
        ("/v1/documents/nothing/versions", 404, "GET /v1/documents lists them"),
        ("/v1/documents/nothing/versions/1/text", 404, "GET /v1/documents lists them"),
        ("/v1/changes/nothing", 404, "GET /v1/changes lists them"),
        ("/v1/snapshots/" + "0" * 64, 404, "no bytes named"),
        ("/v1/snapshots/..%2F..%2Farchive.db", 404, "no"),
        ("/v1/snapshots/" + "A" * 64, 404, "no bytes named"),
        ("/v1/works/nothing", 404, "no work"),
        ("/v1/scenarios/nothing", 404, "GET /v1/scenarios"),
        ("/v1/sources/nothing", 404, "GET /v1/sources"),
        ("/v1/nothing", 404, "/openapi.json"),
        ("/v1/changes?trigger=pricng", 400, "did you mean 'pricing'"),
        ("/v1/changes?region=CN-99", 400, "not known"),
        ("/v1/changes?since=0", 400, "2026-05-01"),
        ("/v1/changes?since=2026-02-30", 400, "since"),
        ("/v1/changes?limit=0", 400, "limit"),
        ("/v1/books/cars", 400, "kind"),
        ("/v1/documents?cursor=" + "x" * 401, 400, "cursor"),
        ("/v1/documents?x=" + "y" * 17_000, 414, "16384 bytes"),
    ],
)
def test_faults_say_what_to_do(at: Desk, path: str, status: int, says: str) -> None:
    told = at.get(path, status)
    assert told["status"] == status and told["type"] == "about:blank" and says in told["detail"], told


def test_methods_heads_and_etags(at: Desk) -> None:
    status, headers, body = at.ask("/v1/documents", "DELETE")
    assert (status, headers["allow"], json.loads(body)["status"]) == (405, "GET", 405)
    status, got, body = at.ask("/v1/documents")
    head, heads, nothing = at.ask("/v1/documents", "HEAD")
    assert (head, nothing) == (200, b"") and heads["content-length"] == str(len(body)) and heads["etag"] == got["etag"]
    assert at.ask("/v1/documents/nothing", "HEAD")[0] == 404
    for path in ("/v1/documents", "/v1/changes", f"/v1/documents/{PLAN_ID}", "/v1/sources", "/v1/books/quota"):
        tag = at.ask(path)[1]["etag"]
        assert at.ask(path, If_None_Match=f'"x", W/{tag}')[0] == 304
    assert at.ask("/v1/alerts/stream", "HEAD")[0] == 405


def test_large_bodies_are_refused_while_they_come(at: Desk) -> None:
    status, _, body = at.ask("/v1/feedback", "POST", "x" * 70_000, Content_Type="application/json")
    assert (status, json.loads(body)["title"]) == (413, "Too large")
    host, port = at.host.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"POST /v1/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        raw.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"4000\r\n" + b'"' * 0x4000 + b"\r\n"
        for _ in range(5):
            raw.sendall(chunk)
        answer = http.client.HTTPResponse(raw)
        answer.begin()
        assert answer.status == 413


def test_what_pages_of_other_sites_may_not_do(at: Desk, archive: Archive) -> None:
    alert = archive.feed.after(0)[0].id
    said = {"alert": alert, "right": True}
    assert at.send("/v1/feedback", said, Origin="https://evil.example")[0] == 403
    assert at.send("/v1/feedback", said, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert at.send("/v1/feedback", said, Origin=f"http://{at.host}", **{"Content-Type": "text/plain"})[0] == 422
    assert archive.feedback.all() == []
    _, headers, _ = at.ask("/v1/documents", Origin="https://evil.example")
    assert not [name for name in headers if name.startswith("access-control-")]
    assert at.ask("/v1/documents", Host="evil.example")[0] == 400
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_feedback_is_taken_once(at: Desk, archive: Archive) -> None:
    alert = archive.feed.after(0)[0].id
    said = {"alert": alert, "right": False, "note": "of last year", "by": "ann"}
    status, first = at.send("/v1/feedback", said)
    assert (status, first["new"], first["verdict"]["trigger"]) == (201, True, "pricing")
    status, again = at.send("/v1/feedback", said)
    assert (status, again["new"]) == (200, False) and len(archive.feedback.all()) == 1
    status, other = at.send("/v1/feedback", said | {"right": True, "by": "bob"})
    assert status == 201 and [one["by"] for one in other["against"]] == ["ann"]
    for wrong, code in (
        (said | {"alert": "nothing"}, 404),
        (said | {"trigger": "weather"}, 422),
        (said | {"right": "yes"}, 422),
        (said | {"more": 1}, 422),
        ({}, 422),
    ):
        assert at.send("/v1/feedback", wrong)[0] == code
    assert at.ask("/v1/feedback", "POST", "{", Content_Type="application/json")[0] == 422


def test_damaged_bytes_are_told(tmp_path: Path, declared: Declarations) -> None:
    with filled(tmp_path, declared) as archive, desk(tmp_path, declared) as at:
        sha = at.get("/v1/documents/plans")["latest"]["snapshot"]
        archive.blobs.path(sha).write_bytes(b"not gzip")
        assert "vedette verify" in at.get(f"/v1/snapshots/{sha}", 500)["detail"]


def test_lone_surrogates_of_a_page_do_not_stop_an_answer(tmp_path: Path, declared: Declarations) -> None:
    with filled(tmp_path, declared) as archive, desk(tmp_path, declared) as at:
        odd = replace(CARRIED, url="https://odd.example.cn/s.html", text="第一条 \udc00额度。")
        name = put(archive, odd, "ndrc_tz", 50, b"odd").document
        assert at.get(f"/v1/documents/{name}/versions/1")["text"] == "第一条 \N{REPLACEMENT CHARACTER}额度。"
        assert at.ask(f"/v1/documents/{name}/versions/1/text")[2].decode() == "第一条 \N{REPLACEMENT CHARACTER}额度。"


def test_an_empty_archive_answers(tmp_path: Path, declared: Declarations) -> None:
    with desk(tmp_path / "new", declared) as at:
        for path in ("/v1/documents", "/v1/changes", "/v1/facts"):
            assert at.get(path) == {"next": None, "items": []}
        assert at.get("/v1/books/quota")["series"] == []


def test_a_small_answer_does_not_wait_for_the_reader_s_acknowledgement(at: Desk) -> None:
    assert at._api._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
