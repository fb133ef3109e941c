"""Every change of the archive, alerted or not, newest first and page by page."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from agent.changes import ListedChange, changes
from agent.web.blindness import name_of, source_name
from agent.web.gate import PageRoute
from agent.web.items import diff_link
from agent.web.page import show
from agent.web.today import trigger_name
from agent.web.visit import AtVisit, Visit
from digests.card import headline_of
from index.archive.archive import Archive
from index.archive.catalogue import Asked
from index.records import ChangeKind

_PAGE = 50
_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/changes")
async def listed(visit: AtVisit) -> Response:
    """The list."""
    return show(visit, "changes.html.j2", await visit.desk(_values, visit))


def _values(archive: Archive, visit: Visit) -> dict[str, Any]:
    kind = next((one for one in _KINDS if one == visit.asked("kind")), None)
    source, trigger = visit.asked("source"), visit.asked("trigger")
    first = visit.asked("first")
    asked = Asked(
        triggers=(trigger,) if trigger else (),
        sources=(source,) if source else None,
        kinds=(kind,) if kind else (),
        baseline=None if first else False,
    )
    before = visit.asked("before")
    page = changes(
        archive, asked, int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None, _PAGE
    )
    return {
        "section": "changes",
        "title": visit.words("desk.nav.changes"),
        "rows": [_row(one, visit) for one in page.changes],
        "next": visit.with_query(before=str(page.cursor)) if page.cursor is not None else "",
        "chosen": {"kind": kind or "", "source": source, "trigger": trigger, "first": first},
        "kinds": _KINDS,
        "sources": sorted((source_name(one, visit), one.id) for one in visit.declared.sources.values() if one.enabled),
        "triggers": [(name, trigger_name(name, visit)) for name in visit.declared.triggers],
    }


def _row(one: ListedChange, visit: Visit) -> dict[str, Any]:
    change = one.change
    lead = next((alert for alert in one.alerts if alert.event["severity"] == one.severity), None)
    return {
        "at": change.at,
        "kind": visit.words(f"kind.{change.kind}"),
        "title": one.title or one.url,
        "lang": one.lang,
        "headline": headline_of(lead.event, visit.words) if lead else "",
        "severity": one.severity,
        "severity_word": visit.words(f"severity.{one.severity}") if one.severity else "",
        "source": name_of(change.source, visit),
        "triggers": [trigger_name(tag.trigger, visit) for tag in one.tags],
        "link": f"/documents/{quote(change.document)}#change-{quote(change.id)}",
        "compare": diff_link(change.document, change.before, change.after)
        if change.kind == "amended" and change.before and change.after
        else "",
        "chars": change.diff.chars_changed,
        "notes": [
            visit.words(f"desk.changes.{name}") for name in ("baseline", "silent", "repost") if getattr(change, name)
        ]
        + ([visit.words("desk.changes.tooling")] if change.cause == "tooling" else []),
    }
