"""Signing in, and forms that only our own pages may send."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from agent.tokens import digest
from config.declarations import Declarations, load
from digests.optout import Key
from index.archive.archive import Archive
from tests.browsed import NOW, PLAN_ID, looked_at, said, soup
from tests.desks import Desk, desk, token
from tests.priced import START

FORM = "application/x-www-form-urlencoded"
OWN = {"Sec_Fetch_Site": "same-origin"}


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


def post(at: Desk, path: str, fields: dict[str, str], **headers: str) -> tuple[int, dict[str, str], str]:
    code, given, body = at.ask(path, "POST", urlencode(fields), **{"Content_Type": FORM} | headers)
    return code, given, body.decode()


def sign_in(at: Desk, secret: str, back: str = "/") -> tuple[int, dict[str, str], str]:
    return post(at, "/sign-in", {"token": secret, "back": back}, **OWN)


def cookie(at: Desk, secret: str) -> str:
    code, headers, _ = sign_in(at, secret)
    assert code == 303, code
    return headers["set-cookie"].partition(";")[0]


def test_without_tokens_the_pages_are_open_on_this_machine(at: Desk) -> None:
    assert soup(at, "/").find("h1")
    assert at.ask("/", Host="evil.example:80")[0] in {400, 403, 421}, "no page elsewhere can pretend to be us"


def test_with_a_token_every_page_leads_to_the_form(at: Desk, archive: Archive) -> None:
    token(archive, "ana", "archive:read")
    paths = ("/", "/search?q=x", "/prices", "/scenarios", "/sources", "/subscriptions", "/changes",
             "/subscriptions/board/preview")  # fmt: skip
    for path in (*paths, f"/documents/{PLAN_ID}", f"/documents/{PLAN_ID}/diff", "/pages/" + "0" * 64):
        code, headers, body = at.ask(path)
        assert (code, headers["location"]) == (303, f"/sign-in?back={quote(path, safe='')}"), path
        assert not body
    page = soup(at, "/sign-in?back=/prices")
    field = page.select_one("input[name=back]")
    assert field and field["value"] == "/prices"
    assert at.ask("/static/x/desk.css")[0] == 200, "the form has its style"


def test_a_token_opens_a_session_that_its_revocation_ends(at: Desk, archive: Archive) -> None:
    secret = token(archive, "ana", "archive:read", days=60)
    code, headers, _ = sign_in(at, secret, "/prices?provider=china_telecom")
    assert (code, headers["location"]) == (303, "/prices?provider=china_telecom")
    attributes = {part.strip().lower() for part in headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/", "max-age=604800"} <= attributes
    assert secret not in headers["set-cookie"]
    held = cookie(at, secret)
    assert soup(at, "/prices", Cookie=held).select("table")
    with archive.transaction():
        archive.tokens.revoke("ana", NOW)
    assert at.ask("/prices", Cookie=held)[0] == 303


def test_a_session_ends_after_a_week_and_cannot_be_made_up(at: Desk, archive: Archive) -> None:
    secret = token(archive, "ana", "archive:read", days=900)
    held = cookie(at, secret)
    name, _, value = held.partition("=")
    head, _, mark = value.partition(".")
    for wrong in (value[:-2], f"{head}A.{mark}", "x", ".", "é", secret, digest(secret), "a.b.c"):
        assert at.ask("/", Cookie=f"{name}={wrong}".encode().decode("latin-1"))[0] == 303, wrong
    letter = Key(archive.home).token("board", "ana@example.org")
    assert at.ask("/", Cookie=f"{name}={letter}")[0] == 303, "a link of a mail is no session"
    at.now = NOW + timedelta(days=7, seconds=-1)
    assert at.ask("/", Cookie=held)[0] == 200
    at.now = NOW + timedelta(days=7, seconds=1)
    assert at.ask("/", Cookie=held)[0] == 303


def test_wrong_tokens_are_told_and_many_of_them_wait(at: Desk, archive: Archive) -> None:
    expired = token(archive, "old", "archive:read", days=1)
    assert START + timedelta(days=1) < NOW
    for wrong in ("", "nonsense", expired, "vdt_" + "x" * 600):
        code, headers, body = sign_in(at, wrong)
        assert code == 403 and "set-cookie" not in headers and "opens nothing" in body
    codes = {sign_in(at, f"wrong{n}")[0] for n in range(60)}
    assert 429 in codes


def test_the_form_leads_to_no_other_site(at: Desk, archive: Archive) -> None:
    secret = token(archive, "ana", "archive:read")
    for away in ("https://evil.example/", "//evil.example", "/\\evil.example", "/\r\nX: y"):
        assert sign_in(at, secret, away)[1]["location"] == "/"


def test_signing_out_forgets_the_cookie(at: Desk, archive: Archive) -> None:
    held = cookie(at, token(archive, "ana", "archive:read"))
    assert soup(at, "/", Cookie=held).select_one("form[action='/sign-out']")
    code, headers, _ = post(at, "/sign-out", {}, Cookie=held, **OWN)
    assert code == 303 and "max-age=0" in headers["set-cookie"].lower()
    assert post(at, "/sign-out", {}, Cookie=held, Sec_Fetch_Site="cross-site")[0] == 403


def verdict(archive: Archive) -> dict[str, str]:
    (alert,) = [one for one in archive.feed.after(0) if one.trigger == "quota"]
    return {"alert": alert.id, "verdict": "wrong", "back": "/?window=30"}


def test_one_click_keeps_a_verdict(at: Desk, archive: Archive) -> None:
    code, _, body = post(at, "/feedback", verdict(archive), **OWN)
    assert code == 200 and "Quota and allocation: marked wrong." in body and 'href="/?window=30"' in body
    (kept,) = archive.feedback.all()
    assert (kept.trigger, kept.right, kept.by) == ("quota", False, "")
    code, _, body = post(at, "/feedback", verdict(archive) | {"verdict": "right"}, HX_Request="true", **OWN)
    assert code == 200 and body.startswith("<p") and "Somebody said the opposite" in body
    assert len(archive.feedback.all()) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "same-origin"},
    ],
)
def test_a_form_of_another_site_keeps_nothing(at: Desk, archive: Archive, headers: dict[str, str]) -> None:
    code, _, body = post(at, "/feedback", verdict(archive), **headers)
    assert code == 403 and "did not come from one of these pages" in body
    assert not archive.feedback.all()


def test_an_origin_of_our_own_is_enough_for_older_browsers(at: Desk, archive: Archive) -> None:
    assert post(at, "/feedback", verdict(archive), Origin=f"http://{at.host}")[0] == 200
    assert len(archive.feedback.all()) == 1


def test_what_is_no_verdict_is_told(at: Desk, archive: Archive) -> None:
    good = verdict(archive)
    for fields, code in (
        (good | {"verdict": "maybe"}, 400),
        (good | {"alert": "000000000999-00000000"}, 404),
        ({}, 400),
        (good | {"more": "x" * 9_000}, 413),
    ):
        assert post(at, "/feedback", fields, **OWN)[0] == code
    assert at.ask("/feedback", "POST", '{"a": 1}', Content_Type="application/json", **OWN)[0] == 415
    assert not archive.feedback.all()


def test_feedback_needs_its_scope_and_notes_who_said_it(at: Desk, archive: Archive) -> None:
    reader = cookie(at, token(archive, "reader", "archive:read"))
    both = cookie(at, token(archive, "ana", "archive:read", "feedback:write"))
    assert post(at, "/feedback", verdict(archive), Cookie=reader, **OWN)[0] == 403
    assert post(at, "/feedback", verdict(archive), **OWN)[0] == 303, "to the form"
    assert post(at, "/feedback", verdict(archive), Cookie=both, **OWN)[0] == 200
    assert [one.by for one in archive.feedback.all()] == ["ana"]
    feed_only = cookie(at, token(archive, "feed", "feed:read"))
    assert "scope" in said(soup(at, "/", 403, Cookie=feed_only))
