"""What publishers and operators get wrong, from the declaration to the mail: named, and the rest is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from bs4 import BeautifulSoup
from click.testing import CliRunner

from agent.cli import vedette
from config.declaration import DeclarationError
from config.declarations import load
from config.settings import Settings
from digests.daily import make
from digests.delivery import deliver
from digests.feeds import Head, atom, json_feed
from index.archive.archive import Archive
from index.records import Reading
from tests.telling import NOW, declarations, finding, subscription, tell
from tests.test_digests_compose import HOSTILE
from tests.test_digests_delivery import Relay
from tests.test_digests_down import _port

HEAD = Head("test", "https://v.example.org/v1/alerts.atom", "https://v.example.org")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as made:
        yield made


def _declared(folder: Path, text: str) -> Path:
    (folder / "subscriptions").mkdir(parents=True, exist_ok=True)
    (folder / "subscriptions" / "mine.yml").write_text(f"title: Mine\ncadence: immediate\n{text}", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("channel: file\nfilter: {triggers: [quotas]}\n", ("mine.yml:4", "triggers", "quotas", "quota")),
        ("channel: file\nfilter: {scenarios: [nothing]}\n", ("mine.yml:4", "scenarios", "nothing", "rationing")),
        ("channel: file\nfilter: {sources: [nowhere]}\n", ("mine.yml:4", "sources", "nowhere")),
        ("to: [board at example.org]\n", ("mine.yml:3", "board at example.org", "name@example.org")),
        ('to: ["a@example.org\\nBcc: b@example.org"]\n', ("mine.yml:3", "no mail address")),
        ("to: [a@example.org, b@]\n", ("mine.yml:3", "'b@'")),
        ("channel: webhook\nto: [ftp://example.org/]\n", ("mine.yml:4", "https://example.org/path")),
    ],
)
def test_a_fault_in_a_subscription_is_named_before_anything_runs(
    tmp_path: Path, text: str, told: tuple[str, ...]
) -> None:
    """File, line, key and fix (DESIGN, section 2: a declaration that a person must edit stops before running)."""
    with pytest.raises(DeclarationError) as caught:
        load(_declared(tmp_path, text))
    assert not [one for one in told if one not in str(caught.value)], str(caught.value)
    done = CliRunner().invoke(vedette, ["--config", str(tmp_path), "--home", str(tmp_path / "h"), "digest"])
    assert isinstance(done.exception, DeclarationError)
    assert not (tmp_path / "h/out").exists()


def test_a_relay_that_refuses_one_receiver_takes_the_rest(archive: Archive) -> None:
    relay = Relay(rcpt={"gone@example.org": ["550 no such user"]}, port=_port())
    given: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": relay.port, "smtp_starttls": False}
    to = ("a@example.org", "gone@example.org", "z@example.org")
    of = declarations(subscription("desk", cadence="immediate", at=None, to=to)), Settings(home=archive.home, **given)
    controller = Controller(relay, hostname="127.0.0.1", port=relay.port)
    controller.start()
    try:
        tell(archive, [finding(at=NOW)])
        make(archive, *of, NOW)
        counts = deliver(archive, *of, NOW)
    finally:
        controller.stop()
    assert (counts.sent, counts.dead) == (2, 1)
    assert "gone@example.org: 550 no such user" in counts.problems[0]
    assert [to for to, _ in relay.taken] == ["a@example.org", "z@example.org"]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_goes_through_every_channel_as_text(archive: Archive, title: str) -> None:
    """From the feed to the files of an issue and the readers' feeds: one mail, no header, tag or link of its own."""
    reading = Reading("javascript:alert(1)", title, "甲" * 40, issuer=title, doc_number=title)
    (told,) = tell(archive, [finding(reading=reading, quantities=(), at=NOW)])
    declared = declarations(subscription("desk", cadence="immediate", at=None, language="zh"))
    (issue,) = make(archive, declared, Settings(home=archive.home), NOW)
    row = archive.ledger.issue(issue.id)
    assert row is not None
    mail = message_from_bytes((archive.home / f"{row['folder']}.eml").read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Bcc"], len(mail.get_all("Subject"))) == ("board@example.org", None, 1)
    soup = BeautifulSoup((archive.home / f"{row['folder']}.html").read_text("utf-8"), "lxml")
    assert not soup.find_all(["script", "iframe", "object"])
    assert {str(a["href"]) for a in soup.find_all("a")} <= {"#"}
    text = (archive.home / f"{row['folder']}.txt").read_text("utf-8")
    assert "javascript:" not in text.replace(title, "") or "javascript:" in title
    assert not [c for c in text if (ord(c) < 32 and c != "\n") or c in "\u202e\u202c"]
    feed = BeautifulSoup(atom([told.event], HEAD), "xml")
    assert len(feed.find_all("entry")) == 1 and feed.find("link", rel="alternate", href="#")
    assert b'javascript:alert(1)"' not in json_feed([told.event], HEAD)
