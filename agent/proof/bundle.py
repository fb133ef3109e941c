"""Gathers what proves a document: its records with their places in the log, its bytes, and a page to read."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent.dossier import Dossier, dossier
from agent.exporting_warc import as_warc
from agent.proof.page import page
from agent.version import VERSION
from index.archive.archive import Archive
from index.archive.exports import Chosen
from index.archive.log import Entry, Kind

_CHECK = Path(__file__).with_name("check.py.txt")
_README = """What is in this folder

page.html       the document, its versions and changes, to read
pages.warc.gz   the bytes as received, with headers and times (ISO 28500)
proof.json      each record as it was hashed, and its way to the root of the log
check.py        checks the three: python3 check.py [SIZE:ROOT]

The log is the hash tree of RFC 9162 over everything the archive ever wrote down. Whoever was told its root on some day,
by a digest mail or by `vedette verify`, knows from it that nothing in this folder was made or changed since.
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a bundle holds and leads to."""

    entries: int
    snapshots: int
    size: int
    root: str


def prove(archive: Archive, document: str, target: Path, now: datetime) -> Proof | None:
    """Write the bundle of a document as a zip file; None where there is no such document.

    All of one moment. Raises OSError where the file cannot be written.
    """
    with archive.moment():
        found = dossier(archive, document)
        if found is None:
            return None
        entries = list(archive.log.entries(list(_rows(found))))
        frontier = archive.log.frontier()
        log = {"size": frontier.size, "root": frontier.root.hex()}
        digests = sorted({edition.version.page_sha256 for edition in found.editions})
        gone = [digest for digest in digests if archive.blobs.packed(digest) is None]
        told = {"made_at": now.isoformat(), "by": VERSION, "log": log, "gone": gone}
        proof = told | {"entries": [_spelled(entry) for entry in entries]}
        warc = _warc(archive, found.document)
        html = page(found, log, now)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in (
            ("README.txt", _README),
            ("page.html", html),
            ("proof.json", json.dumps(proof, indent=1)),
            ("pages.warc.gz", warc),
            ("check.py", _CHECK.read_text(encoding="utf-8")),
        ):
            bundle.writestr(f"{found.work.id.rpartition('/')[2]}/{name}", content)
    return Proof(len(entries), len(digests) - len(gone), frontier.size, frontier.root.hex())


def _warc(archive: Archive, document: str) -> bytes:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "pages.warc.gz"
        as_warc(archive, place, Chosen(document=document))
        return place.read_bytes()


def _rows(found: Dossier) -> Iterator[tuple[Kind, str]]:
    for edition in found.editions:
        yield from (("page", str(receipt.id)) for receipt in edition.receipts)
        yield "version", edition.version.id
    for event in found.events:
        yield "change", event.change.id
        yield from (("alert", alert.id) for alert in event.alerts)


def _spelled(entry: Entry) -> dict[str, Any]:
    path = [step.hex() for step in entry.path]
    return {"place": entry.place, "record": entry.record, "path": path, "long": dict(entry.long)}
