"""Who is told what: each subscription in words, its last issue, and what the next one would say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from agent.api.problems import Problem
from agent.web.archive_state import state_of
from agent.web.gate import PageRoute
from agent.web.kept import kept
from agent.web.page import HEADERS, show
from agent.web.visit import AtVisit, Visit
from config.subscription import Subscription
from digests import daily
from digests.office import Office
from digests.plain import line
from digests.view import asks
from index.archive.archive import Archive

_ISSUES = 5
_LETTER = HEADERS | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none';"
        " form-action 'none'; sandbox allow-popups allow-top-navigation"
    )
}
"""A letter carries its styles in itself, as mail programs want; it runs nothing and sends nothing."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/subscriptions")
async def subscriptions(visit: AtVisit) -> Response:
    """All subscriptions."""
    return show(visit, "subscriptions.html.j2", await visit.desk(_values, visit))


@router.get("/subscriptions/{name}/preview")
async def preview(name: str, visit: AtVisit) -> Response:
    """The next issue as its readers would get it now; nothing is sent or noted."""
    wanted = visit.declared.subscriptions.get(name)
    if wanted is None or wanted.channel == "webhook":
        raise Problem(404, "No such letter", "There is no subscription of this name that gets letters.")
    return HTMLResponse(await visit.desk.slowly(_letter, visit, wanted), headers=_LETTER)


def _letter(archive: Archive, visit: Visit, wanted: Subscription) -> str:
    office = Office(archive, visit.declared, visit.desk.settings, visit.now)
    state = state_of(archive, visit)
    return kept(visit.desk, ("letter", wanted.id), state, lambda: daily.embedded(daily.preview(office, wanted)))


def _values(archive: Archive, visit: Visit) -> dict[str, Any]:
    return {
        "section": "subscriptions",
        "title": visit.words("desk.nav.subscriptions"),
        "rows": [_row(archive, one, visit) for one in visit.declared.subscriptions.values()],
    }


def _row(archive: Archive, one: Subscription, visit: Visit) -> dict[str, Any]:
    words = visit.words
    issues = archive.ledger.issues(one.id)
    gone = archive.told.left(one.id)
    return {
        "id": one.id,
        "title": line(one.title, 120),
        "enabled": one.enabled,
        "asks": asks(one, visit.declared, words),
        "when": _when(one, visit),
        "channel": words(f"desk.subscriptions.channel.{one.channel}"),
        "to": [(line(name, 120), name in gone) for name in one.to],
        "language": words(f"desk.subscriptions.language.{one.language[:2]}"),
        "letter": one.channel != "webhook",
        "issues": [
            {"at": datetime.fromisoformat(row["made_at"]), "subject": line(row["subject"], 200)}
            for row in issues[::-1][:_ISSUES]
            if row["subject"]
        ],
    }


def _when(one: Subscription, visit: Visit) -> str:
    words = visit.words
    if one.cadence == "immediate":
        return words("cadence.immediate")
    day = words(f"desk.subscriptions.weekday.{one.weekday}") if one.cadence == "weekly" else ""
    return " ".join(filter(None, (words(f"cadence.{one.cadence}"), day, one.at or "", f"({one.timezone})")))
