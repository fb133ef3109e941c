"""Search over HTTP: the query language, facets, pages that hold while the archive grows, and documents like one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from agent.api.access import Needs
from agent.api.desk import AtDesk
from agent.api.finder import Finder
from agent.api.models import Answer, Paged, Sha, State, Text
from agent.api.problems import Problem
from agent.api.replying import READING, Cursor, Limit, Unchanged, faults, onward, place, reply, there
from config.filters import QueryProblem
from config.query import LONGEST, parse
from digests.alert import Moment
from index.archive.archive import Archive
from index.results import Hit, Results

DEEPEST = 10_000
"""How far down a ranking pages go."""
_SLACK = 50
"""Documents that may have been added above, or taken from, the last one of a page."""

Sort = Literal["relevance", "date"]
Words = Annotated[str, Query(max_length=LONGEST, description="Words and filters; docs/search.md has the language.")]
Order = Annotated[Sort, Query(description="date: what matches well, newest first.")]


class Span(Answer):
    """Another literal piece of the text."""

    quote: Text = Field(description="The words.")
    start: int = Field(ge=0, description="First character.")
    end: int = Field(ge=0, description="Character after the last.")


class Found(Answer):
    """A document found. `quote` is `text[start:end]` of the version; in changes, of the clause as inserted."""

    document: str = Field(description="Id of the document.")
    version: str = Field(description="Id of the version that answers.")
    work: str = Field(description="Id of the work.")
    title: Text = Field(description="Title as printed.")
    url: Text = Field(description="Its address.")
    lang: str = Field(description="zh, zh-Hant or en.")
    source: str = Field(description="Id of the source.")
    tier: str | None = Field(description="Tier of the source; null where it is no longer declared.")
    region: str | None = Field(description="Region of the source; null where it is no longer declared.")
    published: date | None = Field(description="Printed date of publication.")
    first_seen: Moment = Field(description="When this version was first seen.")
    issuer: Text | None = Field(description="发文机关.")
    doc_number: Text | None = Field(description="文号.")
    index_number: Text | None = Field(description="索引号.")
    state: State = Field(description="Whether it can still be read there.")
    score: float = Field(description="Orders the hits of one query; between queries it says little.")
    quote: Text = Field(description="The words that answer best; empty where a filter alone finds it.")
    start: int = Field(ge=0, description="First character of the quote in the text.")
    end: int = Field(ge=0, description="Character after the last.")
    marks: list[tuple[int, int]] = Field(description="Places within the quote of the words sought.")
    more: list[Span] = Field(description="Quotes of its other passages found.")
    also: list[Text] = Field(description="Other addresses of the same work.")
    snapshot: Sha = Field(description="sha256 of the page as received: /v1/snapshots/{sha256}.")


class FacetCount(Answer):
    """One value of a facet."""

    value: str = Field(description="What to write after the filter's name.")
    count: int = Field(ge=0, description="How many hits have it.")


class SearchAnswer(Paged):
    """What a query finds."""

    query: Text = Field(description="The query as understood.")
    total: int = Field(ge=0, description="How many works were found in all.")
    facets: dict[str, list[FacetCount]] = Field(description="By filter: values among all that was found, with counts.")
    items: list[Found] = Field(description="At most `limit` documents, best or newest first.")


router = APIRouter(dependencies=[Depends(Needs("archive:read"))], responses=READING)


@router.get("/v1/search", response_model=SearchAnswer)
async def search(
    desk: AtDesk, q: Words, sort: Order = "relevance", limit: Limit = 10, cursor: Cursor = None,
    unchanged: Unchanged = None,
) -> Response:  # fmt: skip
    """The documents that answer, each work once, with the words that answer best. The first answer may take seconds.

    A query that cannot be read is a problem 400 with `position` (characters from 0) and `fix`.
    """
    begun = place(cursor, (q, sort), int, str)
    answer = await desk.slowly(_found, desk.finder, (q, sort), limit, begun)
    return reply(answer, unchanged)


@router.get("/v1/documents/{document}/similar", response_model=SearchAnswer, responses=faults(404))
async def similar(desk: AtDesk, document: str, limit: Limit = 10, unchanged: Unchanged = None) -> Response:
    """The documents most like one of the archive, whatever their language; its own work is left out."""
    return reply(await desk.slowly(_like, desk.finder, document, limit), unchanged)


def _found(
    archive: Archive, finder: Finder, asked: tuple[str, Sort], limit: int, begun: list[int | str] | None
) -> SearchAnswer:
    q, sort = asked
    offset, last = (int(begun[0]), str(begun[1])) if begun else (0, None)
    if not 0 <= offset <= DEEPEST:
        raise Problem(400, "Too deep", f"Pages go {DEEPEST} documents down; narrow the query with a filter.")
    start = max(offset - _SLACK, 0) if last else 0
    try:
        query = parse(q)
        window = finder.searcher(archive).search(query, (offset - start) + limit + _SLACK + 1, offset=start, sort=sort)
    except QueryProblem as problem:
        raise Problem(
            400, "Query not understood", str(problem), position=problem.position, fix=problem.fix
        ) from problem
    at = _after(window, last, offset - start)
    hits = window.hits[at : at + limit]
    more = bool(hits) and len(window.hits) > at + limit
    following = onward([start + at + limit, hits[-1].document], asked) if more else None
    return _answer(archive, str(query), window, hits, following)


def _after(window: Results, last: str | None, otherwise: int) -> int:
    """The place after the last document of the page before, wherever newer ones have moved it."""
    return next((at + 1 for at, hit in enumerate(window.hits) if hit.document == last), otherwise)


def _like(archive: Archive, finder: Finder, document: str, limit: int) -> SearchAnswer:
    there(archive.documents.state(document), "document", document, "GET /v1/documents lists them.")
    try:
        found = finder.searcher(archive).similar(document, limit)
    except LookupError as error:  # not embedded yet
        raise Problem(404, "No likeness", f"{error}; try again in a minute.") from error
    return _answer(archive, "", found, found.hits, None)


def _answer(archive: Archive, query: str, found: Results, hits: tuple[Hit, ...], following: str | None) -> SearchAnswer:
    shas = archive.catalogue.snapshots([hit.version for hit in hits])
    names = [name for name in Found.model_fields if name != "snapshot"]
    items = [{name: getattr(hit, name) for name in names} | {"snapshot": shas[hit.version]} for hit in hits]
    told = {"query": query, "total": found.total, "facets": found.facets, "items": items, "next": following}
    return SearchAnswer.model_validate(told)
