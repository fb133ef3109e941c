"""What telling does while the world is broken: relay or receiver down for two days, a clock set back, a full disk."""

from __future__ import annotations

import json
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner

from agent.alerting import alert
from agent.cli import vedette
from config.declarations import Declarations, load
from config.settings import Settings
from digests.daily import make
from digests.delivery import Counts, deliver
from digests.outbox import write_feed
from digests.retry import PAUSES
from index.archive.archive import Archive, ArchiveProblem
from index.records import Tag
from tests.crawled import DOC, TITLE, World, document, kinds, start, swapped, world
from tests.telling import NOW, declarations, finding, subscription, tell
from tests.test_digests_delivery import Receiver, Relay, status

HOUR = timedelta(hours=1)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
__all__ = ["world"]
TWO = ("a@example.org", "b@example.org")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as made:
        yield made


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _mailing(archive: Archive, port: int) -> tuple[Declarations, Settings]:
    given: dict[str, Any] = {"home": archive.home, "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_starttls": False}
    return declarations(subscription("desk", cadence="immediate", at=None, to=TWO)), Settings(**given)


def _hooked(archive: Archive, port: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Declarations, Settings]:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    hook: dict[str, Any] = {"channel": "webhook", "cadence": "immediate", "at": None, "secrets_env": ("HOOK_SECRET",)}
    one = subscription("engine", to=(f"http://127.0.0.1:{port}/hook",), **hook)
    return declarations(one), Settings.model_validate({"home": archive.home, "allow_networks": "127.0.0.0/8"})


def _hourly(archive: Archive, of: tuple[Declarations, Settings], hours: range) -> tuple[list[str], list[Counts]]:
    """An alert an hour, told at once; looked at every ten minutes, as a running agent does more often."""
    ids, counts = [], []
    for hour in hours:
        now = NOW + hour * HOUR
        ids += [one.id for one in tell(archive, [finding(f"d{hour}", at=now)])]
        make(archive, *of, now)
        counts += [deliver(archive, *of, now + timedelta(minutes=m)) for m in range(0, 60, 10)]
    return ids, counts


def test_a_relay_down_for_two_days_gets_every_mail_in_order(archive: Archive) -> None:
    relay = Relay(port=_port())
    of = _mailing(archive, relay.port)
    ids, counts = _hourly(archive, of, range(48))
    assert {one.sent for one in counts} == {0}
    assert max(one.later for one in counts) == 1, "one mail is tried, the others wait behind it"
    (down,) = archive.told.down()
    assert (down.route, down.since) == ("mail", NOW) and f"127.0.0.1:{relay.port}" in down.reason
    controller = Controller(relay, hostname="127.0.0.1", port=relay.port)
    controller.start()
    try:
        back = NOW + 48 * HOUR
        sent = sum(deliver(archive, *of, back + timedelta(minutes=m)).sent for m in range(0, 40, 5))
    finally:
        controller.stop()
    assert sent == 2 * len(ids) == len(relay.taken), "all of them within 40 minutes, none twice"
    for receiver in TWO:
        dates = [mail["Date"].datetime for to, mail in relay.taken if to == receiver]
        assert dates == sorted(dates) and len(dates) == 48
    assert archive.told.down() == []


def test_a_receiver_down_for_two_days_gets_every_event_in_order(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = _port()
    of = _hooked(archive, port, monkeypatch)
    ids, counts = _hourly(archive, of, range(48))
    assert {one.sent for one in counts} == {0}
    with _receiving(port) as receiver:
        ids += _hourly(archive, of, range(48, 50))[0]
        assert [headers["webhook-id"] for headers, _ in receiver.got] == ids
    assert {one.status for one in archive.ledger.deliveries()} == {"sent"}


def test_a_receiver_behind_a_proxy_that_answers_503_gets_every_event_in_order(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = _port()
    of = _hooked(archive, port, monkeypatch)
    with _receiving(port) as receiver:
        receiver.answers = [status(503)] * 60
        ids = _hourly(archive, of, range(50))[0]
        asked = [headers["webhook-id"] for headers, _ in receiver.got]
    assert asked == [ids[0]] * 60 + ids, "while it is down every attempt is on the oldest event"


def test_an_event_that_is_refused_holds_up_no_other(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    port = _port()
    of = _hooked(archive, port, monkeypatch)
    with _receiving(port) as receiver:
        receiver.answers = [status(500)]
        tell(archive, [finding(f"d{n}", at=NOW) for n in range(3)])
        make(archive, *of, NOW)
        assert (deliver(archive, *of, NOW).sent, len(receiver.got)) == (2, 3)


class _receiving:
    """A receiver that comes up at a port that was closed until now."""

    def __init__(self, port: int) -> None:
        from threading import Thread

        self._made = Receiver(port)
        self._thread = Thread(target=self._made.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self._made

    def __exit__(self, *_: object) -> None:
        self._made.shutdown()
        self._thread.join()
        self._made.server_close()


def test_deliver_says_what_is_down_and_how_many_wait(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = _port()
    of = _mailing(archive, port)
    tell(archive, [finding(at=NOW)])
    make(archive, *of, NOW)
    monkeypatch.setenv("VEDETTE_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("VEDETTE_SMTP_PORT", str(port))
    monkeypatch.setenv("VEDETTE_SMTP_STARTTLS", "false")
    done = CliRunner().invoke(vedette, ["--home", str(archive.home), "deliver"])
    assert done.exit_code == 1
    assert "mail: down since" in done.output and "2 wait, in order" in done.output


# -- a clock that goes back


def test_a_clock_set_back_an_hour_keeps_ids_order_and_deliveries(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alerts and deliveries go on while the clock falls back an hour twice; by cursor each event is seen once."""
    port = _port()
    of = _hooked(archive, port, monkeypatch)
    now, ids, seen, cursor = NOW, [], [], 0
    with _receiving(port) as receiver:
        receiver.answers = [status(500), status(503)]
        for step in range(24):
            now += timedelta(minutes=10) if step not in {8, 16} else -HOUR
            ids += [one.id for one in tell(archive, [finding(f"d{step}", at=now)])]
            make(archive, *of, now)
            deliver(archive, *of, now)
            write_feed(archive, archive.home / "alerts.jsonl")
            for alert in archive.feed.after(cursor):
                seen.append(alert.id)
                cursor = alert.seq
        deliver(archive, *of, now + HOUR)
        got = [headers["webhook-id"] for headers, _ in receiver.got]
    assert ids == sorted(ids) == seen
    lines = (archive.home / "alerts.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids
    assert set(got) == set(ids) and len(got) == len(ids) + 2, "each once, but for the two that were refused"
    assert {one.status for one in archive.ledger.deliveries()} == {"sent"}


def test_a_clock_set_back_between_crawls_alerts_every_change_in_order(world: World) -> None:
    """Three crawls; the clock is an hour earlier at the second: nothing is lost, ids and cursor go on."""
    of = start(world)
    declared = replace(load(), sources={of.id: of})
    settings = Settings(home=world.archive.home, alert_backfill_days=3650)
    cursor, seen = 0, []
    for step, quota in ((timedelta(0), ""), (-HOUR, "500万"), (timedelta(days=2), "200万")):
        if quota:
            world.site.put(DOC, document(TITLE, swapped("1000万", quota)))
            assert kinds(world.crawl(of, recheck=True, after=step)) == ["amended"]
        for change in world.archive.documents.pending("classify"):
            tag = Tag(change.id, "quota", declared.triggers["quota"].version, "m", 0.9, True, "tighten")
            with world.archive.transaction():
                world.archive.judgements.add_tags([tag])
                world.archive.judgements.done("classify", [change.id], world.now)
        alert(world.archive, declared, settings, world.now)
        for one in world.archive.feed.after(cursor):
            seen.append((one.seq, one.event["data"]["change"]["kind"], one.event["time"]))
            cursor = one.seq
    assert [seq for seq, _, _ in seen] == list(range(1, len(seen) + 1))
    assert [kind for _, kind, _ in seen][-2:] == ["amended", "amended"]
    assert world.archive.documents.pending("alert", after="classify") == []


def test_a_retry_planned_by_a_clock_a_year_ahead_is_not_stuck(archive: Archive) -> None:
    relay = Relay(port=_port(), data=["451 later"])
    of = _mailing(archive, relay.port)
    ahead = NOW + timedelta(days=365)
    tell(archive, [finding(at=NOW)])
    make(archive, *of, NOW)
    deliver(archive, *of, ahead)
    assert archive.told.down()
    controller = Controller(relay, hostname="127.0.0.1", port=relay.port)
    controller.start()
    try:
        assert (deliver(archive, *of, NOW + HOUR).sent, len(relay.taken)) == (1, 1), "the other was greylisted"
        assert deliver(archive, *of, NOW + 2 * HOUR).sent == 1
    finally:
        controller.stop()


def test_pauses_grow_to_half_an_hour() -> None:
    assert (timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)) == PAUSES


# -- a full disk


@contextmanager
def _full(most: int) -> Iterator[None]:
    """No file can grow beyond `most` bytes, as on a disk that is full."""
    before, kept = resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # Python would keep a module's bytecode cut off at the limit
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        sys.dont_write_bytecode = kept


def _said(problem: pytest.ExceptionInfo[ArchiveProblem], home: Path) -> None:
    """The message names a file of the home, and is one line."""
    assert str(home) in str(problem.value) and "\n" not in str(problem.value)


@pytest.mark.parametrize("most", [0, 5_000])
def test_a_full_disk_stops_alerts_and_loses_none(archive: Archive, most: int) -> None:
    tell(archive, [finding("first", at=NOW)])
    path = archive.home / "out/alerts.jsonl"
    write_feed(archive, path)
    with _full(most), pytest.raises(ArchiveProblem) as problem:
        tell(archive, [finding(f"d{n}", at=NOW) for n in range(400)])
    _said(problem, archive.home)
    assert archive.feed.last_seq() == 1, "all of a transaction or nothing"
    tell(archive, [finding(f"d{n}", at=NOW) for n in range(40)])
    with _full(most), pytest.raises(ArchiveProblem, match="Make room") as problem:
        write_feed(archive, path)
    _said(problem, archive.home)
    write_feed(archive, path)
    ids = [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]
    assert ids == [one.id for one in archive.feed.after(0)] and len(ids) == 41


@pytest.mark.parametrize("most", [0, 30_000, 100_000])
def test_a_full_disk_makes_no_half_issue(archive: Archive, most: int) -> None:
    of = _mailing(archive, _port())
    tell(archive, [finding(f"d{n}", at=NOW) for n in range(10)])
    make(archive, *of, NOW)
    tell(archive, [finding(f"e{n}", at=NOW + HOUR) for n in range(10)])
    place = archive.home / "out/digests"
    with _full(most), pytest.raises(ArchiveProblem) as problem:
        for n in range(2, 60):  # the smaller files have room for a while
            make(archive, *of, NOW + n * HOUR)
            tell(archive, [finding(f"f{n}", at=NOW + n * HOUR)])
    _said(problem, archive.home)
    assert all((archive.home / f"{name}.eml").read_bytes().endswith(b"--\r\n") for name in _folders(archive, "desk"))
    make(archive, *of, NOW + 100 * HOUR)
    assert archive.ledger.told("desk") == {one.id for one in archive.feed.after(0)}
    assert not [path for path in place.rglob(".*") if path.is_file()], "nothing half written stays"


def _folders(archive: Archive, subscription: str) -> list[str]:
    return [row["folder"] for row in archive.ledger.issues(subscription)]


def test_a_full_disk_sends_nothing_that_it_cannot_note(archive: Archive) -> None:
    """Else the same mail would go out again at every run until there is room."""
    relay = Relay(port=_port())
    of = _mailing(archive, relay.port)
    tell(archive, [finding(at=NOW)])
    make(archive, *of, NOW)
    controller = Controller(relay, hostname="127.0.0.1", port=relay.port)
    controller.start()
    try:
        for n in range(5):
            with _full(0), pytest.raises(ArchiveProblem) as problem:
                deliver(archive, *of, NOW + n * HOUR)
        _said(problem, archive.home)
        assert relay.taken == []
        assert deliver(archive, *of, NOW + 6 * HOUR).sent == len(relay.taken) == 2
    finally:
        controller.stop()


def test_the_command_says_it_in_one_line(archive: Archive, tmp_path: Path) -> None:
    tell(archive, [finding(at=NOW)])
    program = (
        "import sys; sys.dont_write_bytecode = True\n"
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from agent.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "--home", str(archive.home), "alert"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith(f"vedette: {archive.home}") and len(done.stderr.splitlines()) == 1, done.stderr
