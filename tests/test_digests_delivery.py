"""Deliveries against real servers: a mail relay and a webhook receiver that fail in every way."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as SMTPServer
from aiosmtpd.smtp import AuthResult
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook

from config.declarations import Declarations
from config.settings import Settings
from digests.channels import smtp, webhook
from digests.channels.webhook import push, signed
from digests.daily import make
from digests.delivery import deliver
from digests.optout import Key
from digests.retry import SCHEDULE, Outcome, settled
from index.archive.archive import Archive
from index.records import Delivery
from tests.telling import NOW, declarations, finding, subscription, tell

START = datetime(2026, 5, 19, 23, 30, tzinfo=UTC)
LOOPBACK = "127.0.0.0/8"
SECRET, SECOND = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as made:
        yield made


# -- mail


@dataclass
class Relay:
    """What the relay answers at RCPT and at DATA, by receiver; what it took."""

    rcpt: dict[str, list[str]] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        answers = self.rcpt.get(address, [])
        answer = answers.pop(0) if answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        if self.data:
            return self.data.pop(0)
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def relay() -> Iterator[Relay]:
    made = Relay(port=_free_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    yield made
    controller.stop()


def _settings(archive: Archive, port: int, **given: Any) -> Settings:
    values: dict[str, Any] = {"home": archive.home, "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_starttls": False}
    return Settings(**values | {"smtp_from": "vedette@example.org"} | given)


def _issue(archive: Archive, settings: Settings, *to: str) -> Declarations:
    declared = declarations(subscription(to=to or ("board@example.org",)))
    tell(archive, [finding(at=START)])
    assert make(archive, declared, settings, START)
    return declared


def _states(archive: Archive) -> dict[str, tuple[str, int]]:
    return {one.receiver: (one.status, one.attempts) for one in archive.ledger.deliveries()}


def test_mail_is_sent_once(archive: Archive, relay: Relay) -> None:
    settings = _settings(archive, relay.port)
    declared = _issue(archive, settings, "a@example.org", "b@example.org")
    counts = deliver(archive, declared, settings, START)
    assert (counts.sent, counts.later, counts.dead) == (2, 0, 0)
    assert deliver(archive, declared, settings, START + timedelta(days=1)) == type(counts)()
    assert sorted(to for to, _ in relay.taken) == ["a@example.org", "b@example.org"]
    for to, mail in relay.taken:
        assert mail["To"] == to
        assert mail["Subject"].startswith("[Board brief] 1 severe")
        assert [part.get_content_type() for part in mail.walk()] == [
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "image/png",
        ]
    assert relay.taken[0][1]["Message-ID"] != relay.taken[1][1]["Message-ID"]


def test_4xx_waits_and_is_sent_later_with_the_same_message_id(archive: Archive, relay: Relay) -> None:
    settings = _settings(archive, relay.port)
    declared = _issue(archive, settings)
    relay.data = ["451 try again"]
    counts = deliver(archive, declared, settings, START)
    assert (counts.sent, counts.later) == (0, 1)
    (one,) = archive.ledger.deliveries()
    assert (one.status, one.attempts, one.last_error) == ("pending", 1, "451 try again")
    assert one.next_at is not None
    assert timedelta(seconds=5) <= one.next_at - START <= timedelta(seconds=5.5)
    assert deliver(archive, declared, settings, START + timedelta(seconds=4)).later == 0
    relay.rcpt = {"board@example.org": ["450 greylisted"]}
    assert deliver(archive, declared, settings, START + timedelta(seconds=6)).later == 1
    assert deliver(archive, declared, settings, START + timedelta(minutes=7)).sent == 1
    assert _states(archive) == {"board@example.org": ("sent", 3)}
    assert len(relay.taken) == 1


def test_5xx_stops(archive: Archive, relay: Relay) -> None:
    settings = _settings(archive, relay.port)
    declared = _issue(archive, settings)
    relay.data = ["554 no such luck"]
    counts = deliver(archive, declared, settings, START)
    assert counts.dead == 1
    assert counts.problems == ("board-2026-05-20/board@example.org: 554 no such luck",)
    assert deliver(archive, declared, settings, START + timedelta(days=2)).sent == 0
    assert relay.taken == []


def test_one_receiver_of_two_is_refused_and_the_other_is_sent(archive: Archive, relay: Relay) -> None:
    settings = _settings(archive, relay.port)
    declared = _issue(archive, settings, "a@example.org", "gone@example.org", "z@example.org")
    relay.rcpt = {"gone@example.org": ["550 unknown user"]}
    deliver(archive, declared, settings, START)
    assert _states(archive) == {
        "a@example.org": ("sent", 1),
        "gone@example.org": ("dead", 1),
        "z@example.org": ("sent", 1),
    }


def test_a_relay_that_hangs_up_is_tried_again(archive: Archive) -> None:
    class Rude(Relay):
        async def handle_RCPT(self, server: Any, *_: object) -> str:
            server.transport.abort()
            return "250 OK"

    made = Rude(port=_free_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    settings = _settings(archive, made.port)
    try:
        declared = _issue(archive, settings, "a@example.org", "b@example.org")
        assert deliver(archive, declared, settings, START).later == 2
    finally:
        controller.stop()


def test_no_relay_set_any_more(archive: Archive, relay: Relay) -> None:
    declared = _issue(archive, _settings(archive, relay.port))
    deliver(archive, declared, Settings(home=archive.home), START)
    assert archive.ledger.deliveries()[0].last_error == "no relay is set: VEDETTE_SMTP_HOST"


def test_files_that_are_gone_are_said(archive: Archive, relay: Relay) -> None:
    settings = _settings(archive, relay.port)
    declared = _issue(archive, settings)
    (archive.home / "out/digests/2026-05-20/board.eml").unlink()
    counts = deliver(archive, declared, settings, START)
    assert counts.dead == 1
    assert "gone from out/digests" in counts.problems[0]


def test_unsubscribe_links_are_each_receiver_s_own(archive: Archive, relay: Relay) -> None:
    settings = _settings(archive, relay.port, public_url="https://vedette.example.org")
    declared = _issue(archive, settings)
    deliver(archive, declared, settings, START)
    ((_, mail),) = relay.taken
    link = mail["List-Unsubscribe"].strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Key(archive.home).read(link.rsplit("/", 1)[1]) == ("board", "board@example.org")
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            assert link in part.get_content()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


class _Tls(Controller):
    """A relay that demands STARTTLS and a login."""

    def __init__(self, handler: Relay, pair: tuple[Path, Path]) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(*pair)
        super().__init__(handler, hostname="localhost", port=handler.port)

    def factory(self) -> SMTPServer:
        def login(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
            return AuthResult(success=(data.login, data.password) == (b"vedette", b"right"), handled=False)

        return SMTPServer(
            self.handler,
            tls_context=self._tls,
            require_starttls=True,
            authenticator=login,
            auth_required=True,
        )


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(
    ("given", "trusted", "expected"),
    [
        ({"smtp_password": "right"}, True, "sent"),
        ({"smtp_password": "wrong"}, True, "Authentication credentials invalid"),
        ({"smtp_password": "right"}, False, "CERTIFICATE_VERIFY_FAILED"),
        ({"smtp_password": "right", "smtp_starttls": False}, True, "no login without TLS"),
    ],
)
def test_starttls_and_login(
    archive: Archive,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
    *,
    trusted: bool,
    expected: str,
) -> None:
    made = Relay(port=_free_port())
    controller = _Tls(made, certificate)
    controller.start()
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    values = {"smtp_host": "localhost", "smtp_starttls": True, "smtp_user": "vedette"} | given
    settings = _settings(archive, made.port, **values)
    try:
        declared = _issue(archive, settings)
        deliver(archive, declared, settings, START)
    finally:
        controller.stop()
    (one,) = archive.ledger.deliveries()
    if expected == "sent":
        assert one.status == "sent"
    else:
        assert one.status == "pending", "a relay that refuses us is for the operator to mend"
        assert expected in (one.last_error or "")
        assert "right" not in (one.last_error or "")


def test_tls_from_the_first_byte(
    archive: Archive, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Relay(port=_free_port())
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    controller = Controller(made, hostname="localhost", port=made.port, ssl_context=tls)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    controller.start()
    try:
        plain = _settings(archive, made.port, smtp_host="localhost")
        declared = _issue(archive, plain)
        monkeypatch.setattr(smtp, "TIMEOUT", 2)
        assert deliver(archive, declared, plain, START).later == 1, "a relay of TLS does not speak first"
        settings = _settings(archive, made.port, smtp_host="localhost", smtp_tls=True)
        assert deliver(archive, declared, settings, START + timedelta(minutes=1)).sent == 1
    finally:
        controller.stop()


# -- the ledger's schedule


def test_schedule_of_standard_webhooks() -> None:
    one = Delivery("k", "s", "i", "mail", "r", "pending", 0, None, None)
    now, waits = NOW, []
    while one.status == "pending":
        one = settled(one, Outcome("later", "no"), now)
        if one.next_at:
            waits.append(one.next_at - now)
            now = one.next_at
    assert one.status == "dead"
    assert one.attempts == len(SCHEDULE) + 1
    assert now - NOW > timedelta(days=3)
    assert all(step <= wait <= step * 1.1 for step, wait in zip(SCHEDULE, waits, strict=True))
    assert settled(one, Outcome("later", "no"), now) == settled(one, Outcome("later", "no"), now)


def test_retry_after_is_obeyed_and_never_shortens() -> None:
    one = Delivery("k", "s", "i", "webhook", "r", "pending", 0, None, None)
    assert settled(one, Outcome("later", "429", timedelta(hours=2)), NOW).next_at == NOW + timedelta(hours=2)
    assert settled(one, Outcome("later", "429"), NOW).next_at != NOW


def test_only_one_process_delivers(archive: Archive, relay: Relay) -> None:
    settings = _settings(archive, relay.port)
    declared = _issue(archive, settings)
    with archive.again() as other, other.alone("deliver") as mine:
        assert mine
        assert deliver(archive, declared, settings, START).busy
    assert deliver(archive, declared, settings, START).sent == 1


# -- webhooks


Answer = Callable[[BaseHTTPRequestHandler], None]


class Receiver(ThreadingHTTPServer):
    """Answers as told, one answer a request, 204 when nothing is told; keeps what it verified."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answers: list[Answer] = []
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?x=1"

    def handle_error(self, *_: object) -> None:
        """Connections that a test cuts are no errors."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        if self.server.answers:
            self.server.answers.pop(0)(self)
        else:
            status(204)(self)

    def log_message(self, *_: object) -> None:
        """Silent."""


def status(code: int, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", "0")
        handler.end_headers()

    return answer


def reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    handler.connection.close()


def drip(handler: BaseHTTPRequestHandler) -> None:
    try:
        for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.05)
    except OSError:
        return


def hang(handler: BaseHTTPRequestHandler) -> None:
    """No answer at all."""
    time.sleep(1.5)
    handler.close_connection = True


def endless(handler: BaseHTTPRequestHandler) -> None:
    """200 at once, and a body that never ends."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n")
        for _ in range(100):
            handler.wfile.write(b"y")
            time.sleep(0.05)
    except OSError:
        return


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
def hooked(archive: Archive, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> tuple[Declarations, Settings]:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    one = subscription(
        "engine", channel="webhook", cadence="immediate", at=None, to=(receiver.url,), secrets_env=("HOOK_SECRET",)
    )
    return declarations(one), Settings.model_validate({"home": archive.home, "allow_networks": LOOPBACK})


def _queue(archive: Archive, hooked: tuple[Declarations, Settings], count: int = 1) -> list[str]:
    ids = [alert.id for alert in tell(archive, [finding(f"h{n}", at=START) for n in range(count)])]
    assert make(archive, *hooked, START) == []
    return ids


def test_events_are_pushed_signed_and_once(
    archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings]
) -> None:
    now = datetime.now(UTC)
    ids = _queue(archive, hooked, 3)
    assert make(archive, *hooked, START) == []
    assert deliver(archive, *hooked, now).sent == 3
    assert deliver(archive, *hooked, now).sent == 0
    assert [headers["webhook-id"] for headers, _ in receiver.got] == ids
    for headers, body in receiver.got:
        Webhook(SECRET).verify(body, headers)
        event = JSONFormat().read(CloudEvent, body)
        assert event.get_id() == headers["webhook-id"]
        assert headers["content-type"].startswith("application/cloudevents+json")


def test_two_secrets_during_rotation() -> None:
    now = int(time.time())
    headers = signed("id", now, b"{}", [SECRET, SECOND])
    Webhook(SECRET).verify(b"{}", headers)
    Webhook(SECOND).verify(b"{}", headers)
    with pytest.raises(ValueError, match="no base64"):
        signed("id", now, b"{}", ["whsec_§"])


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        (status(500), "pending", "500"),
        (status(404), "pending", "404"),
        (status(302, location="http://127.0.0.1:1/"), "pending", "redirects are not followed"),
        (status(410), "dead", "410"),
        (reset, "pending", "no answer"),
    ],
)
def test_failures_wait_or_end(
    archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings], answer: Answer, state: str, said: str
) -> None:
    (event,) = _queue(archive, hooked)
    receiver.answers = [answer]
    deliver(archive, *hooked, START)
    (one,) = archive.ledger.deliveries(event)
    assert (one.status, one.attempts) == (state, 1)
    assert said in (one.last_error or "")
    assert len(receiver.got) == 1, "a redirect is not followed"
    if state == "pending":
        assert deliver(archive, *hooked, START + timedelta(seconds=6)).sent == 1
        assert receiver.got[0][1] == receiver.got[1][1]
        assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]
        assert receiver.got[0][0]["webhook-timestamp"] != receiver.got[1][0]["webhook-timestamp"]


def test_retry_after(archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings]) -> None:
    (event,) = _queue(archive, hooked)
    receiver.answers = [status(429, Retry_After="3600"), status(503, Retry_After="Wed, 20 May 2026 03:00:00 GMT")]
    deliver(archive, *hooked, START)
    assert archive.ledger.deliveries(event)[0].next_at == START + timedelta(hours=1)
    deliver(archive, *hooked, START + timedelta(hours=1))
    assert archive.ledger.deliveries(event)[0].next_at == datetime(2026, 5, 20, 3, tzinfo=UTC)


@pytest.mark.parametrize("answer", [drip, hang])
def test_a_receiver_that_takes_too_long_is_cut(
    archive: Archive,
    receiver: Receiver,
    hooked: tuple[Declarations, Settings],
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.5)
    _queue(archive, hooked, 3)
    receiver.answers = [answer]
    begin = time.perf_counter()
    counts = deliver(archive, *hooked, START)
    assert time.perf_counter() - begin < 3
    assert (counts.sent, counts.later, counts.held) == (0, 1, 2), "the other two wait behind it"
    assert deliver(archive, *hooked, START + timedelta(seconds=6)).sent == 3


def test_a_2xx_with_an_endless_body_is_taken_in_time(
    archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.5)
    _queue(archive, hooked)
    receiver.answers = [endless]
    begin = time.perf_counter()
    assert deliver(archive, *hooked, START).sent == 1
    assert time.perf_counter() - begin < 3


def test_an_answer_that_was_lost_is_sent_again_under_the_same_id(
    archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the receiver took it and before the ledger knew: the receiver sees the id twice and can tell."""
    _queue(archive, hooked)
    with monkeypatch.context() as broken:
        broken.setattr("digests.delivery.settled", _killed)
        with pytest.raises(KeyboardInterrupt):
            deliver(archive, *hooked, START)
    assert deliver(archive, *hooked, START).sent == 1
    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert first == second


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/x",
        "https://0.0.0.0/x",
    ],
)
def test_private_addresses_are_refused(url: str) -> None:
    outcome = push(url, b"{}", signed("id", 0, b"{}", [SECRET]), ())
    assert outcome.kind == "never"
    assert "no public address" in outcome.detail


def test_http_needs_permission() -> None:
    outcome = push("http://8.8.8.8/x", b"{}", signed("id", 0, b"{}", [SECRET]), ())
    assert (outcome.kind, outcome.detail) == ("never", "8.8.8.8: webhooks need https")


def test_a_webhook_without_secret_waits_and_names_the_variable(
    archive: Archive, hooked: tuple[Declarations, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    _queue(archive, hooked)
    monkeypatch.delenv("HOOK_SECRET")
    assert deliver(archive, *hooked, START).later == 1
    assert archive.ledger.deliveries()[0].last_error == "no secret to sign with: set HOOK_SECRET"


def test_cancellations_are_pushed_even_where_the_alert_was_never_seen(
    archive: Archive, receiver: Receiver, hooked: tuple[Declarations, Settings]
) -> None:
    """A machine gets every event asked for, in feed order, unfolded."""
    first = tell(archive, [finding("a", at=START)])[0]
    update = replace(finding("b", at=START), message_type="update", references=(first.id,), revision=2)
    tell(archive, [update])
    make(archive, *hooked, START)
    deliver(archive, *hooked, START)
    types = [json.loads(body)["data"]["message_type"] for _, body in receiver.got]
    assert types == ["alert", "update"]


def test_delivering_from_a_thread_beside_a_running_loop(archive: Archive, relay: Relay) -> None:
    settings = _settings(archive, relay.port)
    declared = _issue(archive, settings)

    async def beside() -> int:
        return (await asyncio.to_thread(deliver, archive, declared, settings, START)).sent

    assert asyncio.run(beside()) == 1
