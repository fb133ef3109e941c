"""Receivers who want no more, events sent again, and chat rooms: real servers on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from agent.cli import vedette
from config.declarations import Declarations, load
from config.settings import Settings
from digests import push
from digests.alert import shipped_schema
from digests.channels import chat
from digests.daily import make
from digests.delivery import deliver
from digests.finding import Number
from digests.headline import headline
from digests.render import BRIEF
from digests.sample import sample
from digests.words import words
from index.archive.archive import Archive
from index.records import AttachmentChange, Diff, FieldChange, Reading
from tests.telling import CONTEXT, NOW, declarations, finding, subscription, tell

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
APPRISE = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise imports it


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets; answers with `answer`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = 204
        self.body = b""
        self.paths: list[str] = []
        self.got: list[dict[str, Any]] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(self.server.answer)
        self.send_header("content-length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as made:
        yield made


@pytest.fixture
def hooked(archive: Archive, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> tuple[Declarations, Settings]:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    hook: dict[str, Any] = {"channel": "webhook", "cadence": "immediate", "at": None, "secrets_env": ("HOOK_SECRET",)}
    one = subscription("engine", to=(f"http://{receiver.place}",), **hook)
    return declarations(one), Settings.model_validate({"home": archive.home, "allow_networks": "127.0.0.0/8"})


def test_410_ends_all_that_waits_and_all_that_comes(
    archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings]
) -> None:
    tell(archive, [finding(f"d{n}", at=NOW) for n in range(4)])
    make(archive, *hooked, NOW)
    receiver.answer = 410
    counts = deliver(archive, *hooked, NOW)
    assert (counts.sent, counts.later, counts.dead, len(receiver.got)) == (0, 0, 1, 1)
    assert {one.status for one in archive.ledger.deliveries()} == {"dead"}
    receiver.answer = 204
    later = NOW + timedelta(hours=1)
    tell(archive, [finding("new", at=later)])
    make(archive, *hooked, later)
    assert deliver(archive, *hooked, later).sent == 0
    (gone,) = archive.told.silenced()
    assert (gone.subscription, gone.cause) == ("engine", "gone")


def test_replay_sends_again_under_the_same_id(
    archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings]
) -> None:
    ids = [one.id for one in tell(archive, [finding(f"d{n}", at=NOW) for n in range(5)])]
    make(archive, *hooked, NOW)
    assert deliver(archive, *hooked, NOW).sent == 5
    (one,) = hooked[0].subscriptions.values()
    assert push.replay(archive, one, ids[1], NOW) == 3
    assert deliver(archive, *hooked, NOW).sent == 3
    assert [event["id"] for event in receiver.got] == [*ids, *ids[2:]]
    assert push.replay(archive, one, "0", NOW) == 5


def test_replay_before_events_were_queued_sends_each_once(
    archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings]
) -> None:
    tell(archive, [finding(f"d{n}", at=NOW) for n in range(3)])
    (one,) = hooked[0].subscriptions.values()
    push.replay(archive, one, "0", NOW)
    assert deliver(archive, *hooked, NOW).sent == 3
    make(archive, *hooked, NOW)
    assert deliver(archive, *hooked, NOW).sent == 0


def test_the_sample_is_a_sound_event_of_status_test() -> None:
    event = sample(replace(CONTEXT, status="test"), NOW)
    Draft202012Validator(shipped_schema()).validate(event)
    assert (event["data"]["status"], event["sequence"]) == ("test", "0" * 12)
    assert event["data"]["headlines"]["en"].startswith("TEST [Pricing up]")


def _command(home: Path, config: Path, *args: str) -> tuple[int, str]:
    done = CliRunner().invoke(vedette, ["--home", str(home), "--config", str(config), *args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_the_commands(archive: Archive, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, config = archive.home, tmp_path / "config"
    (config / "subscriptions").mkdir(parents=True)
    (config / "subscriptions" / "engine.yml").write_text(
        "title: Engine\nchannel: webhook\ncadence: immediate\nsecrets_env: [HOOK_SECRET]\n"
        f"to: [http://{receiver.place}]\n"
    )
    monkeypatch.setenv("VEDETTE_ALLOW_NETWORKS", "127.0.0.0/8")
    assert _command(home, config, "webhooks", "test", "engine")[0] == 2, "no secret is set"
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    code, said = _command(home, config, "webhooks", "test", "engine")
    assert (code, "taken" in said, receiver.got[0]["data"]["status"]) == (0, True, "test")
    receiver.answer = 500
    code, said = _command(home, config, "webhooks", "test", "engine")
    assert (code, "500" in said) == (1, True)
    code, said = _command(home, config, "webhooks", "test", "nobody")
    assert (code, "known are: engine" in said) == (2, True)
    assert "nothing was given up" in _command(home, config, "webhooks", "dead")[1]
    (event,) = tell(archive, [finding(at=datetime.now(NOW.tzinfo))])
    assert _command(home, config, "webhooks", "replay", "engine", "--since", "7")[0] == 2
    assert "1 deliveries queued" in _command(home, config, "webhooks", "replay", "engine", "--since", "0")[1]
    receiver.answer = 503
    assert _command(home, config, "deliver")[0] == 1
    assert "down since" in (said := _command(home, config, "webhooks", "dead")[1]) and "1 wait" in said
    with archive.transaction():
        archive.told.put_up(f"http://{receiver.place}")
        for one in archive.ledger.deliveries():
            archive.ledger.settle(replace(one, next_at=None), NOW)
    receiver.answer = 410
    assert _command(home, config, "deliver")[0] == 1
    code, said = _command(home, config, "webhooks", "dead")
    assert event.id in said and "disabled by its own answer 410" in said
    assert "enabled" in _command(home, config, "webhooks", "enable", "engine")[1]
    assert archive.told.silenced() == []


def test_mail_test_names_what_is_missing(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VEDETTE_SMTP_HOST", raising=False)
    code, said = _command(archive.home, tmp_path, "mail", "test", "a@example.org")
    assert (code, "VEDETTE_SMTP_HOST" in said) == (2, True)
    monkeypatch.setenv("VEDETTE_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("VEDETTE_SMTP_PORT", "1")
    assert _command(archive.home, tmp_path, "mail", "test", "a b@example")[0] == 2
    code, said = _command(archive.home, tmp_path, "mail", "test", "a@example.org")
    assert (code, "127.0.0.1:1" in said) == (1, True)


def test_a_preview_holds_its_chart(archive: Archive, tmp_path: Path) -> None:
    tell(archive, [finding(f"d{n}", at=datetime.now(NOW.tzinfo) - timedelta(hours=n)) for n in range(3)])
    page = tmp_path / "p.html"
    name = next(iter(load().subscriptions))
    code, _ = _command(archive.home, tmp_path, "digest", "--preview", name, "--to", str(page))
    assert code == 0
    html = page.read_text("utf-8")
    assert "data:image/png;base64," in html and "cid:" not in html
    assert page.with_suffix(".txt").exists()


# -- chat rooms


def _room(*variables: str, **given: Any) -> Declarations:
    values: dict[str, Any] = {"channel": "apprise", "to": variables or ("ROOM_URL",), "language": "zh"}
    return declarations(subscription("room", **values | given))


@APPRISE
def test_a_chat_room_gets_the_short_text_once(
    archive: Archive, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOM_URL", f"json://{receiver.place}?secret=hush")
    settings, later = Settings(home=archive.home), NOW + timedelta(hours=1)
    tell(archive, [finding(f"d{n}", at=NOW) for n in range(9)])
    make(archive, _room(), settings, later)
    assert deliver(archive, _room(), settings, later).sent == 1
    assert deliver(archive, _room(), settings, later).sent == 0
    (got,) = receiver.got
    assert got["title"].startswith("【Board brief】严重 9")
    assert "【价格与收费·上调】" not in got["message"] and "中国电信" in got["message"]
    assert "https://www.example.cn/d" in got["message"] and "另有 4 项" in got["message"]
    assert len(got["message"].encode()) < BRIEF


@APPRISE
def test_a_room_that_fails_waits_and_its_secret_is_never_told(
    archive: Archive, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, later = Settings(home=archive.home), NOW + timedelta(hours=1)
    tell(archive, [finding(at=NOW)])
    declared = _room("ROOM_URL", "OTHER_URL", "MISSING_URL")
    monkeypatch.setenv("ROOM_URL", f"json://user:hush@{receiver.place}")
    monkeypatch.setenv("OTHER_URL", "hush, no address")
    receiver.answer = 500
    make(archive, declared, settings, later)
    counts = deliver(archive, declared, settings, later)
    assert (counts.sent, counts.later) == (0, 3), "each room is a way of its own"
    said = {one.receiver: one.last_error or "" for one in archive.ledger.deliveries()}
    assert "set MISSING_URL" in said["MISSING_URL"] and "OTHER_URL" in said["OTHER_URL"] and said["ROOM_URL"]
    assert "hush" not in " ".join(said.values())
    receiver.answer = 204
    assert deliver(archive, declared, settings, later + timedelta(seconds=6)).sent == 1


ROOMS = {
    "wecom": ("wecombot://0123abcd-45ef", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123abcd-45ef"),
    "feishu": ("feishu://abcdef0123456789", "open.feishu.cn/open-apis/bot/v2/hook/abcdef0123456789/"),
    "dingtalk": ("dingtalk://abcdef012345/", "oapi.dingtalk.com/robot/send?access_token=abcdef012345"),
    "slack": ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", "hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/"),
}
"""An address of each kind of room, and where Apprise posts for it."""
TEXT_OF = {
    "wecom": lambda got: got["text"]["content"],
    "feishu": lambda got: got["content"]["text"],
    "dingtalk": lambda got: got["text"]["content"],
    "slack": lambda got: "\n".join(
        str(one.get(key, "")) for one in got["attachments"] for key in ("title", "text", "fallback")
    ),
}


@pytest.fixture
def rooms(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """Everything that goes to the fixed hosts of the rooms goes to the receiver, host and path kept, over real HTTP."""
    from requests import PreparedRequest
    from requests.adapters import HTTPAdapter

    real = HTTPAdapter.send

    def send(self: HTTPAdapter, request: PreparedRequest, *args: Any, **named: Any) -> Any:
        place = str(request.url).split("://", 1)[1]
        request.url = f"http://{receiver.place.partition('/')[0]}/{place}"
        return real(self, request, *args, **named)

    monkeypatch.setattr(HTTPAdapter, "send", send)
    receiver.answer, receiver.body = 200, b'{"errcode":0,"code":0,"errmsg":"ok","msg":"success"}'
    return receiver


HOSTILE_ROOM = '<!channel> <at user_id="all">所有人</at> *通知* <https://evil.example|点击> 关于算力'


@APPRISE
@pytest.mark.parametrize("kind", list(ROOMS))
def test_rooms_get_one_short_text_without_markup(
    archive: Archive, rooms: Receiver, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    address, place = ROOMS[kind]
    monkeypatch.setenv("ROOM_URL", address)
    rooms.body = b"ok" if kind == "slack" else rooms.body
    settings, later = Settings(home=archive.home), NOW + timedelta(hours=1)
    long = "关于进一步规范智能算力资源配置和词元计量计费管理有关事项的通知" * 9
    reading = Reading("https://www.example.cn/1?a=1&b=2", HOSTILE_ROOM, "甲" * 40, issuer=HOSTILE_ROOM)
    other = Reading(f"https://www.example.cn/{'p' * 900}", long, "甲" * 40, issuer=long)
    tell(archive, [finding("x", at=NOW, reading=reading, quantities=())])
    tell(archive, [finding(f"d{n}", at=NOW, reading=other, quantities=()) for n in range(8)])
    make(archive, _room(), settings, later)
    counts = deliver(archive, _room(), settings, later)
    assert (counts.sent, counts.problems) == (1, ())
    assert len(rooms.got) == 1 and rooms.paths[0].startswith(f"/{place}")
    text = TEXT_OF[kind](rooms.got[0])
    assert "严重 9" in text and "另有" in text
    assert not [mark for mark in ("<!", "<at", "<http") if mark in text], text
    assert len(text.encode()) <= 2048, "what WeCom takes"


@APPRISE
@pytest.mark.parametrize(
    ("kind", "status", "body", "expected", "told"),
    [
        ("wecom", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "dead", "set ROOM_URL anew"),
        ("wecom", 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, "pending", "45009 api freq"),
        ("dingtalk", 200, {"errcode": 300001, "errmsg": "token is not exist"}, "dead", "token is not exist"),
        ("dingtalk", 200, {"errcode": 310000, "errmsg": "keywords not in content"}, "pending", "keywords not in"),
        ("feishu", 200, {"code": 19001, "msg": "param invalid"}, "dead", "set ROOM_URL anew"),
        ("slack", 410, {}, "dead", "410"),
        ("slack", 401, {}, "dead", "401"),
        ("slack", 503, {}, "pending", "503"),
    ],
)
def test_a_room_that_refuses(  # noqa: PLR0917 - three fixtures and the five values of a case
    archive: Archive,
    rooms: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    status: int,
    body: dict[str, Any],
    expected: str,
    told: str,
) -> None:
    """WeCom, DingTalk and Feishu say no with status 200, which Apprise takes for a success."""
    monkeypatch.setenv("ROOM_URL", ROOMS[kind][0])
    rooms.answer, rooms.body = status, json.dumps(body).encode()
    settings, later = Settings(home=archive.home), NOW + timedelta(hours=1)
    tell(archive, [finding(at=NOW)])
    make(archive, _room(), settings, later)
    deliver(archive, _room(), settings, later)
    (one,) = archive.ledger.deliveries()
    assert one.status == expected and told in (one.last_error or ""), one.last_error
    assert ROOMS[kind][0].partition("://")[2].split("/")[0] not in (one.last_error or "")


def test_without_the_extra_it_says_how_to_get_it(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOM_URL", "json://127.0.0.1/")
    monkeypatch.setattr(chat, "find_spec", lambda _: None)
    settings, later = Settings(home=archive.home), NOW + timedelta(hours=1)
    tell(archive, [finding(at=NOW)])
    make(archive, _room(), settings, later)
    assert "pip install 'vedette[apprise]'" in deliver(archive, _room(), settings, later).problems[0]


def test_an_address_with_a_secret_in_the_declaration_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        subscription(channel="apprise", to=("wecombot://very-secret",))
    assert "very-secret" not in str(caught.value.errors()[0]["msg"])


# -- headlines


@pytest.mark.parametrize(
    ("number", "en", "zh"),
    [
        (Number("quota", None, "1000", "PFLOPS", "none"), "quota 1,000 PFLOPS", "配额 1,000 PFLOPS"),
        (Number("quota", None, "3", "none", "none"), "quota 3", "配额 3"),
        (Number("quota", "2", "1", "card", "day"), "quota 2 → 1 card a day", "配额每日 2 → 1卡"),
        (Number("quota", None, "1", "card_hour"), "quota 1 card-hour", "配额 1卡时"),
        (
            Number("percent", "5", "2", "percent", None, None, "免费算力额度比例"),
            "free compute allowance share 5% → 2%",
            "免费算力额度比例 5% → 2%",
        ),
        (Number("percent", "5", "2", "percent", None, -60.0, "free share"), "free share 5% → 2%", "free share 5% → 2%"),
    ],
)
def test_units_in_headlines(number: Number, en: str, zh: str) -> None:
    one = finding(quantities=(number,))
    assert headline(one, words("en")).endswith(f"China Telecom: {en}")
    assert headline(one, words("zh")).endswith(f"中国电信：{zh}")


@pytest.mark.parametrize(
    ("diff", "en", "zh"),
    [
        (Diff(attachments=(AttachmentChange("replace", "a", "b"),)), "attachment replaced", "更换附件"),
        (Diff(attachments=(AttachmentChange("insert", None, "b"),) * 2), "2 attachments changed", "2 个附件变动"),
        (Diff(fields=(FieldChange("effective", "1", "2"),)), "in force from changed", "施行日期变更"),
        (Diff(), "wording", "文字"),
    ],
)
def test_an_amendment_says_what_it_touched(diff: Diff, en: str, zh: str) -> None:
    plain = finding(quantities=())
    one = replace(plain, change=replace(plain.change, diff=diff))
    assert headline(one, words("en")).endswith(f"amended ({en})")
    assert headline(one, words("zh")).endswith(f"（{zh}）")


def test_a_withdrawn_document_is_withdrawn_whatever_it_stated() -> None:
    plain = finding()
    one = replace(plain, change=replace(plain.change, kind="withdrawn"), after=None)
    assert headline(one, words("en")).endswith("withdrawn")
    assert "撤下" in headline(one, words("zh"))
