"""One document: its dates and versions, what changed and why it was alerted, its text, its relations, its proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from agent.api.problems import Problem
from agent.api.snapshots import snapshot
from agent.dossier import Dossier, Edition, dossier
from agent.web.blindness import name_of
from agent.web.events import event_row
from agent.web.gate import PageRoute
from agent.web.page import show
from agent.web.reading import Span, located, paragraphs
from agent.web.relations import relations
from agent.web.said import fact_row
from agent.web.today import trigger_name
from agent.web.visit import AtVisit, Visit
from index.archive.archive import Archive
from index.diff import diff
from index.diff_view import fragment
from index.records import Change, Quote, Version

_DATES = ("published", "written", "effective", "expires", "comments_close")

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/documents")
async def lead(visit: AtVisit) -> Response:
    """Lead to the page of the document at an address (`url`)."""
    found = await visit.desk(lambda archive: archive.documents.document(visit.asked("url")))
    if found is None:
        raise Problem(404, "No such document", "The archive has no document at this address.")
    return RedirectResponse(f"/documents/{quote(found['id'])}", 303)


@router.get("/documents/{document}")
async def page(document: str, visit: AtVisit) -> Response:
    """The page of a document."""
    return show(visit, "document.html.j2", await visit.desk(_values, document, visit))


@router.get("/documents/{document}/diff")
async def compare(document: str, visit: AtVisit) -> Response:
    """Two versions side by side: ids or numbers in `from` and `to`, left out the last two."""
    return show(visit, "diff.html.j2", await visit.desk(_compared, document, visit))


@router.get("/pages/{sha256}")
async def received(sha256: str, visit: AtVisit) -> Response:
    """The bytes as received, to be saved; as the API's snapshots, for readers who signed in here."""
    unchanged = visit.request.headers.get("if-none-match")
    return await snapshot(visit.desk, sha256, "text" if visit.asked("as") == "text" else "bytes", unchanged)


def _values(archive: Archive, document: str, visit: Visit) -> dict[str, Any]:
    found = _found(archive, document)
    chosen = _edition(found, visit.asked("version")).version
    reading = chosen.reading
    return {
        "section": "document",
        "title": reading.title or found.url,
        "id": found.document,
        "lang": reading.lang,
        "url": found.url,
        "source": name_of(found.source, visit),
        "source_id": found.source,
        "state": found.state,
        "repealed": found.work.repealed if found.work else None,
        "names": _names(chosen, visit),
        "dates": [(visit.words(f"desk.document.{name}"), day) for name in _DATES if (day := getattr(reading, name))],
        "first_seen": found.first_seen,
        "version": chosen,
        "newest": chosen.id == found.latest.id,
        "editions": [_timeline(found, one) for one in reversed(found.editions)],
        "events": [event_row(found, one, visit) for one in reversed(found.events)],
        "paragraphs": paragraphs(reading.text, _spans(found, chosen, visit)),
        "facts": [fact_row(one, visit) for one in found.facts[:40]],
        "attachments": reading.attachments,
        **relations(found, visit),
    }


def _found(archive: Archive, document: str) -> Dossier:
    found = dossier(archive, document)
    if found is None:
        raise Problem(404, "No such document", "The archive has no document of this id.")
    return found


def _edition(found: Dossier, asked: str) -> Edition:
    """The version of a number or id, the newest where nothing is asked."""
    if not asked:
        return found.editions[-1]
    for one in found.editions:
        if asked in {one.version.id, str(one.version.number)}:
            return one
    raise Problem(404, "No such version", f"The document has {len(found.editions)} version(s).")


def _names(version: Version, visit: Visit) -> list[tuple[str, str]]:
    reading = version.reading
    named = (("issuer", reading.issuer), ("doc_number", reading.doc_number), ("index_number", reading.index_number))
    return [(visit.words(f"desk.document.{name}"), value) for name, value in named if value]


def _timeline(found: Dossier, one: Edition) -> dict[str, Any]:
    version = one.version
    place = f"/documents/{quote(found.document)}"
    before = next((e.version for e in found.editions if e.version.id == version.previous), None)
    return {
        "version": version,
        "link": place if version.id == found.latest.id else f"{place}?version={version.number}",
        "compare": f"{place}/diff?from={before.number}&to={version.number}" if before else "",
        "receipts": one.receipts,
        "snapshot": f"/pages/{version.page_sha256}",
    }


def _spans(found: Dossier, version: Version, visit: Visit) -> list[Span]:
    """What to highlight: the evidence of the tags that fired on this version, and the place that search found."""
    spans = list(_evidence(found, version, visit))
    start, _, end = visit.asked("at").partition("-")
    if start.isdecimal() and end.isdecimal() and len(start + end) < 16 and int(start) < int(end):
        spans.append(Span(int(start), int(end), visit.words("desk.document.found"), "hit"))
    return spans


def _evidence(found: Dossier, version: Version, visit: Visit) -> Iterator[Span]:
    """What older versions were tagged for is marked where it still stands."""
    text, older = version.reading.text, {one.version.id for one in found.editions[: version.number]}
    for event in found.events:
        for tag in event.tags:
            if tag.fires and event.change.after in older:
                yield from located(text, tag.evidence, trigger_name(tag.trigger, visit))
        if event.change.after == version.id:
            yield from _changed(event.change, text, visit.words("desk.document.changed"))


def _changed(change: Change, text: str, label: str) -> Iterator[Span]:
    """Where the clauses of a change now stand; what is shown of them is cut, with an ellipsis at the cut."""
    for one in change.diff.clauses:
        words = (one.after or "").strip("…")
        if one.op in {"insert", "replace"} and words:
            yield from located(text, [Quote(words, 0, 0)], label)


def _compared(archive: Archive, document: str, visit: Visit) -> dict[str, Any]:
    found = _found(archive, document)
    if len(found.editions) < 2:
        raise Problem(404, "One version", "The document has one version only; there is nothing to compare it with.")
    after = _edition(found, visit.asked("to")).version
    asked = visit.asked("from") or str(max(1, after.number - 1))
    before = _edition(found, asked).version
    made = diff(before.reading, after.reading)
    return {
        "section": "document",
        "title": visit.words("desk.diff.title", title=after.reading.title or found.url),
        "id": found.document,
        "name": after.reading.title or found.url,
        "lang": after.reading.lang,
        "source": name_of(found.source, visit),
        "before": before,
        "after": after,
        "editions": [one.version for one in found.editions],
        "changed": made.changed,
        "chars": made.chars_changed,
        "table": fragment(before.reading, after.reading, made),
    }
