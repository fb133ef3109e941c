"""Jobs that write what a visit found into the archive, and give the events to tell of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from config.source import Source
from crawlers import answers, events
from crawlers.answers import Answer
from crawlers.keeper import Event
from crawlers.reading import Selectors
from crawlers.terms import Count, Terms
from index.blobs import CorruptBlob
from index.ingest import Reread, Visit, record, seen_again, with_row, withdraw
from index.records import Page, Reading, Version


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
        archive = self.terms.archive
        for file in files:
            archive.pages.add(file)
        visit = Visit(
            source=self.source.id,
            extractor=extractor,
            first_crawl=self.first,
            backfill=timedelta(days=self.terms.settings.alert_backfill_days),
            reread=reread or self.reread,
        )
        change = record(archive, page, reading, visit)
        if change is None or change.cause == "tooling":
            self.count.unchanged += 1
            return []
        if change.kind == "new":
            self.count.new += 1
        else:
            self.count.amended += 1
        return [events.of_change(change, page.url, reading.title)]

    def withdraw(self, document: str, url: str, at: datetime) -> list[Event]:
        """Mark a document as gone; a job for the keeper."""
        archive = self.terms.archive
        change = withdraw(archive, document, at, self.source.id)
        latest = archive.documents.latest(document)
        return [events.of_change(change, url, latest.reading.title)] if change and latest else []

    def seen_again(self, document: str, url: str, at: datetime) -> list[Event]:
        """Take note that a document that calls itself ended stands as it stood; a job for the keeper."""
        change = seen_again(self.terms.archive, document, at)
        latest = self.terms.archive.documents.latest(document)
        return [events.of_change(change, url, latest.reading.title)] if change and latest else []

    def stored(self, version: Version) -> Answer | None:
        """The answer that a version was read from; None where its bytes are lost."""
        pages = self.terms.archive.pages
        try:
            body = pages.body(version.page_sha256)
        except CorruptBlob:
            return None
        first = pages.received(version.page_sha256)[0]
        return Answer(version.reading.url, first["final_url"], first["status"], json.loads(first["headers"]), body)

    def reread(self, version: Version) -> Reading | None:
        """What the present extractor reads on the page of an older version; None where that cannot be read any more."""
        answer = self.stored(version)
        found = answers.document_in(answer, self.selectors, self.source) if answer else None
        if not isinstance(found, Reading):
            return None
        url = version.reading.url
        return with_row(replace(found, url=url), version.reading.title, version.reading.published)
