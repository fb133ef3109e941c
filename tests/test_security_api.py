"""Attacks on the HTTP API and the pages: forged forms, guessed and timed tokens, secrets in what is told, templates."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.routing import Route

from agent.api.app import create
from agent.api.desk import Desk as Place
from agent.tokens import digest, recognise
from config.declarations import Declarations, load
from config.settings import Settings
from digests.optout import Key
from index.archive.archive import Archive
from tests.browsed import HOSTILE_ID, NOW, PLAN_ID, looked_at
from tests.desks import Desk, desk, token

FORM = "application/x-www-form-urlencoded"
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec_Fetch_Site": "same-origin", "Origin": "https://evil.example"},
)
BY_LINK = {"/unsubscribe/{token}", "/preferences/{token}"}
"""Routes that mail programs post to: what proves the sender is the signed token in the address, there is no cookie."""


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture
def archive(tmp_path: Path, declared: Declarations) -> Iterator[Archive]:
    with looked_at(tmp_path / "home", declared) as opened:
        yield opened


@pytest.fixture
def at(archive: Archive, declared: Declarations) -> Iterator[Desk]:
    with desk(archive.home, declared) as made:
        made.now = NOW
        yield made


def routes(found: Iterable[Any]) -> Iterator[Route]:
    """All routes of an application, those of included routers too."""
    for one in found:
        if isinstance(one, Route):
            yield one
        elif hasattr(one, "original_router"):
            yield from routes(one.original_router.routes)


def changing(home: Path, declared: Declarations) -> dict[str, str]:
    """Method by path of every route that can change something, whether it is described or not."""
    place = Place(declared, Settings(home=home), lambda: NOW)
    found = {one.path: method for one in routes(create(place).routes) for method in (one.methods or set()) & CHANGES}
    place.close()
    return found


def test_every_route_that_changes_something_refuses_pages_of_other_sites(
    at: Desk, archive: Archive, declared: Declarations
) -> None:
    found = changing(archive.home, declared)
    assert {"/feedback", "/sign-in", "/sign-out", "/v1/feedback"} | BY_LINK <= found.keys()
    for path, method in found.items():
        if path in BY_LINK:
            continue
        for headers in FOREIGN:
            for kind in (FORM, "text/plain", "application/json", "multipart/form-data; boundary=x"):
                code, _, _ = at.ask(path, method, urlencode({"alert": "x"}), Content_Type=kind, **headers)
                assert code == 403, (method, path, headers, kind, code)


def test_no_get_changes_anything(at: Desk, archive: Archive, declared: Declarations) -> None:
    at.ask("/")  # what a first request makes, such as the key of the home
    before = archive.integrity.snapshots(), archive.feed.last_seq(), list(archive.told.silenced())
    key = Key(archive.home).token("board", "a@example.org")
    for one in changing(archive.home, declared):
        path = one.replace("{token}", key)
        at.ask(f"{path}?alert=x&verdict=right&List-Unsubscribe=One-Click&wanted=no&subscription=board")
    after = archive.integrity.snapshots(), archive.feed.last_seq(), list(archive.told.silenced())
    assert [list(before[0]), *before[1:]] == [list(after[0]), *after[1:]]
    assert not archive.feedback.conflicts()


@pytest.mark.parametrize("path", sorted(BY_LINK))
def test_a_link_of_a_mail_that_is_not_ours_does_nothing(at: Desk, archive: Archive, path: str) -> None:
    ours = Key(archive.home).token("board", "a@example.org")
    said, _, mark = ours.partition(".")
    others = Key(archive.home.parent / "other").token("board", "a@example.org")
    for forged in (said, f"{said}.", f"{said}.{mark[:-2]}AA", f"{said}A.{mark}", others, "..%2f..%2fetc", "%00", "é"):
        body = urlencode({"List-Unsubscribe": "One-Click", "subscription": "board", "wanted": "no"})
        place = path.replace("{token}", forged if forged.isascii() else "%C3%A9")
        assert at.ask(place, "POST", body, Content_Type=FORM)[0] in {400, 404}, forged
    assert not list(archive.told.silenced())


def test_no_other_site_may_read_an_answer(at: Desk) -> None:
    for path in ("/", "/v1/documents", "/v1/alerts", "/healthz", "/openapi.json"):
        _, headers, _ = at.ask(path, Origin="https://evil.example")
        assert not [name for name in headers if name.startswith("access-control-")], path
        assert headers["x-content-type-options"] == "nosniff"


def test_a_stored_page_runs_nothing_in_our_name(at: Desk, archive: Archive) -> None:
    version = archive.documents.latest(HOSTILE_ID)
    assert version is not None
    found = [f"/pages/{version.page_sha256}", f"/v1/snapshots/{version.page_sha256}"]
    codes = set()
    for path in found:
        code, headers, _ = at.ask(path)
        codes.add(code)
        if code == 200:
            policy = headers["content-security-policy"]
            assert "sandbox" in policy or "attachment" in headers.get("content-disposition", ""), (path, policy)
            assert "script-src" not in policy or "'none'" in policy
    assert 200 in codes, "one of them is served"


def test_climbing_paths_reach_no_file(at: Desk) -> None:
    for path in ("/static/x/../../../session.py", "/static/x/%2e%2e%2f%2e%2e%2fsession.py", "/static/x/..%5csession.py",
                 "/static/%2e%2e/desk.css/../../x", "/pages/..%2f..%2farchive.db", "/pages/%2e%2e",
                 "/documents/..%2f..",
                 "/v1/snapshots/..%2f..%2foptout.key", "/static//etc/passwd"):  # fmt: skip
        code, _, body = at.ask(path)
        assert code in {303, 400, 404, 422}, (path, code)
        assert b"root:" not in body and b"SESSION_COOKIE" not in body and b"SQLite format" not in body


def test_checking_a_token_takes_no_longer_the_more_of_it_is_right(archive: Archive) -> None:
    """Tokens are looked up by their sha256, so that what is right at the beginning says nothing. Loose, for busy CI."""
    secret = token(archive, "ana", "feed:read")
    guesses = {0: "A" * len(secret), 20: secret[:20] + "A" * (len(secret) - 20), -1: secret[:-1] + "*"}
    taken: dict[int, list[float]] = {name: [] for name in guesses}
    for _ in range(300):
        for name, guess in guesses.items():
            begin = time.perf_counter()
            assert recognise(archive, digest(guess), NOW) is None
            taken[name].append(time.perf_counter() - begin)
    median = [statistics.median(times) for times in taken.values()]
    assert max(median) < 2 * min(median) + 50e-6, median
    assert len({digest(guess)[:4] for guess in guesses.values()}) == 3


SECRETS = {
    "VEDETTE_TOKEN": "tok-5e1f4c0ffee5e1f4c0ffee",
    "VEDETTE_SMTP_PASSWORD": "pw-5e1f4c0ffee",
    "DESK_HOOK_SECRET": "whsec_NWUxZjRjMGZmZWU1ZTFmNGMwZmZlZTVlMWY0YzA=",
}


def test_no_answer_tells_a_secret(archive: Archive, declared: Declarations, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    settings = Settings(home=archive.home)
    for value in SECRETS.values():
        assert value not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()
    key = (archive.home / "optout.key").read_bytes() if (archive.home / "optout.key").exists() else b"\0never\0"
    own = {"Authorization": f"Bearer {SECRETS['VEDETTE_TOKEN']}"}
    with desk(archive.home, declared) as at:
        at.now = NOW
        for path in ("/openapi.json", "/healthz", "/v1/documents", "/v1/alerts", f"/v1/documents/{PLAN_ID}",
                     "/v1/sources",
                     "/v1/nothing", "/v1/documents?limit=x", "/sign-in", "/feeds/none"):  # fmt: skip
            for headers in ({}, own, {"Authorization": "Bearer wrong"}):
                _, given, body = at.ask(path, **headers)
                told = body + json.dumps(given).encode()
                assert not [name for name, value in SECRETS.items() if value.encode() in told], (path, headers)
                assert key not in told and str(archive.home).encode() not in told, path


def test_a_wrong_token_is_never_echoed(at: Desk, archive: Archive) -> None:
    token(archive, "ana", "feed:read")
    guess = "vdt_<script>" + "g" * 20
    for path in ("/v1/documents", "/v1/alerts"):
        code, headers, body = at.ask(path, Authorization=f"Bearer {guess}")
        assert code == 401 and guess not in body.decode() + json.dumps(headers)
    given = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin"}
    code, _, body = at.ask("/sign-in", "POST", urlencode({"token": guess}), **given)
    assert code == 403 and guess not in body.decode() and not re.search("<script>g", body.decode())
