"""An alert in which nothing happened, for trying a receiver out: its status is `test`."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from digests.compose import event
from digests.finding import Context, Fetch, Finding, Fired, Number, Origin, Rating
from index.records import Change, ClauseChange, Diff, Quote, Reading, Tag, Version

_TEXT = "第一条 本文仅用于测试。\n第二条 测试套餐每月2元。"
_QUOTE = "测试套餐每月2元"


def sample(context: Context, now: datetime) -> dict[str, Any]:
    """A whole event at place 0 of the feed, which no real alert has; a new id every time."""
    key = sha256(f"test|{now.isoformat()}".encode()).hexdigest()
    reading = Reading("https://example.org/vedette-test", "Vedette 测试通知", _TEXT, issuer="Vedette")
    before, after = (_version(name, reading, now) for name in ("before", "after"))
    found = Finding(
        key=key,
        at=now,
        change=_change(before, after, now),
        before=before,
        after=after,
        tag=_tag(),
        trigger=Fired("pricing", "0" * 12, "Pricing", "价格与收费", 0.5, "This is a test.", "这是测试。", "pricing"),
        rating=Rating("minor", "unknown", "observed", "This is a test."),
        origin=Origin("vedette_test", "Vedette 测试", "Vedette test", "vedette", "cloud", "CN"),
        fetch=Fetch(reading.url, now, 200, after.page_sha256),
        config="0" * 12,
        quantities=(Number("price", "1", "2", "CNY", "month", 100.0, "test plan"),),
        summary="A test of the channel; nothing happened.",
    )
    made = event(0, found, context)
    return made | {"data": made["data"] | {"headlines": {k: f"TEST {v}" for k, v in made["data"]["headlines"].items()}}}


def _version(name: str, reading: Reading, now: datetime) -> Version:
    digest = sha256(f"vedette test {name}".encode()).hexdigest()
    return Version(digest[:16], "test", "test/vedette", "vedette_test", 1, reading, digest, now, "test")


def _change(before: Version, after: Version, now: datetime) -> Change:
    diff = Diff((ClauseChange("replace", "第二条", "每月1元", "每月2元"),), chars_changed=2)
    return Change(
        "test", "amended", "source", "test", "test/vedette", "vedette_test", now, before.id, after.id, diff=diff
    )


def _tag() -> Tag:
    start = _TEXT.index(_QUOTE)
    return Tag(
        "test",
        "pricing",
        "0" * 12,
        "none",
        1.0,
        True,
        "tighten",
        (Quote(_QUOTE, start, start + len(_QUOTE)),),
        "change",
    )
