"""Dates that alerted texts set: in force, expiring, comments closing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from agent.web.items import DESK
from agent.web.page import say_day
from agent.web.visit import Visit
from digests.coverage import Coverage
from digests.issue import Upcoming, Window, issue
from digests.plain import line
from index.archive.archive import Archive

_MOST = 1_000
"""Alerts looked at: the newest."""
_BACK = timedelta(weeks=26)
"""How old an alert may be whose dates are still told; a text in force within half a year is the common case."""


def upcoming(archive: Archive, visit: Visit) -> list[dict[str, Any]]:
    """The next dates, soonest first, with the way to the document."""
    now = visit.now
    alerts = [one for one in archive.feed.after(archive.feed.last_seq() - _MOST, _MOST) if now - _BACK <= one.at]
    window = Window(before=now, reach=now, since=now, until=now)
    made = issue("desk", DESK, alerts, frozenset(), window, Coverage(0, 0))
    return [_row(one, visit) for one in made.upcoming]


def _row(one: Upcoming, visit: Visit) -> dict[str, Any]:
    days, document = (one.on - visit.today).days, one.alert.event["data"]["document"]
    return {
        "on": one.on,
        "day": say_day(one.on, visit),
        "in": visit.words.count("upcoming.days", days) if days else visit.words("upcoming.today"),
        "role": visit.words(f"upcoming.{one.role}"),
        "title": line(document["title"], 120),
        "lang": document["lang"],
        "link": f"/documents/{quote(document['id'])}",
    }
