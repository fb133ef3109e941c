"""Events that come with no new text: a document withdrawn, restored, moved. Each is recorded once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from index import identity
from index.archive.archive import Archive
from index.records import Change, ChangeKind, Diff, FieldChange, Version


def event(kind: ChangeKind, latest: Version, at: datetime, source: str, fields: Iterable[FieldChange] = ()) -> Change:
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
        diff=Diff(fields=tuple(fields)),
    )


def moved(before: Version, after: Version, at: datetime) -> Change:
    """The change of a work from an address that is gone to another of the same host: `document` is the new one.

    `before` is the last version at the old address, `after` the first at the new one.
    """
    return Change(
        id=identity.change_id(after.document, "moved", before.id, after.id),
        kind="moved",
        cause="source",
        document=after.document,
        work=after.work,
        source=after.source,
        at=at,
        before=before.id,
        after=after.id,
        diff=Diff(fields=(FieldChange("url", before.reading.url, after.reading.url),)),
    )


def came_from(archive: Archive, version: Version) -> Version | None:
    """The last version at a withdrawn address of the same host that held the text of a new document."""
    return _neighbour(archive, version, "withdrawn")


def went_to(archive: Archive, latest: Version) -> Version | None:
    """The newest version at a live address of the same host that holds the text of a document that is gone."""
    return _neighbour(archive, latest, "live")


def _neighbour(archive: Archive, version: Version, state: str) -> Version | None:
    for row in reversed(archive.documents.addresses(version.work)):
        if row["id"] == version.document or row["state"] != state or not same_host(row["url"], version.reading.url):
            continue
        other = archive.documents.latest(row["id"])
        if other and _texts_equal(archive, version, other) and not archive.documents.was_moved(other.id):
            return other
    return None


def _texts_equal(archive: Archive, a: Version, b: Version) -> bool:
    return archive.documents.text_digest(a.id) == archive.documents.text_digest(b.id)


def same_host(a: str, b: str) -> bool:
    """Whether two addresses have one host; `www.` makes no difference."""
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (a, b)]
    return hosts[0] == hosts[1] != ""
