"""Alerts as the pages list them: one row a change, with what it said before and after, and where to go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from agent.web.visit import Visit
from config.subscription import Filter, Subscription
from digests.card import Reader, card, trigger_title
from digests.selection import Item, select
from digests.words import Words
from index.archive.archive import Archive
from index.records import Alert
from index.zone import CHINA

DESK = Subscription.model_validate({"id": "desk_pages", "title": "Desk", "cadence": "immediate", "channel": "file"})


def items(alerts: Iterable[Alert]) -> tuple[Item, ...]:
    """Alerts of one change together, gravest first; what later ones correct or take back is left out."""
    return select(alerts, Filter(), frozenset())


def row(item: Item, visit: Visit) -> dict[str, Any]:
    """Everything that `_item.html.j2` prints: the card of digests, with links of the pages."""
    event = item.lead.event
    data = event["data"]
    made = card(item, Reader(DESK, visit.words))
    return made | {
        "at": item.lead.at,
        "direction": way(data),
        "document": f"/documents/{quote(data['document']['id'])}#change-{quote(data['change']['id'])}",
        "judged": [judged(one, visit.words) for one in item.alerts],
        "compare": compare_link(data),
        "named": made["title"][:40].strip("《》") not in made["headline"],
    }


def compare_link(data: Mapping[str, Any]) -> str:
    """Where both versions stand side by side, empty where there is only one."""
    change = data["change"]
    if not (change["from_version"] and change["to_version"]):
        return ""
    return diff_link(data["document"]["id"], change["from_version"], change["to_version"])


def diff_link(document: str, before: str, after: str) -> str:
    """The page of two versions side by side; alerts carry the same address."""
    return f"/documents/{quote(document)}/diff?from={quote(before)}&to={quote(after)}"


def judged(alert: Alert, words: Words) -> dict[str, str]:
    """An alert as its feedback buttons need it."""
    return {"alert": alert.id, "trigger": trigger_title(alert.event, words)}


def way(data: Mapping[str, Any]) -> str:
    """up, down or empty: dearer or tighter, cheaper or looser."""
    return {"tighten": "up", "loosen": "down"}.get(data["trigger"]["direction"], "")


def newest_day(archive: Archive) -> date | None:
    """The day in China of the newest alert, None for an empty feed."""
    lines = archive.told.before(2**62, 1)
    return lines[0].at.astimezone(CHINA).date() if lines else None
