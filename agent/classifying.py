"""The classify stage: each change gets one tag a trigger, its version facts; versions enter the search index."""

from __future__ import annotations

from datetime import datetime

from agent.judge import Judge
from agent.progress import progress
from classify.facts import facts
from classify.triggers import Judgement
from config.declarations import Declarations
from index.archive.archive import Archive
from index.indexing import index_versions
from index.records import Change, Tag, Version

STAGE = "classify"


def classify(archive: Archive, declarations: Declarations, judge: Judge, now: datetime) -> int:
    """Judge what was not judged yet, oldest first, and return how many; each change is one transaction."""
    waiting = archive.documents.pending(STAGE)
    with progress("classify", len(waiting)) as shown:
        for done, change in enumerate(waiting, 1):
            _classify_one(archive, declarations, judge, change, now)
            shown(change.source, done)
    return len(waiting)


def _classify_one(archive: Archive, declarations: Declarations, judge: Judge, change: Change, now: datetime) -> None:
    version = archive.documents.version(change.after or change.before or "")
    if version is None:
        raise LookupError(f"change {change.id} names no version that is in the archive")
    judged = judgements(judge, change, version)
    found = facts(version.reading.text, version.reading.lang)
    with archive.transaction():
        archive.judgements.add_tags(_tag(change, one, declarations, judge.tagger.id) for one in judged)
        archive.judgements.add_facts(version.id, found)
        judge.memory.keep()
        archive.judgements.done(STAGE, [change.id], now)
    index_versions(archive, judge.encoder, [version])


def judgements(judge: Judge, change: Change, version: Version) -> tuple[Judgement, ...]:
    """One judgement a trigger: of what changed where that alone fires, else of the whole document.

    A document that concerns a trigger is told of whatever clause of it changes, so the whole still counts.
    """
    reading = version.reading
    whole = judge.tagger.tag(reading.title, reading.text, reading.lang)
    if not change.diff.clauses:
        return whole
    part = judge.tagger.tag_change(reading.title, reading.text, change.diff.clauses)
    return tuple(one if one.fires else other for one, other in zip(part, whole, strict=True))


def _tag(change: Change, one: Judgement, declarations: Declarations, model: str) -> Tag:
    return Tag(
        change=change.id,
        trigger=one.trigger,
        trigger_version=declarations.triggers[one.trigger].version,
        model=model,
        score=one.score,
        fires=one.fires,
        direction=one.direction,
        evidence=one.evidence,
        scope=one.scope,
    )
