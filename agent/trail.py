"""From whatever a reader holds (alert, change, version, document, address, 文号) back to the bytes as received."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from index.archive.archive import Archive
from index.identity import document_id
from index.records import Change, Version


def trail(archive: Archive, key: str) -> dict[str, Any] | None:
    """The document behind a key with its versions, changes, tags, alerts and receipts; None where nothing has it.

    A key is an alert id or key, a change id, a version id, a document id, an address, a work id or a 文号.
    """
    row = document_of(archive, key)
    if row is None:
        return None
    versions = archive.documents.versions(row["id"])
    return {
        "document": row["id"],
        "url": row["url"],
        "source": row["source"],
        "work": row["work"],
        "state": row["state"],
        "addresses": [one["url"] for one in archive.documents.addresses(row["work"])],
        "versions": [_version(archive, version) for version in versions],
        "changes": [_change(archive, change) for change in archive.documents.changes_of(row["id"])],
    }


def document_of(archive: Archive, key: str) -> dict[str, Any] | None:
    """The row of the document behind a key, as `trail` takes it; None where nothing has it."""
    return next((row for row in _candidates(archive, key) if row), None)


def _candidates(archive: Archive, key: str) -> Iterator[dict[str, Any] | None]:
    documents = archive.documents
    alert = archive.feed.alert(key)
    change = documents.change(alert.change if alert else key)
    version = documents.version(key)
    if change or version:
        yield documents.document(change.document if change else version.document if version else "")
    yield documents.document(key)
    yield documents.document(document_id(key)) if "://" in key else None
    yield next(iter(documents.addresses(key)), None)
    yield documents.with_number(key)


def _version(archive: Archive, version: Version) -> dict[str, Any]:
    reading = version.reading
    shown = asdict(reading) | {"items": None, "text": None, "attachments": [one.url for one in reading.attachments]}
    return {
        "id": version.id,
        "number": version.number,
        "first_seen": version.first_seen.isoformat(),
        "extractor": version.extractor,
        **{name: str(value) for name, value in shown.items() if value},
        "text": reading.text,
        "sha256": version.page_sha256,
        "blob": archive.blobs.where(version.page_sha256),
        "received": [
            {name: row[name] for name in ("url", "final_url", "fetched_at", "status", "size")}
            for row in archive.pages.received(version.page_sha256)
        ],
    }


def _change(archive: Archive, change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "kind": change.kind,
        "cause": change.cause,
        "at": change.at.isoformat(),
        "baseline": change.baseline,
        "silent": change.silent,
        "repost": change.repost,
        "diff": asdict(change.diff),
        "tags": [asdict(tag) for tag in archive.judgements.tags(change.id)],
        "alerts": [alert.id for alert in archive.feed.of_change(change.id)],
    }
