"""Dates that come near: a document takes effect, a comment period ends, a rule expires. Reminders are events too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from index.archive.archive import Archive
from index.records import Version
from index.relations import DateRole, Reminder
from index.zone import CHINA

LEADS: Mapping[DateRole, tuple[int, ...]] = {"effective": (0,), "comments_close": (7, 2), "expires": (30, 0)}
"""How many days before the date it is told. Comments are usually open for 30 days, so a week leaves time to write."""
BACK = timedelta(days=3)
"""Reminders of the last days are made up for, if nothing ran."""


class Due(NamedTuple):
    """A date to tell of now: `day` is the date, told `lead` days before."""

    version: Version
    role: DateRole
    day: date
    lead: int


def due(
    versions: Iterable[Version], since: date, until: date, leads: Mapping[DateRole, tuple[int, ...]] = LEADS
) -> tuple[Due, ...]:
    """The dates whose telling falls on a day from `since` to `until`, both included; by day, then in the order given.

    Of several leads in that window only the last is told, a comment period that is over not at all, and nothing that
    fell due before the version was seen: what is new has been told as new. Give the newest version of each document.
    """
    found = [one for version in versions for one in _of_version(version, since, until, leads)]
    return tuple(sorted(found, key=lambda one: one.day))


def _of_version(version: Version, since: date, until: date, leads: Mapping[DateRole, tuple[int, ...]]) -> Iterator[Due]:
    seen = version.first_seen.astimezone(CHINA).date()
    for role, days in leads.items():
        day: date | None = getattr(version.reading, role)
        if day is None or (role == "comments_close" and day < until):
            continue
        told = [lead for lead in days if since <= day - timedelta(days=lead) <= until]
        if told and day - timedelta(days=min(told)) > seen:
            yield Due(version, role, day, min(told))


def remind(archive: Archive, now: datetime) -> list[Reminder]:
    """Make the reminders that are due on this day in China, and return those that were not made before.

    One a work, role and date: a reprint brings no second one, a date that was put off brings another. Call it at least
    every third day; more often does no harm.
    """
    today = now.astimezone(CHINA).date()
    longest = max(lead for days in LEADS.values() for lead in days)
    versions = archive.documents.with_dates_between(today - BACK, today + timedelta(days=longest))
    made = (_reminder(one, now) for one in due(versions, today - BACK, today))
    with archive.transaction():
        return archive.reminders.add(made)


def _reminder(one: Due, now: datetime) -> Reminder:
    version = one.version
    meaning = "\x1f".join(("reminder", version.work, one.role, one.day.isoformat(), str(one.lead)))
    return Reminder(
        id=sha256(meaning.encode("utf-8", "replace")).hexdigest()[:16],
        role=one.role,
        document=version.document,
        work=version.work,
        version=version.id,
        source=version.source,
        day=one.day,
        lead=one.lead,
        at=now,
    )
