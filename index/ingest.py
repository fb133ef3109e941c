"""From a page that was read to what changed: the one way into the archive.

Idempotent: the same page and reading a second time change nothing. The clock is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from index import identity
from index.archive.archive import Archive
from index.diff import diff
from index.records import Cause, Change, ChangeKind, Diff, Page, Reading, Version

CHINA = ZoneInfo("Asia/Shanghai")
Reread = Callable[[Version], Reading | None]
"""Reads the stored page of an older version with the present extractor; None where it cannot be read any more."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The circumstances of a crawl that decide what its finds mean.

    `first_crawl`: nothing of this source was read before. `backfill`: how old a find of a first crawl may be and still
    be news. `extractor`: the version of the extractor that made the readings. `document`: its id, where the
    address does not name it. `news` False: whatever is found is archived and never alerted, as for imports.
    """

    source: str
    extractor: str
    first_crawl: bool = False
    backfill: timedelta = timedelta(days=7)
    reread: Reread | None = None
    document: str | None = None
    news: bool = True


def record(archive: Archive, page: Page, reading: Reading, visit: Visit) -> Change | None:
    """Keep a document as read from a page; return the change, or None where nothing changed.

    A first reading is `new`, another text `amended`, the return of a withdrawn document `restored`. A change that our
    own new extractor explains is kept with cause `tooling`.
    """
    document = visit.document or identity.document_id(page.url)
    before = archive.documents.latest(document)
    digest, text_digest = identity.digests(reading)
    withdrawn = archive.documents.state(document) == "withdrawn"
    with archive.transaction():
        if before and not _differs(archive, before, reading, digest):
            return _restore(archive, before, page, visit) if withdrawn else None
        cause: Cause = "source"
        if before and before.extractor != visit.extractor and _is_tooling(archive, before, digest, visit):
            cause = "tooling"
        version = _add(archive, page, (reading, digest, text_digest), visit, before)
        if withdrawn:
            archive.documents.set_state(document, "live")
        kind: ChangeKind = "new" if before is None else "restored" if withdrawn else "amended"
        change = _change(archive, kind, cause, before, version, visit)
        archive.documents.add_change(change)
    return change


def _differs(archive: Archive, before: Version, reading: Reading, digest: str) -> bool:
    """Whether a reader would call it another text: renumbering alone, and dates alone, are not."""
    if archive.documents.digest(before.id) == digest:
        return False
    found = diff(before.reading, reading)
    return bool(found.clauses or found.attachments or before.reading.title != reading.title)


def _is_tooling(archive: Archive, before: Version, digest: str, visit: Visit) -> bool:
    """Whether the new extractor reads in the old page what it reads in the new one."""
    again = visit.reread(before) if visit.reread else None
    return again is None or identity.content_digest(again) == digest


def _add(archive: Archive, page: Page, read: tuple[Reading, str, str], visit: Visit, before: Version | None) -> Version:
    reading, digest, text_digest = read
    document = visit.document or identity.document_id(page.url)
    number = before.number + 1 if before else 1
    version = Version(
        id=identity.version_id(document, number, digest),
        document=document,
        work=before.work if before else _work(archive, reading, text_digest),
        source=visit.source,
        number=number,
        reading=reading,
        page_sha256=archive.pages.add(page),
        first_seen=page.fetched_at,
        extractor=visit.extractor,
        previous=before.id if before else None,
    )
    archive.documents.add_version(version, digest, text_digest)
    return version


def _work(archive: Archive, reading: Reading, text_digest: str) -> str:
    """The work a document belongs to: that of the same text seen elsewhere, else what its numbers say."""
    same_text = archive.documents.work_with_text(text_digest) if reading.text else None
    return same_text or identity.work_id(reading.issuer, reading.doc_number, reading.index_number, reading.url)


def _change(
    archive: Archive, kind: ChangeKind, cause: Cause, before: Version | None, after: Version, visit: Visit
) -> Change:
    difference = diff(before.reading, after.reading) if before else Diff()
    addresses = archive.documents.addresses(after.work)
    return Change(
        id=identity.change_id(after.document, kind, before.id if before else None, after.id),
        kind=kind,
        cause=cause,
        document=after.document,
        work=after.work,
        source=visit.source,
        at=after.first_seen,
        before=before.id if before else None,
        after=after.id,
        baseline=not visit.news or (before is None and visit.first_crawl and _is_old(after, visit.backfill)),
        silent=before is not None and bool(difference.clauses) and not _dates_moved(before.reading, after.reading),
        repost=before is None and addresses[0]["id"] != after.document,
        diff=difference,
    )


def _is_old(version: Version, backfill: timedelta) -> bool:
    """Whether a find of a first crawl is older than the window; one without a date is state, not news."""
    day: date | None = version.reading.published or version.reading.written
    return day is None or day < version.first_seen.astimezone(CHINA).date() - backfill


def _dates_moved(before: Reading, after: Reading) -> bool:
    return (before.published, before.written) != (after.published, after.written)


def _restore(archive: Archive, latest: Version, page: Page, visit: Visit) -> Change:
    archive.documents.set_state(latest.document, "live")
    change = _event(archive, "restored", latest, page.fetched_at, visit.source)
    archive.documents.add_change(change)
    return change


def withdraw(archive: Archive, document: str, at: datetime, source: str) -> Change | None:
    """Mark a document as gone, once; None where it is unknown or withdrawn already."""
    latest = archive.documents.latest(document)
    if latest is None or archive.documents.state(document) == "withdrawn":
        return None
    with archive.transaction():
        archive.documents.set_state(document, "withdrawn")
        change = _event(archive, "withdrawn", latest, at, source)
        archive.documents.add_change(change)
    return change


def _event(archive: Archive, kind: ChangeKind, latest: Version, at: datetime, source: str) -> Change:
    """A change without a new text. Its id names the time too: a document may be withdrawn more than once."""
    return Change(
        id=identity.change_id(latest.document, kind, latest.id, at.isoformat()),
        kind=kind,
        cause="source",
        document=latest.document,
        work=latest.work,
        source=source,
        at=at,
        before=latest.id,
        after=latest.id if kind == "restored" else None,
    )


def with_row(reading: Reading, title: str, published: date | None) -> Reading:
    """A reading completed by what the list said of it: its title where the page has none, its date likewise."""
    return replace(reading, title=reading.title or title, published=reading.published or published)
