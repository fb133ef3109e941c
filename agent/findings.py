"""From one tag that fired to a finding: what an alert says, as plain values. Judged by classify, told by digests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from agent import numbers
from classify.lifecycle import lifecycle
from classify.scenarios import Effect as Moves
from classify.scenarios import Signal, effects
from classify.severity import Case, Grade, severity
from config.declaration import Lifecycle
from config.declarations import Declarations
from config.source import Source
from config.trigger import Trigger
from digests.finding import Effect, Fetch, Finding, Fired, Origin, Rating
from index.archive.archive import Archive
from index.identity import alert_key
from index.records import Change, Tag, Version
from index.zone import CHINA

_INSTRUMENT = re.compile(
    r"(?:征求意见稿|实施细则|实施方案|行动方案|管理办法|办法|规定|条例|意见|通知|公告|通告|决定|方案|规划|细则|目录|标准|令|批复)"
)


@dataclass(frozen=True)
class Bench:
    """What findings are made on: the archive and all that is declared."""

    archive: Archive
    declarations: Declarations

    @cached_property
    def config(self) -> str:
        """Twelve hex digits over every declaration in force."""
        folders = (self.declarations.triggers, self.declarations.scenarios, self.declarations.sources)
        versions = sorted(f"{name}@{one.version}" for folder in folders for name, one in folder.items())
        return sha256("\n".join(versions).encode()).hexdigest()[:12]


def finding(bench: Bench, change: Change, tag: Tag, earlier: Iterable[Signal], now: datetime) -> Finding | None:
    """What an alert on this tag says; None where the source is no longer declared. `earlier` are signals before it."""
    source = bench.declarations.sources.get(change.source)
    before = bench.archive.documents.version(change.before) if change.before else None
    after = bench.archive.documents.version(change.after) if change.after else None
    version = after or before
    if source is None or version is None:
        return None
    trigger = bench.declarations.triggers[tag.trigger]
    moved = numbers.relevant(numbers.moved(bench.archive, change), tag.trigger)
    today = now.astimezone(CHINA).date()
    stands = lifecycle(version.reading, change.kind, source.tier, today)
    grade = severity(_case(change, tag, source, version, stands, numbers.largest(moved)), today)
    moves = effects(bench.declarations.scenarios, _signal(change, tag, source, stands, grade), earlier)
    facts = bench.archive.judgements.facts(version.id)
    return Finding(
        key=_key(change, tag, version),
        at=now,
        change=change,
        before=before,
        after=after,
        tag=tag,
        trigger=_fired(trigger, tag),
        rating=_rating(grade),
        origin=_origin(source),
        fetch=_fetch(bench.archive, version),
        config=bench.config,
        lifecycle=stands,
        instrument=_instrument(version.reading.title),
        effects=tuple(_effect(one, bench.declarations) for one in moves),
        quantities=numbers.told(change, moved, facts, (version, tag)),
        addresses=tuple(row["url"] for row in bench.archive.documents.addresses(change.work)),
    )


def _case(change: Change, tag: Tag, source: Source, version: Version, stands: Lifecycle, percent: float | None) -> Case:
    return Case(
        direction=tag.direction,
        kind=change.kind,
        tier=source.tier,
        lifecycle=stands,
        score=tag.score,
        percent=percent,
        silent=change.silent,
        effective=version.reading.effective,
        comments_close=version.reading.comments_close,
    )


def _key(change: Change, tag: Tag, version: Version) -> str:
    """The alert key; what changed without a new version (withdrawn, restored) is told apart by the change."""
    to = version.id if change.after and change.kind != "restored" else f"{change.kind}:{change.id}"
    return alert_key(change.work, to, tag.trigger, tag.trigger_version)


def _signal(change: Change, tag: Tag, source: Source, stands: Lifecycle, grade: Grade) -> Signal:
    return Signal(
        change=change.id,
        work=change.work,
        source=source.id,
        authority=source.authority,
        tier=source.tier,
        region=source.region,
        trigger=tag.trigger,
        direction=tag.direction,
        lifecycle=stands,
        kind=change.kind,
        severity=grade.severity,
        at=change.at,
    )


def _fired(trigger: Trigger, tag: Tag) -> Fired:
    where, wo = {"whole": ("the document", "全文"), "change": ("the changed clauses", "改动部分")}[tag.scope]
    quote = tag.evidence[0].quote if tag.evidence else ""
    score, least = f"{tag.score:.2f}", f"{trigger.threshold:.2f}"
    return Fired(
        id=trigger.id,
        version=tag.trigger_version,
        title=trigger.title,
        title_zh=trigger.title_zh,
        threshold=trigger.threshold,
        reason=f"{where} scores {score} ({least} fires)" + (f": “{quote}”" if quote else ""),
        reason_zh=f"{wo}得分 {score}（{least} 起触发）" + (f"：“{quote}”" if quote else ""),
        category=trigger.id,
    )


def _rating(grade: Grade) -> Rating:
    return Rating(
        severity=grade.severity,
        urgency=grade.urgency,
        certainty=grade.certainty,
        severity_reason=grade.severity_reason.en,
        urgency_reason=grade.urgency_reason.en,
        certainty_reason=grade.certainty_reason.en,
    )


def _origin(source: Source) -> Origin:
    return Origin(
        id=source.id,
        title=source.title,
        title_en=source.title_en,
        authority=source.authority,
        tier=source.tier,
        region=source.region,
        spider=source.kind,
    )


def _fetch(archive: Archive, version: Version) -> Fetch:
    receipt = archive.pages.received(version.page_sha256)[0]
    return Fetch(
        url=receipt["url"],
        retrieved_at=datetime.fromisoformat(receipt["fetched_at"]),
        http_status=receipt["status"],
        sha256=version.page_sha256,
    )


def _effect(one: Moves, declarations: Declarations) -> Effect:
    scenario = declarations.scenarios[one.scenario]
    return Effect(
        scenario=one.scenario,
        title=scenario.title,
        title_zh=scenario.title_zh,
        indicator=one.indicator,
        effect=one.effect,
        weight=one.weight,
        reason=one.reason,
        reason_zh=one.reason_zh,
        variable=one.variable,
    )


def _instrument(title: str) -> str | None:
    """The kind of document that a title ends in: the last such word outside 《…》, else the last one."""
    outside = _INSTRUMENT.findall(re.sub(r"《.*?》", "", title))
    found = outside or _INSTRUMENT.findall(title)
    return found[-1] if found else None
