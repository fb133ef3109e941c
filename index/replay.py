"""Reads the archive again with the present extractor: what comes out differently is ours, and alerts nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from index import identity
from index.archive.archive import Archive
from index.archive.rows import moment
from index.blobs import CorruptBlob
from index.cleaning import clean_reading
from index.diff import diff
from index.ingest import Visit, add_version
from index.records import Attachment, Change, Page, Reading, Version

Read = Callable[[bytes, Version], Reading | None]
"""Reads the bytes of a version's page as the present extractor does; None where it finds no document there."""
Outcome = Literal["same", "differs", "unreadable", "done"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one document: `change` where it reads differently now, `done` where it was read like this before."""

    document: str
    outcome: Outcome
    change: Change | None = None


def replay(
    archive: Archive, read: Read, extractor: str, now: datetime, documents: Iterable[str] | None = None
) -> Iterator[Replayed]:
    """Read the stored page of each document's newest version again, oldest document first; give what came of each.

    A difference is kept as a new version with a change of cause `tooling`. Each document is committed by itself, so a
    replay may be stopped and goes on where it was; a second one with the same `extractor` does nothing, and what was
    read by it with a template besides (`extractor+template`) is done too. Pages that were lost or damaged are
    `unreadable` and stay as they are.
    """
    for document in list(archive.documents.ids() if documents is None else documents):
        with archive.transaction():
            latest = archive.documents.latest(document)
            found = _one(archive, latest, read, extractor, now) if latest else None
        if found:
            yield found


def _one(archive: Archive, latest: Version, read: Read, extractor: str, now: datetime) -> Replayed:
    stage = f"replay {extractor}"
    if latest.extractor.partition("+")[0] == extractor or archive.judgements.is_done(stage, latest.id):
        return Replayed(latest.document, "done")
    page = _page(archive, latest)
    again = read(page.body, latest) if page else None
    if page is None or again is None:
        return Replayed(latest.document, "unreadable")
    archive.judgements.done(stage, [latest.id], now)
    reading = clean_reading(completed(again, latest.reading))
    if _same(latest.reading, reading):
        return Replayed(latest.document, "same")
    visit = Visit(latest.source, extractor, document=latest.document)
    return Replayed(latest.document, "differs", _kept(archive, latest, page, reading, visit, now))


def _page(archive: Archive, version: Version) -> Page | None:
    """The page of a version as it was first received; None where its bytes cannot be vouched for."""
    receipts = archive.pages.received(version.page_sha256)
    try:
        body = archive.pages.body(version.page_sha256)
    except CorruptBlob:
        return None
    if not receipts:
        return None
    first = receipts[0]
    urls = {"url": first["url"], "final_url": first["final_url"]}
    received = moment(first["fetched_at"])
    return Page(source=first["source"], fetched_at=received, status=first["status"], headers={}, body=body, **urls)


def completed(again: Reading, before: Reading) -> Reading:
    """A reading with what did not come from the page itself: what a list said, and the hashes of fetched files."""
    fetched = {identity.canonical_url(file.url): file.sha256 for file in before.attachments}
    return replace(
        again,
        url=before.url,
        title=again.title or before.title,
        published=again.published or before.published,
        attachments=tuple(
            Attachment(file.url, file.name, file.sha256 or fetched.get(identity.canonical_url(file.url)))
            for file in again.attachments
        ),
    )


def _same(before: Reading, after: Reading) -> bool:
    """Whether nothing differs that is kept: neither the content nor a date, a number, the issuer."""
    if identity.content_digest(before) != identity.content_digest(after):
        return False
    alike = replace(after, title=before.title, text=before.text, attachments=before.attachments, items=before.items)
    return alike == before


def _kept(archive: Archive, latest: Version, page: Page, reading: Reading, visit: Visit, now: datetime) -> Change:
    version = add_version(archive, page, (reading, *identity.digests(reading)), visit, latest, now)
    change = Change(
        id=identity.change_id(latest.document, "amended", latest.id, version.id),
        kind="amended",
        cause="tooling",
        document=latest.document,
        work=latest.work,
        source=latest.source,
        at=now,
        before=latest.id,
        after=version.id,
        diff=diff(latest.reading, reading),
    )
    archive.documents.add_change(change)
    return change
