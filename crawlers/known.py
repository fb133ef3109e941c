"""What the archive knows of a source when a run begins, and which of its documents are to be read again.

Revisits decay: a document is read again every `revisit.every` while it is young, and ever more rarely as it ages, until
`for_days` are over. What was missing or could not be read is asked again sooner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.source import Revisit, Source
from index import identity
from index.archive.archive import Archive
from index.archive.rows import moment
from index.records import FetchState

READABLE = frozenset({200, 203, 304})
CONFIRM_AFTER = timedelta(hours=1)
"""A document that is gone is withdrawn when it is still gone after this long."""
RETRY_AFTER = timedelta(hours=6)
"""A known document that could not be read is asked again after this long, so that a bad day adds little load."""
FILES_FOR = timedelta(days=30)
"""For this long a linked file that cannot be had is asked for outside the rounds of its document."""
FULL_AFTER = timedelta(days=7)
"""For this long a 304 is believed; then the bytes are asked for once more."""
MOVED = 301
"""Remembered as the status of an address that leads elsewhere for good."""
MOVED_AFTER = timedelta(days=28)
"""An address that its document has left is asked again after this long: another document may have got it."""
FIRST_LASTS = timedelta(days=1)
_YOUNG_PARTS = 20
_EARLY = 0.9
"""A schedule does not fire to the second: a visit this early is not put off for a whole round."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document first seen at this source."""

    id: str
    url: str
    first_seen: datetime
    withdrawn: bool
    work: str = ""


class Known:
    """The documents of one source and what is remembered of their addresses."""

    def __init__(self, archive: Archive, source: Source) -> None:
        self._archive = archive
        self.source = source
        self.documents = {
            row["id"]: Document(
                row["id"], row["url"], moment(row["first_seen"]), row["state"] == "withdrawn", row["work"]
            )
            for row in archive.documents.of_source(source.id)
        }
        self._states = {identity.document_id(s.url): s for s in archive.pages.fetch_states(source.id)}
        self.files: dict[str, list[FetchState]] = {}
        for name, state in self._states.items():
            if state.document not in {None, name}:
                self.files.setdefault(state.document or "", []).append(state)

    def state(self, document: str) -> FetchState | None:
        """What is remembered of a document's address within this source."""
        return self._states.get(document)

    def is_ending(self, document: str) -> bool:
        """Whether the document was found to say that it has ended, which a second look is to confirm."""
        known = self.documents.get(document)
        row = self._archive.kinship.repeal(known.work) if known else None
        return row is not None and not row["change"]

    def failing_files(self) -> set[str]:
        """The addresses of linked files that could not be had at the last visit."""
        return {s.url for states in self.files.values() for s in states if s.status not in READABLE}

    def elsewhere(self, document: str) -> bool:
        """Whether another source reads this document: then it is left to that one."""
        return document not in self.documents and self._archive.documents.state(document) is not None

    def due(self, now: datetime, probes: frozenset[str], *, everything: bool) -> Iterator[Document]:
        """The documents to read again in this run, those that waited longest first.

        `probes`: addresses with an open problem; they are asked in every run, so that its end is noticed.
        """
        never = datetime.min.replace(tzinfo=now.tzinfo)

        def waited(document: Document) -> datetime:
            state = self._states.get(document.id)
            return state.checked_at if state else never

        for document in sorted(self.documents.values(), key=waited):
            if (
                everything
                or document.url in probes
                or is_due(document, self._states.get(document.id), self.source.revisit, now)
                or (not document.withdrawn and any(is_file_due(s, now) for s in self.files.get(document.id, ())))
            ):
                yield document

    def newest(self) -> datetime | None:
        """When the last document of this source was first seen."""
        return max((document.first_seen for document in self.documents.values()), default=None)


def is_due(document: Document, state: FetchState | None, revisit: Revisit | None, now: datetime) -> bool:
    """Whether a document is read again at `now`."""
    if state is not None and state.status == MOVED and document.withdrawn:
        return now - state.checked_at >= MOVED_AFTER
    if state is not None and state.missing_since and not document.withdrawn:
        return now - state.missing_since >= CONFIRM_AFTER
    if state is not None and state.status not in READABLE and not document.withdrawn:
        return now - state.checked_at >= RETRY_AFTER
    if revisit is None or now - document.first_seen > timedelta(days=revisit.for_days):
        return False
    return state is None or now - state.checked_at >= pause(now - document.first_seen, revisit) * _EARLY


def is_file_due(state: FetchState, now: datetime) -> bool:
    """Whether a file that could not be had is asked for again: at the next visit, then ever more rarely."""
    if state.status in READABLE or state.missing_since is None or now - state.missing_since > FILES_FOR:
        return False
    return now - state.checked_at >= (state.checked_at - state.missing_since) / 4


def pause(age: timedelta, revisit: Revisit) -> timedelta:
    """Time between two readings of a document of this age: `every`, or a twentieth of its age if that is longer."""
    return max(revisit.every, age / _YOUNG_PARTS)


def is_full_due(state: FetchState | None, now: datetime) -> bool:
    """Whether the bytes are asked for without condition, in case the server's 304 is wrong."""
    return state is None or state.read_at is None or now - state.read_at >= FULL_AFTER


def is_first_crawl(archive: Archive, source: Source, started: datetime) -> bool:
    """Whether nothing of a source was read before; a first crawl that was cut short goes on for a day."""
    if archive.health.has_read_all(source.id):
        return False
    first = archive.health.first_run(source.id)
    return first is None or started - first.started_at < FIRST_LASTS or not archive.health.has_read(source.id)
