"""From a page that was read to what changed: the one way into the archive.

Idempotent: the same page and reading a second time change nothing. The clock is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from rapidfuzz.fuzz import ratio

from index import identity
from index.archive.archive import Archive
from index.cleaning import clean_page, clean_reading
from index.diff import diff
from index.events import came_from, event, moved, same_host, went_to
from index.numerals import fold
from index.records import Cause, Change, ChangeKind, Diff, Page, Reading, Version
from index.repeals import confirm, note
from index.works import describe, work_of
from index.zone import CHINA

_COMPARED, _HALF = 20_000, 50

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
    """As `recorded`, for one who needs only the change of the document itself; None where it did not change."""
    return next(iter(recorded(archive, page, reading, visit)), None)


def recorded(archive: Archive, page: Page, reading: Reading, visit: Visit) -> tuple[Change, ...]:
    """Keep a document as read from a page; return its change, if any, and the ends of others that it declares.

    A first reading is `new`, or `moved` where its text stood at an address of the same host that is gone; another text
    is `amended`, the return of a withdrawn document `restored`. A change that our own new extractor explains is kept
    with cause `tooling`; one that it does not explain is compared with what it reads in the old page. What the text
    repeals is `withdrawn` (`index.repeals`), and so is, at a second look, a page that calls its document repealed.
    """
    page, reading = clean_page(page), clean_reading(reading)
    document = visit.document or identity.document_id(page.url)
    digests = identity.digests(reading)
    with archive.transaction():
        before = archive.documents.latest(document)
        withdrawn = before is not None and archive.documents.state(document) == "withdrawn"
        if before and not _differs(archive, before, reading, digests[0]):
            if withdrawn:
                return (_restore(archive, before, page.fetched_at, visit.source),)
            return _some(confirm(archive, document, before.work, page.fetched_at))
        basis, cause = _basis(before, reading, visit)
        version = add_version(archive, page, (reading, *digests), visit, before)
        if withdrawn:
            archive.documents.set_state(document, "live")
        kind: ChangeKind = "new" if before is None else "restored" if withdrawn else "amended"
        change = _change(archive, kind, cause, (before, basis), version, visit)
        archive.documents.add_change(change)
        ended = note(archive, before, version, baseline=change.baseline) if cause == "source" else []
    return (change, *ended)


def _basis(before: Version | None, reading: Reading, visit: Visit) -> tuple[Reading | None, Cause]:
    """What a reading is compared with, and whether the difference is the source's or that of our own new extractor."""
    if before is None or before.extractor == visit.extractor:
        return before.reading if before else None, "source"
    again = visit.reread(before) if visit.reread else None
    if again is None or reads_the_same(again, reading):
        return before.reading, "tooling"
    return again, "source"


def _some(change: Change | None) -> tuple[Change, ...]:
    return (change,) if change else ()


def seen_again(archive: Archive, document: str, at: datetime) -> Change | None:
    """Take note that a document was found unchanged without being read (a 304); returns what that confirms, if any."""
    with archive.transaction():
        latest = archive.documents.latest(document)
        return confirm(archive, document, latest.work, at) if latest else None


def _differs(archive: Archive, before: Version, reading: Reading, digest: str) -> bool:
    """Whether a reader would call it another text: renumbering alone, and dates alone, are not."""
    return archive.documents.digest(before.id) != digest and _tells(before.reading, reading)


def reads_the_same(before: Reading, after: Reading) -> bool:
    """Whether a reader would call two readings one text, as `record` does before it tells of a change."""
    before, after = clean_reading(before), clean_reading(after)
    return identity.content_digest(before) == identity.content_digest(after) or not _tells(before, after)


def _tells(before: Reading, after: Reading) -> bool:
    before = clean_reading(before)  # an archive may hold readings from before they were cleaned
    found = diff(before, after)
    return bool(found.clauses or found.attachments or before.title != after.title)


def add_version(
    archive: Archive,
    page: Page,
    read: tuple[Reading, str, str],
    visit: Visit,
    before: Version | None,
    seen: datetime | None = None,
) -> Version:
    """Keep a reading (clean, see `index.cleaning`), with its two digests (`identity.digests`), after `before`.

    `seen`: when it was first read like this, where that is not when the page came.
    """
    reading, digest, text_digest = read
    document = visit.document or identity.document_id(page.url)
    number = before.number + 1 if before else 1
    version = Version(
        id=identity.version_id(document, number, digest),
        document=document,
        work=before.work if before else work_of(archive, reading, text_digest),
        source=visit.source,
        number=number,
        reading=reading,
        page_sha256=archive.pages.add(page),
        first_seen=seen or page.fetched_at,
        extractor=visit.extractor,
        previous=before.id if before else None,
    )
    archive.documents.add_version(version, digest, text_digest)
    describe(archive, version)
    return version


def _change(
    archive: Archive,
    kind: ChangeKind,
    cause: Cause,
    compared: tuple[Version | None, Reading | None],
    after: Version,
    visit: Visit,
) -> Change:
    before, basis = compared
    if before is None and (old := came_from(archive, after)):
        return replace(moved(old, after, after.first_seen), baseline=not visit.news)
    difference = diff(basis, after.reading) if basis else Diff()
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
        silent=basis is not None and bool(difference.clauses) and not _dates_moved(basis, after.reading),
        repost=before is None and addresses[0]["id"] != after.document,
        diff=difference,
    )


def _is_old(version: Version, backfill: timedelta) -> bool:
    """Whether a find of a first crawl is older than the window; one without a date is state, not news."""
    day: date | None = version.reading.published or version.reading.written
    return day is None or day < version.first_seen.astimezone(CHINA).date() - backfill


def _dates_moved(before: Reading, after: Reading) -> bool:
    return (before.published, before.written) != (after.published, after.written)


def _restore(archive: Archive, latest: Version, at: datetime, source: str) -> Change:
    archive.documents.set_state(latest.document, "live")
    change = event("restored", latest, at, source)
    archive.documents.add_change(change)
    return change


def withdraw(archive: Archive, document: str, at: datetime, source: str) -> Change | None:
    """Mark a document as gone, once; None where it is unknown or withdrawn already.

    Where its text stands at another live address of its host, the change is `moved`, from here to there.
    """
    with archive.transaction():
        latest = archive.documents.latest(document)
        if latest is None or archive.documents.state(document) == "withdrawn":
            return None
        archive.documents.set_state(document, "withdrawn")
        there = went_to(archive, latest)
        change = moved(latest, there, at) if there else event("withdrawn", latest, at, source)
        archive.documents.add_change(change)
    return change


def follow(archive: Archive, page: Page, reading: Reading, visit: Visit, *, own: bool = False) -> tuple[Change, ...]:
    """As `recorded`, for a page whose address led for good to another: the document moves there, once.

    To another address of the same host, or, where `own` says that its host is the source's too, of another host.
    Only a document that was received at its own address before can move. From then on the new address is the
    document, the old one is withdrawn; the text that moved is that of before, so a text that changed too gives
    `moved` and `amended`. In all other cases this is `recorded`. Whether both texts are one document is for the caller
    to say (`is_kin`).
    """
    page, reading = clean_page(page), clean_reading(reading)
    old = visit.document or identity.document_id(page.url)
    new = identity.document_id(page.final_url)
    with archive.transaction():
        latest = archive.documents.latest(old)
        allowed = own or same_host(page.url, page.final_url)
        if latest is None or old == new or not (allowed and stood_at(archive, latest, page.url)):
            return recorded(archive, page, reading, visit)
        here = replace(page, url=page.final_url)
        reading, visit = replace(reading, url=page.final_url), replace(visit, document=None)
        if archive.documents.latest(new):
            told = _some(withdraw(archive, old, page.fetched_at, visit.source))
            return (*told, *recorded(archive, here, reading, visit))
        archive.documents.set_state(old, "withdrawn")
        carried = reading if _says_the_same(latest.reading, reading) else replace(latest.reading, url=here.url)
        version = add_version(archive, here, (carried, *identity.digests(carried)), visit, None)
        change = replace(moved(latest, version, page.fetched_at), baseline=not visit.news)
        archive.documents.add_change(change)
        return (change, *recorded(archive, here, reading, visit))


def stood_at(archive: Archive, version: Version, url: str) -> bool:
    """Whether a version was received at this address itself, not by way of a redirect."""
    receipts = archive.pages.received(version.page_sha256)
    return any(identity.canonical_url(row["final_url"]) == identity.canonical_url(url) for row in receipts)


def is_kin(before: Reading, after: Reading) -> bool:
    """Whether two texts can be states of one document: one title, or half of their characters in common."""
    if fold(before.title) == fold(after.title) != "":
        return True
    return ratio(fold(before.text)[:_COMPARED], fold(after.text)[:_COMPARED]) >= _HALF


def _says_the_same(before: Reading, after: Reading) -> bool:
    """Whether title and text agree; the addresses of attachments move along."""
    return fold(before.title) == fold(after.title) and fold(before.text) == fold(after.text)


def with_row(reading: Reading, title: str, published: date | None) -> Reading:
    """A reading completed by what the list said of it: its title where the page has none, its date likewise."""
    return replace(reading, title=reading.title or title, published=reading.published or published)
