"""Analysts' verdicts on alerts: taken in, and turned into examples that training learns from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from classify.examples import Example, feedback
from config.declarations import Declarations
from index.archive.archive import Archive
from index.archive.feedback import Verdict
from index.records import Alert, Change, Tag


class UnknownAlert(LookupError):
    """No alert of the feed has this id or key."""


@dataclass(frozen=True, slots=True)
class Word:
    """What an analyst says: whether a trigger (None: the alert's own) is right for the alert's document."""

    right: bool
    trigger: str | None = None
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a verdict. `new` is False where it was known; `against` are verdicts that say the opposite."""

    verdict: Verdict
    new: bool
    against: tuple[Verdict, ...]


def give(archive: Archive, declarations: Declarations, alert: str, word: Word, now: datetime) -> Taken:
    """Keep a verdict with the model whose tag it judges.

    Raises UnknownAlert; KeyError for a trigger that is not declared.
    """
    event = archive.feed.alert(alert)
    if event is None:
        raise UnknownAlert(f"no alert {alert!r} in the feed; `vedette show` and out/alerts.jsonl have their ids")
    trigger = word.trigger or event.trigger
    if trigger not in declarations.triggers:
        raise KeyError(trigger)
    verdict = _verdict(archive, event, declarations.triggers[trigger].version, word, now)
    with archive.transaction():
        new = archive.feedback.add(verdict)
    same = [one for one in archive.feedback.all() if (one.version, one.trigger) == (verdict.version, trigger)]
    return Taken(verdict, new, tuple(one for one in same if one.right != word.right))


def settle(archive: Archive, alert: str, trigger: str | None, now: datetime) -> int:
    """Let all verdicts on an alert's document and trigger count no more; how many. Raises UnknownAlert."""
    event = archive.feed.alert(alert)
    if event is None:
        raise UnknownAlert(f"no alert {alert!r} in the feed")
    with archive.transaction():
        return archive.feedback.settle(_version(archive, event), trigger or event.trigger, now)


def lessons(archive: Archive) -> Iterator[Example]:
    """One example a document and trigger that analysts agree on; what is in conflict teaches nothing.

    A tag that was made of what changed teaches on the changed words, one of the whole document on all of it.
    """
    disputed = {(group[0].version, group[0].trigger) for group in archive.feedback.conflicts()}
    seen: set[tuple[str, str]] = set()
    for one in archive.feedback.all():
        key = (one.version, one.trigger)
        if key not in disputed and key not in seen:
            seen.add(key)
            yield from _lesson(archive, one)


def _lesson(archive: Archive, one: Verdict) -> Iterator[Example]:
    version, change = archive.documents.version(one.version), archive.documents.change(one.change)
    if version is None or change is None:
        return
    tag = _tag(archive.judgements.tags(one.change), one.trigger)
    text = version.reading.text
    if tag and tag.scope == "change":
        text = _changed(change) or text
    quotes = tuple(q.quote for q in tag.evidence if q.quote in text) if tag else ()
    yield feedback(one.trigger, version.reading.title, text, one.right, quotes)


def _changed(change: Change) -> str:
    """The words that a change touched, as the classifier reads them."""
    return "\n".join(w for c in change.diff.clauses if c.op != "move" for w in (c.after, c.before) if w)


def _verdict(archive: Archive, event: Alert, declared: str, word: Word, now: datetime) -> Verdict:
    tags = archive.judgements.tags(event.change)
    trigger = word.trigger or event.trigger
    tag = _tag(tags, trigger)
    return Verdict(
        alert=event.id,
        change=event.change,
        version=_version(archive, event),
        trigger=trigger,
        trigger_version=tag.trigger_version if tag else declared,
        right=word.right,
        note=word.note,
        model=tag.model if tag else next((one.model for one in tags), ""),
        by=word.by,
        at=now,
    )


def _version(archive: Archive, event: Alert) -> str:
    change = archive.documents.change(event.change)
    return (change and (change.after or change.before)) or ""


def _tag(tags: Iterable[Tag], trigger: str) -> Tag | None:
    return next((one for one in tags if one.trigger == trigger), None)
