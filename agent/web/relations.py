"""How a document stands to others: its other addresses, what it cites, what cites it or carries it out, its dates."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from agent.dossier import Cited, Citing, Dossier
from agent.web.blindness import name_of
from agent.web.visit import Visit

_MOST = 40


def relations(found: Dossier, visit: Visit) -> dict[str, Any]:
    """Reprints, cites, implements, and what cites, implements or repeals it."""
    cites: dict[str, dict[str, Any]] = {}
    for one in found.cites:
        cites.setdefault(one.quote, _cited(one, visit))
    return {
        "reprints": [
            {
                "url": one.url,
                "source": name_of(one.source, visit),
                "seen": one.first_seen,
                "link": f"/documents/{quote(one.document)}",
                "gone": one.state != "live",
            }
            for one in found.reprints[:_MOST]
        ],
        "cites": list(cites.values())[:_MOST],
        "citing": [_citing(one, visit) for one in found.citing[:_MOST]],
        "reminders": found.reminders,
    }


def _cited(one: Cited, visit: Visit) -> dict[str, Any]:
    certain = one.works[0] if len(one.works) == 1 else None
    return {
        "kind": visit.words(f"desk.relation.{one.kind}"),
        "quote": one.quote,
        "link": f"/documents?url={quote(certain.first_url, safe='')}" if certain else "",
        "works": len(one.works),
    }


def _citing(one: Citing, visit: Visit) -> dict[str, Any]:
    return {
        "kind": visit.words(f"desk.relation.by_{one.kind}"),
        "title": one.title or one.url,
        "source": name_of(one.source, visit),
        "published": one.published,
        "link": f"/documents/{quote(one.document)}",
        "certain": one.certain,
    }
