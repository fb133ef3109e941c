"""Jobs that write what a visit found into the archive, and give the events to tell of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from config.source import Source
from crawlers import answers, events
from crawlers.answers import Answer
from crawlers.keeper import Event
from crawlers.reading import Selectors
from crawlers.reading.noise import Noise
from crawlers.terms import Count, Terms
from index.archive.archive import Archive
from index.blobs import CorruptBlob
from index.ingest import Reread, Visit, follow, recorded, seen_again, with_row, withdraw
from index.records import Change, Page, Reading, Version

Take = Callable[[Archive, Page, Reading, Visit], tuple[Change, ...]]


def told_of(archive: Archive, changes: Iterable[Change]) -> Iterator[Event]:
    """The events of changes, each with the address and title of its own document."""
    for change in changes:
        version = archive.documents.version(change.after or change.before or "")
        if version:
            yield events.of_change(change, version.reading.url, version.reading.title)


@dataclass(frozen=True, slots=True)
class Recording:
    """The writing of one visit. `first`: nothing of the source was read before. `selectors`: of its documents."""

    source: Source
    terms: Terms
    count: Count
    first: bool
    selectors: Selectors

    def record(
        self, page: Page, reading: Reading, extractor: str, reread: Reread | None = None, files: Iterable[Page] = ()
    ) -> list[Event]:
        """Keep a document as read from a page, with its files; a job for the keeper.

        `reread`: what the present extractor reads in an older version, where that is not told by its page alone.
        """
        return self._recorded(recorded, page, reading, self._visit(extractor, reread), files)

    def follow(
        self, page: Page, reading: Reading, extractor: str, reread: Reread | None = None, files: Iterable[Page] = ()
    ) -> list[Event]:
        """As `record`, for a page whose address leads to another for good; a job for the keeper."""
        return self._recorded(partial(follow, own=True), page, reading, self._visit(extractor, reread), files)

    def _visit(self, extractor: str, reread: Reread | None) -> Visit:
        return Visit(
            source=self.source.id,
            extractor=extractor,
            first_crawl=self.first,
            backfill=timedelta(days=self.terms.settings.alert_backfill_days),
            reread=reread or self.reread,
        )

    def _recorded(self, take: Take, page: Page, reading: Reading, visit: Visit, files: Iterable[Page]) -> list[Event]:
        archive = self.terms.archive
        for file in files:
            archive.pages.add(file)
        told = [change for change in take(archive, page, reading, visit) if change.cause == "source"]
        kinds = [change.kind for change in told]
        self.count.new += "new" in kinds
        self.count.unchanged += not kinds
        self.count.amended += bool(kinds) and "new" not in kinds
        return list(told_of(archive, told))

    def withdraw(self, document: str, at: datetime) -> list[Event]:
        """Mark a document as gone; a job for the keeper."""
        change = withdraw(self.terms.archive, document, at, self.source.id)
        return list(told_of(self.terms.archive, [change] if change else []))

    def seen_again(self, document: str, at: datetime) -> list[Event]:
        """Take note that a document that calls itself ended stands as it stood; a job for the keeper."""
        change = seen_again(self.terms.archive, document, at)
        return list(told_of(self.terms.archive, [change] if change else []))

    def keep_frame(self, version: Version, page: Page) -> list[Event]:
        """Keep a page that shows a version's text in another frame; a job for the keeper."""
        sha256 = self.terms.archive.pages.add(page)
        self.terms.archive.templates.compare_with(version.document, version.id, sha256)
        return []

    def stored(self, version: Version) -> Answer | None:
        """The answer that a version was read from, or was last seen in; None where its bytes are lost."""
        pages = self.terms.archive.pages
        sha256 = self.terms.archive.templates.page_of(version.id, version.document) or version.page_sha256
        try:
            body = pages.body(sha256)
        except CorruptBlob:
            return None
        first = pages.received(sha256)[0]
        return Answer(version.reading.url, first["final_url"], first["status"], json.loads(first["headers"]), body)

    def reread(self, version: Version, noise: Noise | None = None) -> Reading | None:
        """What the present extractor reads on the page of an older version; None where that cannot be read any more."""
        answer = self.stored(version)
        found = answers.document_in(answer, self.selectors, self.source, noise) if answer else None
        if not isinstance(found, Reading):
            return None
        url = version.reading.url
        return with_row(replace(found, url=url), version.reading.title, version.reading.published)
