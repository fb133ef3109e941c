"""A small archive for tests of search, and an encoder that needs no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zlib import crc32

import numpy as np

from config import declarations
from config.glossary import load
from index import bigrams, identity
from index.altering import index_changes
from index.archive.archive import Archive
from index.diff import diff
from index.embedding import Vectors
from index.indexing import index_versions
from index.query import Declared
from index.records import Change, ChangeKind, Page, Reading, Tag, Version
from index.search import Searcher
from index.vectors import open_vectors

NOW = datetime(2026, 6, 1, tzinfo=UTC)


class WordEncoder:
    """Texts by the words they share, in 64 dimensions: no meaning, but the same each time."""

    id = "words@1"
    dim = 64

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._one(text) for text in texts])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def _one(self, text: str) -> Vectors:
        row = np.full(self.dim, 0.01, np.float32)
        for token in bigrams.tokens(text):
            row[crc32(token.encode()) % self.dim] += 1
        return row / np.linalg.norm(row)


@dataclass(frozen=True)
class Shelf:
    """Puts documents into an archive and takes them out of it, as crawls do."""

    archive: Archive

    def put(self, key: str, reading: Reading, seen: datetime, source: str, work: str = "") -> Change:
        """A new version of a document, with the change that brought it."""
        old = self.archive.documents.latest(key)
        digest = identity.content_digest(reading)
        number = old.number + 1 if old else 1
        name = identity.version_id(key, number, digest)
        page = Page(reading.url, source, seen, 200, {}, reading.text.encode(), reading.url)
        sha = page.sha256
        before = old.id if old else None
        made = Version(name, key, work or key, source, number, reading, sha, seen, "test/1", before)
        found = diff(old.reading, reading) if old else None
        kind: ChangeKind = "amended" if old else "new"
        change = Change(f"{key}-{number}", kind, "source", key, made.work, source, seen, before, made.id)
        change = replace(change, diff=found) if found else change
        with self.archive.transaction():
            self.archive.pages.add(page)
            self.archive.documents.add_version(made, digest, digest)
            self.archive.documents.add_change(change)
        index_versions(self.archive, WordEncoder(), [made])
        return change

    def withdraw(self, key: str, seen: datetime) -> None:
        """Take a document from its address."""
        last = self.archive.documents.latest(key)
        assert last
        change = Change(f"{key}-gone", "withdrawn", "source", key, last.work, last.source, seen, last.id, None)
        with self.archive.transaction():
            self.archive.documents.add_change(change)
            self.archive.documents.set_state(key, "withdrawn")

    def fire(self, change: str, trigger: str) -> None:
        """Let a trigger fire on a change."""
        with self.archive.transaction():
            self.archive.judgements.add_tags([Tag(change, trigger, "v1", "m", 0.9, True, "tighten")])

    def searcher(self) -> Searcher:
        """A searcher over all of it."""
        encoder = WordEncoder()
        index_changes(self.archive, encoder, NOW)
        found = declarations.load()
        vectors = open_vectors(self.archive.home / "vectors", self.archive.passages, encoder)
        return Searcher(self.archive.passages, encoder, vectors, load(), Declared(found.sources, found.triggers))


def reading(key: str, title: str, text: str, *, lang: str = "zh", published: str = "", number: str = "") -> Reading:
    """What was read at the address of a document."""
    day = date.fromisoformat(published) if published else None
    return Reading(
        url=f"https://example.org/{key}", title=title, text=text, lang=lang, published=day, doc_number=number or None
    )


def on(day: int, month: int = 5, hour: int = 2) -> datetime:
    """A moment of 2026, in UTC."""
    return datetime(2026, month, day, hour, tzinfo=UTC)
