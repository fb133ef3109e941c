"""All that the archive knows of one document, from its dates down to the bytes as received: what its page shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from index.archive.archive import Archive
from index.archive.rows import moment
from index.records import Alert, Attachment, Change, Fact, Tag, Version
from index.relations import CitationKind, Reminder


@dataclass(frozen=True, slots=True)
class Work:
    """The work that a document is one address of; `repealed` is when its end was told, None while it stands."""

    id: str
    title: str
    first_source: str
    first_url: str
    first_seen: datetime
    repealed: datetime | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """One time that exactly these bytes came; `id` is what the log calls it."""

    id: int
    url: str
    final_url: str
    source: str
    fetched_at: datetime
    status: int
    size: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edition:
    """A version, and each receipt of the bytes it was read from (`version.page_sha256`), oldest first."""

    version: Version
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A change of the document with every tag (fired or not) and the alerts it gave rise to."""

    change: Change
    tags: tuple[Tag, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the work; the first publisher's comes first."""

    document: str
    url: str
    source: str
    first_seen: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Cited:
    """Another work named in the newest version: `text[start:end] == quote`.

    `works` are those of the archive that the name may mean: none, one where it is certain, or several.
    """

    kind: CitationKind
    quote: str
    start: int
    end: int
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class Citing:
    """A document whose newest version names this work, in the words `quote`; `certain` where no other may be meant."""

    kind: CitationKind
    document: str
    work: str
    source: str
    url: str
    title: str
    published: str | None
    quote: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """A document of the archive. `editions` and `events` are oldest first; `facts` are of the newest version.

    `addresses` has all of the work, this one among them. `citing` holds what cites, implements or repeals it.
    """

    document: str
    url: str
    source: str
    state: str
    first_seen: datetime
    work: Work
    editions: tuple[Edition, ...]
    events: tuple[Event, ...]
    facts: tuple[Fact, ...]
    addresses: tuple[Address, ...]
    cites: tuple[Cited, ...]
    citing: tuple[Citing, ...]
    reminders: tuple[Reminder, ...]

    @property
    def latest(self) -> Version:
        """The newest version."""
        return self.editions[-1].version

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files that the newest version links; those with a sha256 are archived."""
        return self.latest.reading.attachments

    @property
    def reprints(self) -> tuple[Address, ...]:
        """The other addresses of the work."""
        return tuple(one for one in self.addresses if one.document != self.document)

    @property
    def implemented_by(self) -> tuple[Citing, ...]:
        """The documents that say they carry the work out."""
        return tuple(one for one in self.citing if one.kind == "implements")


def dossier(archive: Archive, document: str) -> Dossier | None:
    """The dossier of a document by id or by its exact address; None where the archive has neither."""
    row = archive.documents.document(document)
    known = work(archive, row["work"]) if row else None
    if row is None or known is None:
        return None
    versions = archive.documents.versions(row["id"])
    latest = versions[-1]
    return Dossier(
        document=row["id"],
        url=row["url"],
        source=row["source"],
        state=row["state"],
        first_seen=moment(row["first_seen"]),
        work=known,
        editions=tuple(Edition(one, receipts(archive, one.page_sha256)) for one in versions),
        events=tuple(_with_judgements(archive, archive.documents.changes_of(row["id"]))),
        facts=tuple(archive.judgements.facts(latest.id)),
        addresses=addresses(archive, row["work"]),
        cites=tuple(_cites(archive, latest)),
        citing=citing(archive, row["work"]),
        reminders=tuple(archive.reminders.of_work(row["work"])),
    )


def event(archive: Archive, change: str) -> Event | None:
    """A change by id, with what was judged of it."""
    found = archive.documents.change(change)
    return next(_with_judgements(archive, [found])) if found else None


def work(archive: Archive, name: str) -> Work | None:
    """A work by id."""
    row = archive.documents.work(name)
    return _work(archive, row) if row else None


def receipts(archive: Archive, sha256: str) -> tuple[Receipt, ...]:
    """Each time that these bytes came, oldest first; empty where the archive has no such page."""
    return tuple(_receipt(row) for row in archive.pages.received(sha256))


def addresses(archive: Archive, work: str) -> tuple[Address, ...]:
    """All addresses of a work, its first publisher's first."""
    return tuple(
        Address(row["id"], row["url"], row["source"], moment(row["first_seen"]), row["state"])
        for row in archive.documents.addresses(work)
    )


def citing(archive: Archive, work: str) -> tuple[Citing, ...]:
    """The documents that name a work, first seen first."""
    names = ("kind", "document", "work", "source", "url", "title", "published", "quote")
    found = archive.documents.citing(work)
    return tuple(Citing(**{name: row[name] for name in names}, certain=row["works"] == 1) for row in found)


def _work(archive: Archive, row: Mapping[str, Any]) -> Work:
    end = archive.kinship.repeal(row["id"])
    told = archive.documents.change(end["change"]) if end and end["change"] else None
    return Work(
        id=row["id"],
        title=row["title"],
        first_source=row["first_source"],
        first_url=row["first_url"],
        first_seen=moment(row["first_seen"]),
        repealed=told.at if told else None,
    )


def _receipt(row: Mapping[str, Any]) -> Receipt:
    names = ("id", "url", "final_url", "source", "status", "size")
    headers = json.loads(row["headers"])
    return Receipt(**{name: row[name] for name in names}, fetched_at=moment(row["fetched_at"]), headers=headers)


def _with_judgements(archive: Archive, found: Sequence[Change]) -> Iterator[Event]:
    ids = [change.id for change in found]
    tags, alerts = archive.catalogue.tags(ids), archive.catalogue.alerts(ids)
    return (Event(one, tuple(tags.get(one.id, ())), tuple(alerts.get(one.id, ()))) for one in found)


def _cites(archive: Archive, version: Version) -> Iterator[Cited]:
    for one in archive.kinship.citations(version.id):
        meant = (work(archive, name) for name in archive.kinship.named(one.key) if name != version.work)
        yield Cited(one.kind, one.quote, one.start, one.end, tuple(found for found in meant if found))
