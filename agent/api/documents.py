"""Documents over HTTP: what is known of one, its versions, their texts and what differs; and works."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from agent.api.access import Needs
from agent.api.answers import DocumentDossier, FullVersion, VersionDiff, Versions, WorkAnswer
from agent.api.desk import AtDesk
from agent.api.models import Differences, VersionHead
from agent.api.problems import Problem
from agent.api.replying import (
    FOREVER,
    FRESH,
    READING,
    Cursor,
    Limit,
    Unchanged,
    body,
    faults,
    onward,
    place,
    reply,
    tagged,
    there,
)
from agent.dossier import Dossier, addresses, citing, dossier, receipts, work
from index.archive.archive import Archive
from index.diff import diff
from index.diff_view import side_by_side
from index.records import Version

_DOCUMENTS = "GET /v1/documents lists them, GET /v1/search finds them."
_VERSIONS = "Give its id, its number or `latest`; GET /v1/documents/{document}/versions lists them."
Which = Annotated[str | None, Query(max_length=100, description="Id or number of a version, or `latest`.")]

router = APIRouter(dependencies=[Depends(Needs("archive:read"))], responses=READING | faults(404))


@router.get("/v1/documents/{document}", response_model=DocumentDossier)
async def one(desk: AtDesk, document: str, unchanged: Unchanged = None) -> Response:
    """All that the archive knows of one document, but for texts."""
    found = there(await desk(dossier, document), "document", document, _DOCUMENTS)
    return reply(_without_texts(found), unchanged)


@router.get("/v1/documents/{document}/versions", response_model=Versions)
async def versions(
    desk: AtDesk, document: str, limit: Limit = 50, cursor: Cursor = None, unchanged: Unchanged = None
) -> Response:
    """The versions of a document, newest first."""
    given = place(cursor, document, int)
    found = there(await desk(_versions, document) or None, "document", document, _DOCUMENTS)
    older = [v for v in reversed(found) if given is None or v.number < given[0]]
    following = onward([older[limit - 1].number], document) if len(older) > limit else None
    return reply(Versions(items=[VersionHead.model_validate(v) for v in older[:limit]], next=following), unchanged)


@router.get("/v1/documents/{document}/versions/{version}", response_model=FullVersion)
async def version(desk: AtDesk, document: str, version: str, unchanged: Unchanged = None) -> Response:
    """One version with text, numbers, and each receipt of the bytes it was read from."""
    return reply(await desk(_full, document, version), unchanged)


@router.get("/v1/documents/{document}/versions/{version}/text", response_class=Response, responses=body("text/plain"))
async def text(desk: AtDesk, document: str, version: str, unchanged: Unchanged = None) -> Response:
    """The text of a version, one block (paragraph, heading, table row) a line; what offsets count in."""
    found = await desk(_version, document, version)
    said = found.reading.text.encode("utf-8", "replace")
    cache = FOREVER if version == found.id else FRESH
    return tagged(said, "text/plain; charset=utf-8", unchanged, {"Cache-Control": cache})


@router.get("/v1/documents/{document}/diff", response_model=VersionDiff, responses=body("text/html"))
async def difference(
    desk: AtDesk,
    document: str,
    before: Annotated[Which, Query(alias="from")] = None,
    after: Annotated[Which, Query(alias="to")] = None,
    form: Annotated[Literal["json", "html"], Query(alias="format", description="html: 对照, side by side.")] = "json",
    unchanged: Unchanged = None,
) -> Response:
    """What differs between two versions; left out, the newest and the one before it."""
    old, new = await desk(_pair, document, before, after)
    if form == "html":
        page = await desk.slowly(lambda _: side_by_side(old.reading, new.reading, diff(old.reading, new.reading)))
        return tagged(page.encode("utf-8", "replace"), "text/html; charset=utf-8", unchanged, {"Cache-Control": FRESH})
    return reply(await desk.slowly(lambda _: _difference(document, old, new)), unchanged)


@router.get("/v1/works/{work:path}", response_model=WorkAnswer)
async def one_work(desk: AtDesk, work: str, unchanged: Unchanged = None) -> Response:
    """A work with all its addresses and what names it; ids hold slashes, such as cn/国家数据局/国数资源〔2026〕18号."""
    found = there(await desk(_work, work), "work", work, "Each document names its work.")
    return reply(found, unchanged)


def _without_texts(found: Dossier) -> DocumentDossier:
    names = set(DocumentDossier.model_fields) - {"versions"}
    given = {name: getattr(found, name) for name in names}
    return DocumentDossier.model_validate(given | {"versions": len(found.editions)})


def _versions(archive: Archive, document: str) -> list[Version]:
    return archive.documents.versions(document)


def _version(archive: Archive, document: str, name: str) -> Version:
    """A version of a document by id, number or `latest`. Raises Problem 404."""
    if name == "latest":
        return there(archive.documents.latest(document), "document", document, _DOCUMENTS)
    if archive.documents.latest(document) is None:
        raise Problem(404, "No such document", f"The archive has no document {document[:80]!r}. {_DOCUMENTS}")
    known = archive.documents.version(name)
    if known is None and name.isascii() and name.isdigit():
        known = next((v for v in archive.documents.versions(document) if str(v.number) == name), None)
    return there(known if known and known.document == document else None, "version of it", name, _VERSIONS)


def _full(archive: Archive, document: str, name: str) -> FullVersion:
    found = _version(archive, document, name)
    return FullVersion.model_validate(
        {
            "version": found,
            "text": found.reading.text,
            "facts": archive.judgements.facts(found.id),
            "receipts": receipts(archive, found.page_sha256),
        },
    )


def _pair(archive: Archive, document: str, before: str | None, after: str | None) -> tuple[Version, Version]:
    new = _version(archive, document, after or "latest")
    if before is not None:
        return _version(archive, document, before), new
    old = archive.documents.version(new.previous) if new.previous else None
    if old is None:
        raise Problem(404, "No earlier version", f"Version {new.number} is the first; give `from` and `to`.")
    return old, new


def _difference(document: str, old: Version, new: Version) -> VersionDiff:
    found = diff(old.reading, new.reading)
    spelled = Differences.model_validate(found)
    heads = {"before": VersionHead.model_validate(old), "after": VersionHead.model_validate(new)}
    return VersionDiff(document=document, changed=found.changed, diff=spelled, **heads)


def _work(archive: Archive, name: str) -> WorkAnswer | None:
    found = work(archive, name)
    if found is None:
        return None
    return WorkAnswer.model_validate(
        {"work": found, "addresses": addresses(archive, name), "citing": citing(archive, name)}
    )
