"""Hits and facets as the search page prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from agent.web.blindness import name_of
from agent.web.today import trigger_name
from agent.web.visit import Visit
from config.filters import QueryProblem
from config.query import Query
from config.region import REGIONS
from digests.plain import line
from index.results import Count, Hit, Results

_SHOWN = 8
_FACETS = ("trigger", "tier", "region", "kind", "source", "year", "lang", "state")


def hit_row(hit: Hit, visit: Visit) -> dict[str, Any]:
    """Everything that is printed of one hit; `pieces` are the quote's (text, whether sought)."""
    changed = hit.altered
    place = f"/documents/{quote(hit.document)}"
    link = f"{place}#change-{quote(changed.change)}" if changed else _at(place, hit)
    return {
        "title": hit.title or hit.url,
        "lang": hit.lang,
        "link": link,
        "pieces": _pieces(hit.quote, hit.marks),
        "published": hit.published,
        "source": name_of(hit.source, visit),
        "number": hit.doc_number or "",
        "tier": visit.words(f"tier.{hit.tier}") if hit.tier else "",
        "gone": hit.state != "live",
        "also": len(hit.also),
        "altered": None
        if changed is None
        else {
            "at": changed.at[:10],
            "op": visit.words(f"op.{changed.op}"),
            "locator": line(changed.locator, 60),
            "before": line(changed.before or "", 200),
        },
    }


def _at(place: str, hit: Hit) -> str:
    return f"{place}?at={hit.start}-{hit.end}#hit" if hit.quote else place


def _pieces(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    pieces, at = [], 0
    for start, end in marks:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(part, sought) for part, sought in [*pieces, (text[at:], False)] if part]


def facets(results: Results, asked: Query, visit: Visit, more: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets that divide the hits: each value with its count and a link that narrows to it."""
    made = []
    for name in _FACETS:
        counts = results.facets.get(name, ())
        values = [row for one in counts[:_SHOWN] if (row := _value(name, one, asked, visit, more))]
        if len(counts) > 1 and values:
            made.append({"title": visit.words(f"desk.facet.{name}"), "values": values})
    return made


def _value(name: str, one: Count, asked: Query, visit: Visit, more: Mapping[str, str]) -> dict[str, Any] | None:
    try:
        narrowed = _year(asked, one.value) if name == "year" else asked.narrowed(name, one.value)
    except (QueryProblem, ValueError):  # a value that the language cannot say, such as an unknown year
        return None
    query = urlencode({"q": str(narrowed)} | dict(more))
    return {"text": _said(name, one.value, visit), "count": one.count, "link": f"/search?{query}"}


def _year(asked: Query, value: str) -> Query:
    return replace(asked, since=date(int(value), 1, 1), before=date(int(value) + 1, 1, 1))


def _said(name: str, value: str, visit: Visit) -> str:
    words = visit.words
    if name == "trigger":
        return trigger_name(value, visit)
    if name == "region":
        return REGIONS[value][0 if visit.chinese else 1] if value in REGIONS else value
    if name == "source":
        return name_of(value, visit)
    if name in {"tier", "kind"}:
        return words.term(name, value)
    return value if name == "year" else words.term(f"desk.{name}", value)
