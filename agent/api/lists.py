"""Lists of the archive over HTTP, newest first: documents, changes, numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from agent.api.access import Needs
from agent.api.answers import Documents, Facts, ListedDocument, ListedFact
from agent.api.desk import AtDesk
from agent.api.models import Changes, DocumentEvent, ListedChange
from agent.api.narrowing import Wanted
from agent.api.problems import Problem
from agent.api.replying import READING, Cursor, Limit, Unchanged, faults, onward, place, reply, there
from agent.changes import changes as page_of
from agent.dossier import event
from config.declaration import ChangeKind

Kinds = Annotated[list[ChangeKind], Query(max_length=5, description="Kinds of change.")]
FactKind = Literal["price", "quota", "subsidy", "discount", "date", "doc_number"]

router = APIRouter(dependencies=[Depends(Needs("archive:read"))], responses=READING)


@router.get("/v1/documents", response_model=Documents)
async def documents(
    desk: AtDesk, wanted: Wanted, limit: Limit = 50, cursor: Cursor = None, unchanged: Unchanged = None
) -> Response:
    """Documents, the one first seen last first; `trigger`: one that ever fired for it."""
    given = place(cursor, wanted, str, str)
    start = (_moment(given[0]), given[1]) if given else None
    found = await desk(lambda archive: archive.catalogue.documents(wanted, start, limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    following = onward([last.first_seen.isoformat(), last.id], wanted) if last else None
    items = [ListedDocument.model_validate(one) for one in found[:limit]]
    return reply(Documents(items=items, next=following), unchanged)


@router.get("/v1/changes", response_model=Changes)
async def changes(  # noqa: PLR0913, PLR0917 - one parameter a query parameter
    desk: AtDesk,
    wanted: Wanted,
    kind: Kinds = [],  # noqa: B006 - FastAPI copies it
    work: Annotated[str | None, Query(max_length=500, description="Id of a work.")] = None,
    baseline: Annotated[bool, Query(description="Also what a first crawl found and was no news.")] = False,
    tooling: Annotated[bool, Query(description="Also what our own new extractor reads differently.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    unchanged: Unchanged = None,
) -> Response:
    """What changed, newest first, with the tags that fired and the alerts made of it."""
    narrowed = replace(
        wanted,
        kinds=tuple(sorted(set(kind))),
        work=work,
        baseline=None if baseline else False,
        cause=None if tooling else "source",
    )
    given = place(cursor, narrowed, int)
    page = await desk(page_of, narrowed, given[0] if given else None, limit)
    items = [ListedChange.model_validate(one) for one in page.changes]
    following = None if page.cursor is None else onward([page.cursor], narrowed)
    return reply(Changes(items=items, next=following), unchanged)


@router.get("/v1/changes/{change}", response_model=DocumentEvent, responses=faults(404))
async def change(desk: AtDesk, change: str, unchanged: Unchanged = None) -> Response:
    """One change with every tag, fired or not."""
    found = there(await desk(event, change), "change", change, "GET /v1/changes lists them.")
    return reply(DocumentEvent.model_validate(found), unchanged)


@router.get("/v1/facts", response_model=Facts)
async def facts(  # noqa: PLR0913, PLR0917 - one parameter a query parameter
    desk: AtDesk,
    wanted: Wanted,
    kind: Annotated[list[FactKind], Query(max_length=6, description="Kinds of number.")] = [],  # noqa: B006
    document: Annotated[str | None, Query(max_length=100, description="Id of a document.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    unchanged: Unchanged = None,
) -> Response:
    """Numbers that newest versions state, the version read last first; `trigger`: one that ever fired for it."""
    narrowed, kinds = replace(wanted, document=document), tuple(sorted(set(kind)))
    given = place(cursor, (narrowed, kinds), int)
    found = await desk(lambda archive: archive.catalogue.facts(narrowed, kinds, given[0] if given else None, limit + 1))
    following = onward([found[limit - 1].place], (narrowed, kinds)) if len(found) > limit else None
    items = [ListedFact.model_validate(one) for one in found[:limit]]
    return reply(Facts(items=items, next=following), unchanged)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Problem(409, "No cursor", "cursor: give `next` of the page before, unchanged.") from error
    if found.tzinfo is None:
        raise Problem(409, "No cursor", "cursor: give `next` of the page before, unchanged.")
    return found
