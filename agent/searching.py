"""Search made ready for one archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent.jsonlines import convert
from agent.judge import encoder
from agent.place import utc_now
from config import declarations
from config.declarations import Declarations
from config.glossary import load
from config.settings import Settings
from index.altering import index_changes
from index.archive.archive import Archive
from index.embedding import Encoder
from index.pgvectors import open_index
from index.query import Declared, Filters, Query, parse, plain_query
from index.results import Results
from index.search import Searcher, Sort


def open_searcher(archive: Archive, settings: Settings) -> Searcher:
    """Load the encoder and bring vectors and changed clauses up to the archive's state."""
    loaded = encoder(settings)
    index_changes(archive, loaded, utc_now())
    return searcher_with(archive, declarations.load(settings.config), loaded)


def searcher_with(archive: Archive, declared: Declarations, loaded: Encoder) -> Searcher:
    """A searcher over the archive as it is, with a model that is loaded."""
    vectors = open_index(archive, loaded, archive.home / "vectors")
    return Searcher(archive.passages, loaded, vectors, load(), Declared(declared.sources, declared.triggers))


def asked(text: str, filters: Filters) -> Query:
    """A query in the query language, narrowed by filters given as options. Raises QueryProblem."""
    query, more = parse(text), plain_query("", filters)
    since = max((day for day in (query.since, more.since) if day), default=None)
    before = min((day for day in (query.before, more.before) if day), default=None)
    return replace(query, filters=(*query.filters, *more.filters), since=since, before=before)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of the command line: a query, or the id or address of a document that others shall be like."""

    query: str
    like: str | None
    filters: Filters
    limit: int
    offset: int
    sort: Sort

    def answer(self, searcher: Searcher) -> Results:
        """The answer. Raises QueryProblem, and LookupError where there is no such document."""
        if self.like is not None:
            return searcher.similar(self.like, self.limit, offset=self.offset)
        return searcher.search(asked(self.query, self.filters), self.limit, offset=self.offset, sort=self.sort)


def batch(searcher: Searcher, queries: Path, output: Path, limit: int, filters: Filters) -> int:
    """Answer JSON lines {id, query} and return how many lines were bad.

    Queries are plain words, as people put questions: a colon or a quote in them narrows nothing. Every address of a
    work is a hit of its own.
    """

    def turn(line: Mapping[str, Any]) -> dict[str, Any]:
        hits = searcher.search(line["query"], limit, filters, fold=False)
        return {"id": line["id"], "hits": [{"doc": h.document, "score": h.score, "quote": h.quote} for h in hits]}

    return convert(queries, output, ("id", "query"), turn)
