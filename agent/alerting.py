"""The alert stage: from tags that fired to events of the feed, each with what it means and why.

Never alerted: what a first crawl found that is old (baseline), what our own new extractor explains (tooling), and a
further address of a work that is known (repost).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from agent.findings import Bench, finding
from agent.progress import progress
from agent.signals import memory, signal, signals
from agent.version import VERSION
from classify.scenarios import Signal
from config.declarations import Declarations
from config.settings import Settings
from digests.compose import event
from digests.finding import Context, Finding
from index.archive.archive import Archive
from index.records import Alert, Change

STAGE = "alert"


def alert(archive: Archive, declarations: Declarations, settings: Settings, now: datetime) -> int:
    """Alert what was classified and not yet alerted, oldest first; return how many alerts were added to the feed.

    The alerts of one change and the note that it is dealt with are one transaction.
    """
    waiting = archive.documents.pending(STAGE, after="classify")
    if not waiting:
        return 0
    bench = Bench(archive, declarations)
    context = Context(settings.deployment, VERSION, settings.public_url)
    known = list(signals(archive, now - memory(declarations), now))
    before = len(known)
    with progress("alert", len(waiting)) as shown:
        for done, change in enumerate(waiting, 1):
            with archive.transaction():
                known.extend(signal(one) for one in _alert_one(bench, context, change, known, now))
                archive.judgements.done(STAGE, [change.id], now)
            shown(change.source, done)
    return len(known) - before


def is_news(change: Change) -> bool:
    """Whether a change may be alerted at all, whatever it is about."""
    return not (change.baseline or change.repost or change.cause == "tooling" or change.kind == "moved")


def _alert_one(bench: Bench, context: Context, change: Change, known: Sequence[Signal], now: datetime) -> list[Alert]:
    if not is_news(change) or _is_told_elsewhere(bench.archive, change):
        return []
    added = (_add(bench, context, found) for found in _findings(bench, change, known, now))
    return [one for one in added if one]


def _is_told_elsewhere(archive: Archive, change: Change) -> bool:
    """Whether another address of the work was amended alike and alerted: one edit of one text is one alert."""
    if change.kind != "amended":
        return False
    others = [row["id"] for row in archive.documents.addresses(change.work) if row["id"] != change.document]
    alike = (one for other in others for one in archive.documents.changes_of(other) if one.diff.clauses)
    return any(one.diff.clauses == change.diff.clauses and archive.feed.of_change(one.id) for one in alike)


def _findings(bench: Bench, change: Change, known: Sequence[Signal], now: datetime) -> Iterator[Finding]:
    for tag in bench.archive.judgements.tags(change.id):
        if tag.fires and tag.trigger in bench.declarations.triggers:
            found = finding(bench, change, tag, known, now)
            if found:
                yield found


def _add(bench: Bench, context: Context, found: Finding) -> Alert | None:
    return bench.archive.feed.add(
        found.key,
        found.change.id,
        found.tag.trigger,
        found.change.work,
        found.at,
        lambda seq: event(seq, found, context),
    )
