"""Findings, alerts and archives for the tests of digests: shaped as the pipeline builds them, all texts our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from config.declarations import Declarations, load
from config.subscription import Filter, Subscription
from digests.compose import event
from digests.finding import Context, Effect, Fetch, Finding, Fired, Number, Origin, Rating
from index.archive.archive import Archive
from index.identity import alert_key
from index.records import Alert, Change, ClauseChange, Diff, Quote, Reading, Tag, Version

NOW = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
CONTEXT = Context(deployment="test", pipeline="0.1.0")

TRIGGERS = {
    "quota": ("Quota and allocation", "配额与分配"),
    "pricing": ("Pricing", "价格与收费"),
    "residency": ("Data residency and transfer", "数据驻留与跨境"),
}
TELECOM = Origin("chinatelecom_notices", "中国电信 公告", "China Telecom", "chinatelecom", "carrier", "CN", "api")
NDRC = Origin("ndrc_tz", "国家发展改革委 通知", "NDRC", "ndrc", "central", "CN", "listing")
SHANGHAI = Origin("sh_drc", "上海市发展改革委", "Shanghai DRC", "sh_drc", "municipal", "CN-31", "listing")


def hexes(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def version(name: str, reading: Reading, at: datetime, number: int = 1) -> Version:
    return Version(
        id=hexes(f"{name}{number}")[:16],
        document=hexes(name)[:16],
        work=f"cn/test/{name}",
        source="s",
        number=number,
        reading=reading,
        page_sha256=hexes(f"page {name} {number}"),
        first_seen=at,
        extractor="1",
    )


def finding(name: str = "price", trigger: str = "pricing", at: datetime = NOW, **given: Any) -> Finding:
    """A price rise at China Telecom unless told otherwise."""
    text = "套餐说明\n1500万词元包每月49.9元，自6月1日起执行。"
    reading = given.pop("reading", None) or Reading(
        url=f"https://www.example.cn/{name}.html",
        title=given.pop("title", "关于调整词元套餐资费的公告"),
        text=text,
        published=date(2026, 5, 19),
        effective=date(2026, 6, 1),
        issuer="中国电信",
    )
    before, after = version(name, reading, at - timedelta(days=3)), version(name, reading, at, 2)
    clause = ClauseChange("replace", "第二条", "每月39.9元", "每月49.9元，自6月1日起执行")
    change = Change(
        hexes(f"change {name}")[:16], "amended", "source", after.document, after.work, "s", at, before.id, after.id,
        diff=Diff(clauses=(clause,), chars_changed=14),
    )  # fmt: skip
    quote = reading.text[5:17]
    tag = Tag(
        change.id, trigger, "abc123", "bundled@1+head@1", 0.914, True, "tighten", (Quote(quote, 5, 5 + len(quote)),)
    )
    title, title_zh = TRIGGERS[trigger]
    effect = Effect(
        "rationing", "Rationing", "配给", "repeated-price-rises", "raises", 2,
        "Third rise by a carrier within 30 days.", "30 天内第三家运营商涨价。", "token_price", 49.9, "CNY",
    )  # fmt: skip
    made = Finding(
        key=alert_key(after.work, after.page_sha256, trigger, "abc123"),
        at=at,
        change=change,
        before=before,
        after=after,
        tag=tag,
        trigger=Fired(
            trigger,
            "abc123",
            title,
            title_zh,
            0.5,
            "The monthly price of a token plan went up.",
            "词元包月价上调。",
            trigger,
            ("资费",),
        ),
        rating=Rating(
            "severe", "expected", "observed", "A carrier raises a price by a quarter.", "In force in 12 days.", ""
        ),
        origin=TELECOM,
        fetch=Fetch(reading.url, at - timedelta(minutes=1), 200, after.page_sha256),
        config="c0ffee",
        lifecycle="adopted",
        instrument="公告",
        effects=(effect,),
        quantities=(Number("price", "39.9", "49.9", "CNY", "month", 25.06, "1500万词元包", "15000000", "token"),),
        summary="The 15M-token plan rises from CNY 39.9 to 49.9 a month.",
        addresses=(reading.url, f"https://mirror.example.cn/{name}.html"),
    )
    return replace(made, **given)


def tell(archive: Archive, findings: Sequence[Finding], context: Context = CONTEXT) -> list[Alert]:
    """Add findings to the feed as the pipeline does."""
    added = []
    with archive.transaction():
        for one in findings:
            alert = archive.feed.add(
                one.key,
                one.change.id,
                one.trigger.id,
                one.change.work,
                one.at,
                lambda seq, f=one: event(seq, f, context),
            )
            if alert:
                added.append(alert)
    return added


def subscription(name: str = "board", **given: Any) -> Subscription:
    values: dict[str, Any] = {
        "id": name, "title": "Board brief", "to": ("board@example.org",), "cadence": "daily", "at": "07:30",
        "filter": Filter(),
    }  # fmt: skip
    return Subscription.model_validate(values | given)


def declarations(*subscriptions: Subscription) -> Declarations:
    """The shipped declarations with only these subscriptions."""
    shipped = load()
    return replace(shipped, subscriptions={one.id: one for one in subscriptions})


def archive(home: Path) -> Archive:
    return Archive(home)
