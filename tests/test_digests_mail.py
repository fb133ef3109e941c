"""The mail itself: headers a list should have, parts in the right order, links of each receiver."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.mail import Envelope, addressed, compose, message_id
from digests.optout import Key, unsubscribe_url
from digests.render import Rendered

LINK = "https://vedette.example.org/unsubscribe/preview"
RENDERED = Rendered(
    "[Board] 2 severe – 【价格】中国电信",
    f'<p>词元 <img src="cid:chart"> <a href="{LINK}">end</a></p>',
    f"词元\n{LINK}\n",
    b"\x89PNG\r\n\x1a\nx",
)
ENVELOPE = Envelope(
    "board",
    "board-2026-05-20",
    ("a@example.org", "b@example.org"),
    "vedette@example.org",
    datetime(2026, 5, 20, tzinfo=UTC),
)


def _reparsed(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(message.as_bytes(), policy=policy.SMTP)


def test_structure() -> None:
    read = _reparsed(compose(RENDERED, ENVELOPE))
    assert read.get_content_type() == "multipart/alternative"
    plain, related = read.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == RENDERED.text
    assert related.get_content_type() == "multipart/related"
    html, picture = related.iter_parts()
    assert picture.get_content() == RENDERED.chart
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html.get_content()
    assert picture.get_content_disposition() == "inline"


def test_headers() -> None:
    read = _reparsed(compose(RENDERED, ENVELOPE))
    assert read["Subject"] == RENDERED.subject
    assert read["From"] == "Vedette <vedette@example.org>"
    assert read["To"] == "a@example.org, b@example.org"
    assert read["List-Id"] == "<board.vedette.example.org>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Precedence"] == "bulk"
    assert read["Date"].datetime == ENVELOPE.made_at
    assert read["List-Unsubscribe"] is None
    assert read["List-Unsubscribe-Post"] is None


def test_one_click_unsubscribe_needs_an_address() -> None:
    read = _reparsed(compose(RENDERED, replace(ENVELOPE, unsubscribe=LINK)))
    assert read["List-Unsubscribe"] == f"<{LINK}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_each_receiver_gets_an_own_copy() -> None:
    kept = compose(RENDERED, replace(ENVELOPE, unsubscribe=LINK)).as_bytes()
    mine = _reparsed(addressed(kept, ("board", "board-2026-05-20", "a@example.org"), "TOKEN-A"))
    again = _reparsed(addressed(kept, ("board", "board-2026-05-20", "a@example.org"), "TOKEN-A"))
    other = _reparsed(addressed(kept, ("board", "board-2026-05-20", "b@example.org"), "TOKEN-B"))
    assert mine["To"] == "a@example.org"
    assert " b@example.org" not in mine.as_string()
    assert mine["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    own = LINK.replace("preview", "TOKEN-A")
    assert mine["List-Unsubscribe"] == f"<{own}>"
    plain, related = mine.iter_parts()
    html, picture = related.iter_parts()
    assert own in plain.get_content()
    assert own in html.get_content()
    assert LINK not in plain.get_content() + html.get_content()
    assert "词元" in html.get_content()
    assert picture.get_content() == RENDERED.chart


def test_without_a_chart_there_is_no_picture() -> None:
    read = _reparsed(compose(replace(RENDERED, chart=None), ENVELOPE))
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


@given(st.text(max_size=300))
def test_no_subject_breaks_the_headers(subject: str) -> None:
    read = _reparsed(compose(replace(RENDERED, subject=subject), ENVELOPE))
    assert "Bcc" not in read
    assert read["To"] == "a@example.org, b@example.org"


def test_header_injection_is_one_line() -> None:
    read = _reparsed(compose(replace(RENDERED, subject="x\r\nBcc: victim@example.org\r\n\r\nbody"), ENVELOPE))
    assert read["Bcc"] is None
    assert read["Subject"] == "x Bcc: victim@example.org body"


def test_message_ids_name_subscription_issue_and_receiver() -> None:
    ids = {message_id(s, i, r, "v@example.org") for s in "ab" for i in "ij" for r in "xy"}
    assert len(ids) == 8
    assert all(one.endswith("@example.org>") for one in ids)


def test_tokens(tmp_path: Path) -> None:
    key = Key(tmp_path)
    token = key.token("board", "reader@example.org")
    assert Key(tmp_path).read(token) == ("board", "reader@example.org")
    assert (tmp_path / "optout.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["optout.key"]
    assert unsubscribe_url("https://v.example.org/", token) == f"https://v.example.org/unsubscribe/{token}"
    head, _, tail = token.partition(".")
    forged = Key(tmp_path / "other").token("board", "reader@example.org")
    for wrong in (forged, f"{head}.", f".{tail}", "", "x", f"{head}x.{tail}", "é.ü", f"{head}.{tail[:-2]}"):
        assert key.read(wrong) is None


@pytest.mark.parametrize("receiver", ["a@example.org", "ü@example.org", "a+b@example.org"])
def test_tokens_are_safe_in_addresses(tmp_path: Path, receiver: str) -> None:
    token = Key(tmp_path).token("board", receiver)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
