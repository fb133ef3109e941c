"""From what was ranked to what is shown: titles, quotes with the words marked, other addresses of the same work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from index.altered_search import Found
from index.archive.passages import Passages
from index.catalog import Catalog
from index.quoting import best_quote, marks
from index.ranking import Ranked
from index.records import Change, ClauseChange, Passage, Quote
from index.results import Altered, Hit


def document_hits(store: Passages, of: Catalog, scores: Mapping[int, Ranked], words: set[str]) -> tuple[Hit, ...]:
    """A hit for each row of the catalog, in the order given. `words`: the tokens sought."""
    passages = store.get([one for ranked in scores.values() for one in ranked.passages])
    details = store.listing.shown([of.versions[row] for row in scores])
    also = _other_addresses(store, of, scores)
    made = []
    for row, ranked in scores.items():
        quotes = [best_quote(passages[one], words) for one in ranked.passages if one in passages]
        base = _base(of, row, details[of.versions[row]], ranked.score)
        made.append(Hit(**base, **_spoken(quotes, words), also=also[row]))
    return tuple(made)


def change_hits(store: Passages, of: Catalog, found: Sequence[Found], words: set[str]) -> tuple[Hit, ...]:
    """A hit for each change, in the order given; the quote is a piece of the clause as inserted."""
    changes = store.altered.clauses([one.row.change for one in found])
    rows = [of.row[one.row.document] for one in found]
    versions = [changes[one.row.change][0].after or of.versions[row] for one, row in zip(found, rows, strict=True)]
    details = store.listing.shown(versions)
    also = _other_addresses(store, of, rows)
    made = []
    for one, row, version in zip(found, rows, versions, strict=True):
        change, clauses = changes[one.row.change]
        clause = clauses[one.row.position]
        base = _base(of, row, details[version], one.score) | {"version": version}
        spoken = _spoken([_clause_quote(clause, words)], words)
        made.append(Hit(**base, **spoken, also=also[row], altered=_altered(change, clause)))
    return tuple(made)


def _clause_quote(clause: ClauseChange, words: set[str]) -> Quote:
    text = clause.after or ""
    return best_quote(Passage(0, "", "", 0, len(text), text), words)


def _altered(change: Change, clause: ClauseChange) -> Altered:
    at = change.at.isoformat().replace("+00:00", "Z")
    return Altered(change.id, change.kind, at, clause.op, clause.locator, clause.before, clause.after)


def _other_addresses(store: Passages, of: Catalog, rows: Iterable[int]) -> dict[int, tuple[str, ...]]:
    works = {row: of.work(row) for row in rows}
    addresses = store.listing.addresses(list(works.values()), of.until)
    return {
        row: tuple(url for document, url in addresses.get(work, ()) if document != of.documents[row])
        for row, work in works.items()
    }


def _spoken(quotes: Sequence[Quote], words: set[str]) -> dict[str, Any]:
    first = quotes[0] if quotes else Quote("", 0, 0)
    said = {"quote": first.quote, "start": first.start, "end": first.end, "more": tuple(quotes[1:])}
    return said | {"marks": marks(first.quote, words)}


def _base(of: Catalog, row: int, details: Mapping[str, Any], score: float) -> dict[str, Any]:
    names = ("title", "lang", "source", "published", "url", "doc_number", "index_number", "issuer", "first_seen")
    tier, region = of.place_of(details["source"])
    return {name: details[name] for name in names} | {
        "document": of.documents[row],
        "version": of.versions[row],
        "work": of.work(row),
        "score": round(score, 4),
        "state": of.state.names[of.state.codes[row]],
        "tier": tier,
        "region": region,
    }
