"""docs/alerts.md holds what it says: its programs run, its table is the models'."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from standardwebhooks import Webhook

from digests.channels.webhook import signed
from digests.outbox import write_feed
from digests.reference import reference
from digests.retry import SCHEDULE
from index.archive.archive import Archive
from tests.telling import finding, tell

DOCS = (Path(__file__).parent.parent / "docs/alerts.md").read_text("utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def _program(name: str) -> str:
    found = re.search(rf"<!-- {name}: .*?-->\n```python\n(.*?)```", DOCS, re.S)
    assert found, name
    return found[1]


def test_the_table_is_the_models() -> None:
    start, end = DOCS.index("| field | type"), DOCS.index("\n<!-- end of fields -->")
    assert DOCS[start:end] == reference(), "run digests.reference and replace the table"


def test_the_consumer_is_short() -> None:
    lines = [line for line in _program("consumer").splitlines() if line.strip()]
    assert len(lines) <= 20


def test_the_consumer_goes_on_after_any_crash(tmp_path: Path) -> None:
    """Killed after 0, 1, 2 … events, with the feed growing and a line half written: each event is handled in order."""
    program, feed, place = tmp_path / "consumer.py", tmp_path / "alerts.jsonl", tmp_path / "place.txt"
    program.write_text(_program("consumer"), "utf-8")
    with Archive(tmp_path / "home") as archive:
        ids = [one.id for one in tell(archive, [finding(f"d{n}") for n in range(40)])]
        write_feed(archive, feed)
    whole = feed.read_bytes()
    handled: list[str] = []
    for length in (len(whole) // 3, len(whole) * 2 // 3, len(whole)):
        feed.write_bytes(whole[:length])
        for most in (1, 3, None):
            handled += _run(program, feed, place, most)
    assert list(dict.fromkeys(handled)) == ids
    assert len(handled) <= len(ids) + 6, "at most one event again for each kill"
    assert _run(program, feed, place, None) == []


def _run(program: Path, feed: Path, place: Path, most: int | None) -> list[str]:
    """Run the consumer; kill it after `most` lines of output."""
    command = [sys.executable, str(program), str(feed), str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as consumer:
        assert consumer.stdout is not None
        lines: list[str] = []
        for line in consumer.stdout:
            lines.append(line)
            if most and len(lines) == most:
                consumer.kill()
        consumer.wait()
    return [line.split()[0] for line in lines]


def test_the_verifier_agrees_with_the_standard_library() -> None:
    scope: dict[str, object] = {}
    exec(_program("verifier"), scope)  # the program of the page
    verify = scope["verify"]
    assert callable(verify)
    body, now = json.dumps({"词元": 1}).encode(), int(time.time())
    headers = signed("000000000001-9f2c41d0", now, body, ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", SECRET])
    Webhook(SECRET).verify(body, headers)
    assert verify(headers, body, SECRET)
    assert not verify(headers, body + b" ", SECRET)
    assert not verify(headers | {"webhook-id": "x"}, body, SECRET)
    assert not verify(signed("x", now - 301, body, [SECRET]), body, SECRET)


def test_the_schedule_is_the_one_told() -> None:
    assert "after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20, 24 and 24 hours" in DOCS
    assert "after 5 seconds, 5 minutes, then every half hour" in DOCS
    assert [int(step.total_seconds()) for step in SCHEDULE] == [
        5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24, 24)),
    ]  # fmt: skip


def test_every_field_has_a_meaning() -> None:
    assert "|  |" not in reference()
