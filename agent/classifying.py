"""The classify stage: each change gets one tag a trigger, its version facts; versions enter the search index."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from agent.judge import Judge
from agent.numbers import moved, relevant, shares, specific
from agent.progress import progress
from classify.direction import of_change
from classify.facts import facts
from classify.pairing import Quantity
from classify.triggers import Judgement
from config.declarations import Declarations
from config.trigger import Trigger
from index.archive.archive import Archive
from index.indexing import index_versions
from index.records import Change, Tag, Version

STAGE = "classify"
_HALF = 0.25
"""Score of changed words that counts where the whole document fires: a clause cut to its changed words says less."""
_GIVEN = re.compile(r"免费|补贴|优惠|折扣|保障|free|discount|subsid", re.IGNORECASE)
"""Names of shares of which more is better for who uses compute."""


def classify(
    archive: Archive,
    declarations: Declarations,
    judge: Judge,
    now: datetime,
    chosen: Sequence[Change] | None = None,
) -> int:
    """Judge what was not judged yet, or of that what was `chosen`, oldest first, and return how many.

    The model works outside transactions, so that a crawl beside it never waits; the tags of one change and the note
    that it is done are one transaction.
    """
    waiting = archive.documents.pending(STAGE) if chosen is None else chosen
    with progress("classify", len(waiting)) as shown:
        for done, change in enumerate(waiting, 1):
            _classify_one(archive, declarations, judge, change, now)
            shown(change.source, done)
    return len(waiting)


def _classify_one(archive: Archive, declarations: Declarations, judge: Judge, change: Change, now: datetime) -> None:
    version = _version(archive, change)
    with archive.transaction():
        archive.judgements.add_facts(version.id, facts(version.reading.text, version.reading.lang))
    found = tags(archive, declarations, judge, change)
    with archive.transaction():
        archive.judgements.add_tags(found)
        judge.memory.keep()
        archive.judgements.done(STAGE, [change.id], now)
    index_versions(archive, judge.encoder, [version])


def tags(archive: Archive, declarations: Declarations, judge: Judge, change: Change) -> list[Tag]:
    """What every trigger says of a change whose facts are in the archive; nothing is written."""
    version = _version(archive, change)
    quantities = moved(archive, change)
    moving = [name for name in declarations.triggers if change.before and specific(quantities, name)]
    judged = judgements(judge, change, version, moving)
    made = (_tag(change, one, declarations.triggers[one.trigger], judge.tagger.id) for one in judged)
    return [_directed(tag, change, relevant(quantities, tag.trigger)) for tag in made]


def _version(archive: Archive, change: Change) -> Version:
    """The version a change is about: the new one, or the last one of what is gone."""
    version = archive.documents.version(change.after or change.before or "")
    if version is None:
        raise LookupError(f"change {change.id} names no version that is in the archive")
    return version


def judgements(judge: Judge, change: Change, version: Version, moved_by: Collection[str]) -> tuple[Judgement, ...]:
    """One judgement a trigger: of the whole document, or of what changed where that tells more.

    An amendment concerns the triggers whose words it touches, or whose numbers it moves (`moved_by`); where numbers
    tell what moved, half-heard words of another trigger (the allowance beside a new price) do not. Where it touches
    none of them, it concerns every trigger that the document does: nothing that matters is left out.
    """
    reading = version.reading
    whole = judge.tagger.tag(reading.title, reading.text, reading.lang)
    if not change.diff.clauses:
        return whole
    part = judge.tagger.tag_change(reading.title, reading.text, change.diff.clauses)
    pairs = list(zip(part, whole, strict=True))
    heard = {one.trigger for one, other in pairs if one.fires or (not moved_by and _touches(one, other))}
    touched = heard | set(moved_by)
    chosen = (one if one.fires else other for one, other in pairs)
    return tuple(one if not touched or one.trigger in touched else replace(one, fires=False) for one in chosen)


def _touches(part: Judgement, whole: Judgement) -> bool:
    """Whether changed words speak of a trigger: by themselves, or half as loudly in a document that does."""
    return part.fires or (whole.fires and part.score >= _HALF)


def _tag(change: Change, one: Judgement, trigger: Trigger, model: str) -> Tag:
    return Tag(
        change=change.id,
        trigger=trigger.id,
        trigger_version=trigger.version,
        model=model,
        score=one.score,
        fires=one.fires,
        direction=one.direction,
        evidence=one.evidence,
        scope=one.scope,
    )


def _directed(tag: Tag, change: Change, quantities: Sequence[Quantity]) -> Tag:
    """A tag whose direction also heeds what the numbers did: the furthest moved price or quota decides.

    Without one, a share of something given away (免费额度比例: 5% → 2%) does: less of it tightens.
    """
    if not tag.fires:
        return tag
    counted = [one for one in quantities if one.metric in {"price", "quota"} and one.percent is not None]
    furthest = max(counted, key=lambda one: abs(float(one.percent or 0)), default=None)
    if furthest:
        pair = (float(furthest.before), float(furthest.after))
        return replace(tag, direction=of_change("amended", tag.trigger, tag.direction, pair))
    given = [one for one in shares(change.diff.fields) if _GIVEN.search(one.item or "")]
    if given:
        less = float(given[0].after or 0) < float(given[0].before or 0)
        return replace(tag, direction="tighten" if less else "loosen")
    return replace(tag, direction=of_change(change.kind, tag.trigger, tag.direction, None))
