"""Search: the query language, facets that narrow, hits with the words found, and the way to the clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.responses import Response

from agent.web.gate import PageRoute
from agent.web.hits import facets, hit_row
from agent.web.page import show
from agent.web.visit import AtVisit, Visit
from config.filters import FILTERS, QueryProblem
from config.query import Query, parse
from index.archive.archive import Archive

PAGE = 20
_DEEPEST = 2_000
_EXAMPLES = (
    "token plan price rise",
    "算力券 配额",
    "trigger:pricing tier:carrier",
    "data transfer abroad -draft",
    "doc:国发〔2026〕",
    "quota in:changes",
)

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/search")
async def search(visit: AtVisit) -> Response:
    """The form, and the hits where something is asked."""
    try:
        asked = _asked(visit)
        found = await visit.desk.slowly(_found, visit, asked) if visit.asked("like") or not asked.is_empty else {}
    except (QueryProblem, LookupError) as problem:
        return show(visit, "search.html.j2", _empty(visit) | {"problem": _told(problem, visit)}, 400)
    return show(visit, "search.html.j2", _empty(visit) | found)


@router.get("/search/help")
async def explained(visit: AtVisit) -> Response:
    """The query language."""
    rows = [
        {"name": name, "other": ", ".join(kind.aliases), "example": kind.example, "about": kind.about}
        for name, kind in FILTERS.items()
    ]
    values = {"section": "help", "title": visit.words("desk.nav.help"), "rows": rows, "examples": _EXAMPLES}
    return show(visit, "search_help.html.j2", values)


def _asked(visit: Visit) -> Query:
    """The query as typed, with what the fields beside it say. Raises QueryProblem."""
    query = parse(visit.request.query_params.get("q", ""))
    day = visit.asked("as_of")
    if day:
        query = replace(query, as_of=parse(f"as-of:{day}").as_of)
    return replace(query, within="changes") if visit.asked("in") == "changes" else query


def _empty(visit: Visit) -> dict[str, Any]:
    return {
        "section": "search",
        "title": visit.words("desk.nav.search"),
        "query": visit.request.query_params.get("q", "")[:1000],
        "sort": "date" if visit.asked("sort") == "date" else "relevance",
        "changes": visit.asked("in") == "changes",
        "as_of": visit.asked("as_of"),
        "examples": _EXAMPLES,
        "like": "",
        "problem": "",
        "hits": None,
    }


def _told(problem: QueryProblem | LookupError, visit: Visit) -> str:
    if isinstance(problem, QueryProblem):
        return str(problem)
    return visit.words("desk.search.no_like")


def _found(archive: Archive, visit: Visit, asked: Query) -> dict[str, Any]:
    finder = visit.desk.finder.searcher(archive)
    offset = _offset(visit)
    like = visit.asked("like")
    if like:
        results = finder.similar(like, PAGE, offset=offset)
    else:
        sort = "date" if visit.asked("sort") == "date" else "relevance"
        results = finder.search(asked, PAGE, offset=offset, sort="date" if sort == "date" else "relevance")
    more = offset + len(results.hits)
    known = archive.documents.document(like) if like else None
    latest = archive.documents.latest(known["id"]) if known else None
    return {
        "query": str(asked) if not like else "",
        "changes": asked.within == "changes",
        "as_of": asked.as_of.isoformat() if asked.as_of else "",
        "like": latest.reading.title if latest else like,
        "like_link": f"/documents/{quote(like)}" if like else "",
        "hits": [hit_row(one, visit) for one in results.hits],
        "total": results.total,
        "first": offset + 1,
        "facets": [] if like else facets(results, asked, visit, _link(visit)),
        "active": [] if like else list(_active(asked, visit)),
        "next": visit.with_query(offset=str(more)) if more < results.total and results.hits else "",
        "previous": visit.with_query(offset=str(max(0, offset - PAGE)) if offset > PAGE else None) if offset else "",
    }


def _offset(visit: Visit) -> int:
    text = visit.asked("offset")
    return min(int(text), _DEEPEST) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _link(visit: Visit) -> Mapping[str, str]:
    """What links of the page keep besides the query."""
    return {"sort": "date"} if visit.asked("sort") == "date" else {}


def _active(asked: Query, visit: Visit) -> Iterator[dict[str, str]]:
    """The filters in force, each with a link that takes it away."""
    for one in asked.filters:
        yield {"text": str(one), "link": address(asked.widened(one.name), _link(visit))}
    days: tuple[tuple[str, date | None], ...] = (
        ("since", asked.since), ("before", asked.before), ("as-of", asked.as_of),
    )  # fmt: skip
    for name, day in days:
        if day:
            yield {"text": f"{name}:{day.isoformat()}", "link": address(asked.widened(name), _link(visit))}
    if asked.within == "changes":
        yield {"text": "in:changes", "link": address(asked.widened("in"), _link(visit))}


def address(query: Query, more: Mapping[str, str]) -> str:
    """The page of a query."""
    return f"/search?{urlencode({'q': str(query)} | dict(more))}"
