"""Tokens: made once, kept as digests, each route behind its scope, guesses slowed down."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.api.app import create
from agent.api.attempts import MOST, Attempts
from agent.api.desk import Desk as Place
from agent.api.serving import Api
from agent.cli import vedette
from agent.tokens import SCOPES, digest
from config.declaration import DeclarationError
from config.declarations import Declarations, load
from config.settings import Settings
from index.archive.archive import Archive
from tests.desks import Desk, desk, filled, token
from tests.priced import START

OTHERS = {"feed:read": "archive:read", "archive:read": "feedback:write", "feedback:write": "feed:read"}


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture
def archive(tmp_path: Path, declared: Declarations) -> Iterator[Archive]:
    with filled(tmp_path, declared) as opened:
        yield opened


@pytest.fixture
def at(archive: Archive, declared: Declarations) -> Iterator[Desk]:
    with desk(archive.home, declared) as made:
        yield made


def run(home: Path, *args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(vedette, ["--home", str(home), "token", *args], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def guarded_routes(home: Path, declared: Declarations) -> list[tuple[str, str, str]]:
    """(method, path, scope) of every route that needs one, from the description."""
    place = Place(declared, Settings(home=home), lambda: START)
    described = create(place).openapi()
    place.close()
    return [
        (method.upper(), re.sub(r"\{[a-z0-9]+\}", "x", path), operation["security"][0]["token"][0])
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if operation.get("security", [{"token": []}])[0]["token"]
    ]


def test_every_route_is_behind_its_scope(archive: Archive, at: Desk, declared: Declarations) -> None:
    secrets = {scope: token(archive, scope, scope) for scope in SCOPES}
    routes = guarded_routes(archive.home, declared)
    assert {path.split("/")[1] for _, path, _ in routes} == {"v1"} and len(routes) > 24
    for method, path, scope in routes:
        status, headers, body = at.ask(path, method)
        assert status == 401 and headers["www-authenticate"].startswith('Bearer realm="vedette"'), (method, path)
        status, _, body = at.ask(path, method, **bearer(secrets[OTHERS[scope]]))
        assert status == 403 and json.loads(body)["scope"] == scope and scope in json.loads(body)["detail"], path
        if not path.endswith("/stream"):
            for allowed in (scope, "admin"):
                assert at.ask(path, method, **bearer(secrets[allowed]))[0] not in {401, 403, 500}, (method, path)


def test_every_v1_route_is_guarded(archive: Archive, declared: Declarations) -> None:
    place = Place(declared, Settings(home=archive.home), lambda: START)
    paths = create(place).openapi()["paths"]
    place.close()
    open_ones = {p for p, methods in paths.items() for o in methods.values() if "security" not in o}
    assert open_ones == {"/healthz", "/schemas/alert/1.json"}


@pytest.mark.sqlite
def test_a_token_is_shown_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "add", "engine", "--scope", "feed:read", "--scope", "archive:read")
    secret = out.strip()
    assert code == 0 and re.fullmatch(r"vdt_[A-Za-z0-9_-]{43}", secret) and "not shown again" in err
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in stored and digest(secret).encode() in stored
    code, out, _ = run(tmp_path, "list", "--json")
    assert json.loads(out)["scopes"] == ["feed:read", "archive:read"] and json.loads(out)["last_used"] is None
    assert run(tmp_path, "add", "engine", "--scope", "admin")[0] == 1
    assert run(tmp_path, "add", "x", "--scope", "all")[0] == 2
    assert run(tmp_path, "add", "x", "--scope", "admin", "--expires", "2020-01-01")[0] == 2
    assert "engine" in run(tmp_path, "list")[1]


def test_a_revoked_token_ends_at_once_and_opens_nothing(archive: Archive, at: Desk) -> None:
    assert at.ask("/v1/documents")[0] == 200
    secret = token(archive, "ann", "archive:read")
    assert at.ask("/v1/documents")[0] == 401 and at.ask("/v1/documents", **bearer(secret))[0] == 200
    assert run(archive.home, "revoke", "ann")[:2] == (0, "revoked ann; 0 left\n")
    assert run(archive.home, "revoke", "ann")[0] == 1
    assert at.ask("/v1/documents", **bearer(secret))[0] == 401 and at.ask("/v1/documents")[0] == 401
    assert at.ask("/v1/documents", **bearer(token(archive, "ann", "archive:read")))[0] == 200


def test_a_token_expires(archive: Archive, at: Desk) -> None:
    secret = token(archive, "guest", "archive:read", days=30)
    at.now = START + timedelta(days=30, seconds=-1)
    assert at.ask("/v1/documents", **bearer(secret))[0] == 200
    at.now = START + timedelta(days=30)
    status, _, body = at.ask("/v1/documents", **bearer(secret))
    assert status == 401 and "expired" in json.loads(body)["detail"]


def test_the_last_use_is_noted_each_minute_at_most(archive: Archive, at: Desk) -> None:
    secret = token(archive, "ann", "archive:read")
    seen = []
    for seconds in (0, 30, 61):
        at.now = START + timedelta(days=60, seconds=seconds)
        at.ask("/v1/documents", **bearer(secret))
        seen.append(archive.tokens.all()[0].used_at)
    assert seen == [START + timedelta(days=60), START + timedelta(days=60), START + timedelta(days=60, seconds=61)]


def test_who_asks(archive: Archive, at: Desk) -> None:
    assert at.get("/v1/token") == {"name": "", "scopes": ["admin"]}
    secret = token(archive, "ann", "archive:read", "feedback:write")
    at.secret = secret
    assert at.get("/v1/token") == {"name": "ann", "scopes": ["archive:read", "feedback:write"]}
    said = at.send("/v1/feedback", {"alert": archive.feed.after(0)[0].id, "right": True})[1]
    assert said["verdict"]["by"] == "ann"
    basic = base64.b64encode(f"reader:{secret}".encode()).decode()
    assert at.ask("/v1/documents", Authorization=f"Basic {basic}")[0] == 200
    for broken in ("Basic ###", "Basic /w==", "Bearer", "Digest x", f"Bearer {secret}x", f"Bearer {digest(secret)}"):
        assert at.ask("/v1/documents", Authorization=broken)[0] == 401


def test_the_token_of_the_environment_may_do_everything(archive: Archive, declared: Declarations) -> None:
    with desk(archive.home, declared, token="a-token-of-many-letters") as at:
        assert at.ask("/v1/documents")[0] == 401
        at.secret = "a-token-of-many-letters"
        assert at.get("/v1/token") == {"name": "VEDETTE_TOKEN", "scopes": ["admin"]}


def test_guessing_is_slowed_down_and_locks_out_nobody_known(archive: Archive, at: Desk) -> None:
    known, fresh = token(archive, "ann", "archive:read"), token(archive, "bob", "archive:read")
    assert at.ask("/v1/documents", **bearer(known))[0] == 200
    for n in range(MOST):
        assert at.ask("/v1/documents", **bearer(f"guess{n}"))[0] == 401
    for secret in ("guess", fresh):
        status, headers, _ = at.ask("/v1/documents", **bearer(secret))
        assert status == 429 and 0 < int(headers["retry-after"]) <= 61
    assert at.ask("/v1/documents", **bearer(known))[0] == 200
    assert at.ask("/v1/documents")[0] == 401
    at.now += timedelta(seconds=61)
    assert at.ask("/v1/documents", **bearer(fresh))[0] == 200


def test_attempts_are_bounded_in_memory() -> None:
    attempts, now = Attempts(), datetime(2026, 5, 1, tzinfo=UTC)
    for n in range(20_000):
        attempts.failed(f"client{n}", now)
        attempts.passed(f"digest{n}")
    assert attempts.wait("client19999", "x", now) == 0
    for _ in range(MOST):
        attempts.failed("client0", now)
    assert attempts.wait("client0", "x", now) > 0 and attempts.wait("client0", "digest19999", now) == 0
    assert len(attempts._failed) <= 4096 and len(attempts._known) <= 1024


def test_other_machines_are_served_once_there_is_a_token(tmp_path: Path, declared: Declarations) -> None:
    settings = Settings(home=tmp_path, listen="0.0.0.0:0")
    with pytest.raises(DeclarationError, match="no token is set or made") as caught:
        Api(declared, settings, lambda: START)
    assert "vedette token add" in caught.value.fix
    run(tmp_path, "add", "ann", "--scope", "archive:read")
    with desk(tmp_path, declared, listen="0.0.0.0:0") as at:
        at.host = at.host.replace("0.0.0.0", "127.0.0.1")
        assert at.ask("/v1/documents")[0] == 401
