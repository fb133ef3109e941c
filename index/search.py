"""Search over the archive: by meaning across languages, by words within one, by title and number exactly.

A document scores by the passage nearest in meaning, plus the passage that holds most of the words (these may be two):
the cosine in the space of `index.space`; BM25 of the query's own words in documents of its language, of what the
glossary calls them in documents of the other. BM25 is divided by the logarithm of the archive's size, so that weights
tuned on a small archive hold on a large one. See docs/search.md for the measures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from config.glossary import Glossary
from index import bigrams
from index.embedding import Encoder
from index.exact import Titles
from index.quoting import best_quote
from index.records import Passage, Quote
from index.vectors import VectorIndex, passages_by_document

OWN_WEIGHT, OTHER_WEIGHT = 0.03, 0.09
"""Of BM25 over the logarithm of the archive's size, beside a cosine; tuned on the dev set, see docs/search.md."""
LONGEST_QUERY = 500
"""Characters of a query that are read."""

_CHINESE, _ENGLISH = ("zh", "zh-Hant"), ("en",)
_HAN = re.compile(r"[\u3400-\u9fff]")
_NEAREST, _LEXICAL = 300, 200


class Store(Protocol):
    """What search reads: the archive's shelf of passages."""

    def lexical(self, match: str, langs: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """Current passages that match an FTS5 expression, best first, with BM25 (higher is better)."""

    def get(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Passages by id, with their text."""

    def titles(self) -> list[dict[str, Any]]:
        """Current versions: document, version, title, doc_number, index_number, lang, source, published."""

    def tagged(self, trigger: str) -> set[str]:
        """Documents with a change for which this trigger fired."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be found. Dates are dates of publication: from `since` on, earlier than `before`."""

    trigger: str | None = None
    source: str | None = None
    since: date | None = None
    before: date | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found, with the passage that speaks for it. `quote` is `text[start:end]` of the version's reading.

    `score` orders hits of one query; between queries it says little.
    """

    document: str
    version: str
    title: str
    lang: str
    source: str
    published: str | None
    score: float
    quote: str
    start: int
    end: int


class Searcher:
    """Answers queries over one state of the archive; make a new one when the archive has grown."""

    def __init__(self, store: Store, encoder: Encoder, vectors: VectorIndex, glossary: Glossary) -> None:
        self._store, self._encoder, self._vectors, self._glossary = store, encoder, vectors, glossary

    @cached_property
    def _titles(self) -> Titles:
        return Titles(self._store.titles())

    def search(self, query: str, limit: int = 10, filters: Filters = Filters()) -> list[Hit]:
        """The documents that answer best, best first, each once. A query without a word finds nothing."""
        asked = query.strip()[:LONGEST_QUERY]
        if limit < 1 or not bigrams.tokens(asked):
            return []
        allowed = self._allowed(filters)
        exact = {document: bonus for document, bonus in self._titles.exact(asked).items() if _may(document, allowed)}
        found = self._by_document(asked, allowed)
        scores = {document: exact.get(document, 0.0) + score for document, (score, _) in found.items()}
        # the document breaks ties, so that the order is the same each time
        ranked = sorted((scores := exact | scores), key=lambda document: (-scores[document], document))
        speaking = {document: found[document][1] for document in ranked[:limit] if document in found}
        return self._hits(asked, {document: scores[document] for document in ranked[:limit]}, speaking)

    def _by_document(self, query: str, allowed: set[str] | None) -> dict[str, tuple[float, int]]:
        """Of each document near in meaning or words: its score, and the passage that speaks for it."""
        lang = language(query)
        words = self._word_scores(query, lang, allowed)
        meaning = self._meaning_scores(query, lang, allowed, words.keys())
        best: dict[str, tuple[float, float, float, int]] = {}
        for identity, cosine in meaning.items():
            document, word = self._vectors.documents[identity], words.get(identity, 0.0)
            near, said, both, speaker = best.get(document, (-1.0, 0.0, -1.0, 0))
            if cosine + word > both:
                both, speaker = cosine + word, identity
            best[document] = max(near, cosine), max(said, word), both, speaker
        return {document: (near + said, speaker) for document, (near, said, _, speaker) in best.items()}

    def _meaning_scores(self, query: str, lang: str, allowed: set[str] | None, also: Iterable[int]) -> dict[int, float]:
        """The cosine of the nearest passages, and of some others."""
        vector = self._vectors.space.of_queries(self._encoder.encode_queries([query]), lang)[0]
        among = None if allowed is None else passages_by_document(self._vectors.documents, allowed)
        near = dict(self._vectors.search(vector, _NEAREST, among))
        return near | self._vectors.likeness(vector, [identity for identity in also if identity not in near])

    def _word_scores(self, query: str, lang: str, allowed: set[str] | None) -> dict[int, float]:
        """BM25 of passages, own words and counterparts, weighted to stand beside a cosine."""
        own, other = (_CHINESE, _ENGLISH) if lang == "zh" else (_ENGLISH, _CHINESE)
        scale = math.log(len(self._vectors) + 2)
        found: dict[int, float] = {}
        for match, langs, weight in (
            (bigrams.match_any(bigrams.tokens(query)), own, OWN_WEIGHT),
            (across(query, self._glossary), other, OTHER_WEIGHT),
        ):
            rows = self._store.lexical(match, langs, _LEXICAL if allowed is None else _LEXICAL * 10) if match else []
            documents = self._vectors.documents
            found |= {i: weight * score / scale for i, score in rows if i in documents and _may(documents[i], allowed)}
        return found

    def _allowed(self, filters: Filters) -> set[str] | None:
        """The documents that pass; None where all do."""
        if filters == Filters():
            return None
        passing = {row["document"] for row in self._titles.rows if _passes(row, filters)}
        return passing & self._store.tagged(filters.trigger) if filters.trigger else passing

    def _hits(self, query: str, scores: Mapping[str, float], speaking: Mapping[str, int]) -> list[Hit]:
        passages = self._store.get(list(speaking.values()))
        words = _sought(query, self._glossary)
        found = []
        for document, score in scores.items():
            row = self._titles.by_document.get(document)
            passage = passages.get(speaking.get(document, 0))
            if row is not None:
                found.append(_hit(row, score, best_quote(passage, words) if passage else Quote("", 0, 0)))
        return found


def language(query: str) -> str:
    """Language of a query: zh where it holds a Chinese character, else en."""
    return "zh" if _HAN.search(query) else "en"


def across(query: str, glossary: Glossary) -> str:
    """An FTS5 expression for what the other language would say: counterparts, and names and numbers as they stand."""
    phrases = [bigrams.match_phrase(term) for terms in glossary.counterparts(query) for term in terms]
    same = [bigrams.match_any([word]) for word in bigrams.tokens(query) if not _HAN.match(word)]
    return " OR ".join(dict.fromkeys(phrase for phrase in (*phrases, *same) if phrase))


def _sought(query: str, glossary: Glossary) -> set[str]:
    """The tokens that a good quote holds, in either language."""
    counterparts = (term for terms in glossary.counterparts(query) for term in terms)
    return {word for text in (query, *counterparts) for word in bigrams.tokens(text)}


def _may(document: str, allowed: Iterable[str] | None) -> bool:
    return allowed is None or document in allowed


def _passes(row: Mapping[str, Any], filters: Filters) -> bool:
    published = row["published"] or ""
    return (
        filters.source in (None, row["source"])
        and filters.lang in (None, row["lang"])
        and (filters.since is None or published >= filters.since.isoformat())
        and (filters.before is None or "" < published < filters.before.isoformat())
    )


def _hit(row: Mapping[str, Any], score: float, quote: Quote) -> Hit:
    return Hit(
        document=row["document"],
        version=row["version"],
        title=row["title"],
        lang=row["lang"],
        source=row["source"],
        published=row["published"],
        score=round(score, 4),
        quote=quote.quote,
        start=quote.start,
        end=quote.end,
    )
