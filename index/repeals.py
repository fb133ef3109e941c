"""The end of a work by word instead of by disappearance: a notice that repeals it, or its own page saying 已废止.

A notice is told on the day it takes effect. What a page says of itself is told when a second look confirms it. A work
ends once. The documents stay live: their pages are still there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from index.archive.archive import Archive
from index.events import event
from index.metadata import status
from index.records import Change, FieldChange, Version
from index.relations import Citation
from index.zone import CHINA

CONFIRM_AFTER = timedelta(hours=1)
"""A page that says of its document that it is repealed is believed when it still says so after this long."""
_ENDED = ("已废止", "已失效")


def note(archive: Archive, before: Version | None, after: Version, *, baseline: bool) -> list[Change]:
    """Note what a new version ends, and tell of it where that is due now.

    `baseline`: the version is no news, so what it ends is none either.
    """
    _note_own(archive, before, after)
    today = after.first_seen.astimezone(CHINA).date()
    told = []
    for work in dict.fromkeys(_repealed(archive, after)):
        first = archive.documents.addresses(work)[0]["id"]
        effective = after.reading.effective
        due = effective if effective and effective > today else today
        if archive.kinship.add_repeal(work, after, first, after.first_seen, due) and due == today:
            told += _told(archive, work, after.first_seen, baseline=baseline)
    return told


def _note_own(archive: Archive, before: Version | None, after: Version) -> None:
    """Note that the page itself says so now; where it did from the first, that is state and no event."""
    ended = status(after.reading) in _ENDED
    if not ended:
        archive.kinship.forget_repeal_of_itself(after.work)
    elif before is not None and status(before.reading) not in _ENDED:
        archive.kinship.add_repeal(after.work, after, after.document, after.first_seen, None)


def _repealed(archive: Archive, version: Version) -> Iterator[str]:
    """The works that a version repeals and that can be told without doubt."""
    for name in _named_together(archive.kinship.citations(version.id)):
        work = _resolved(archive, name)
        if work and work != version.work:
            yield work


def _named_together(citations: Sequence[Citation]) -> Iterator[tuple[Citation, ...]]:
    """Repealed names, a title with the 文号 behind it as one."""
    waiting: tuple[Citation, ...] = ()
    for one in citations:
        if one.kind != "repeals":
            continue
        if waiting and one.key.startswith("n:") and 0 <= one.start - waiting[-1].end <= 2:
            yield (*waiting, one)
            waiting = ()
            continue
        if waiting:
            yield waiting
        waiting = (one,)
    if waiting:
        yield waiting


def _resolved(archive: Archive, names: tuple[Citation, ...]) -> str | None:
    """The one work that is meant, by 文号; by title only where that belongs to one work, of no other 文号."""
    kinship = archive.kinship
    works = kinship.named(names[-1].key)
    if len(works) == 1:
        return works[0]
    if works or len(names) == 1:
        return None
    works = kinship.named(names[0].key)
    known = len(works) == 1 and not any(key.startswith("n:") for key in kinship.names(works[0]))
    return works[0] if known else None


def tell_due(archive: Archive, now: datetime) -> list[Change]:
    """Record the ends that notices declared for a day that has come. Call once a day; a second call does nothing."""
    with archive.transaction():
        due = archive.kinship.repeals_due(now.astimezone(CHINA).date())
        return [change for row in due for change in _told(archive, row["work"], now, baseline=False)]


def confirm(archive: Archive, document: str, work: str, at: datetime) -> Change | None:
    """Record the end that a page says of itself, at a second look that found nothing changed."""
    row = archive.kinship.repeal(work)
    if row is None or row["change"] or row["due"] or row["document"] != document:
        return None
    if at - datetime.fromisoformat(row["seen"]) < CONFIRM_AFTER:
        return None
    return next(iter(_told(archive, work, at, baseline=False)), None)


def _told(archive: Archive, work: str, at: datetime, *, baseline: bool) -> list[Change]:
    row: dict[str, Any] | None = archive.kinship.repeal(work)
    latest = archive.documents.latest(row["document"]) if row else None
    by = archive.documents.version(row["version"]) if row else None
    if latest is None or by is None:
        return []
    field = FieldChange("repealed_by", None, f"{by.reading.title} {by.reading.url}".strip())
    change = replace(event("withdrawn", latest, at, by.source, [field]), baseline=baseline)
    archive.documents.add_change(change)
    archive.kinship.tell_repeal(work, change.id)
    return [change]


def in_force(archive: Archive, work: str, on: date) -> bool:
    """Whether nothing known has ended a work by this day."""
    row = archive.kinship.repeal(work)
    return row is None or (row["change"] is None and (row["due"] is None or row["due"] > on.isoformat()))
