"""Signals that scenarios count, read back from the feed: what was alerted is what a consumer can count too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from classify.scenarios import Signal
from config.declarations import Declarations
from digests.selection import SEARCH
from index.archive.archive import Archive
from index.records import Alert

_ALWAYS = timedelta(days=1)


def memory(declarations: Declarations) -> timedelta:
    """How far back any indicator looks."""
    indicators = (one for scenario in declarations.scenarios.values() for one in scenario.indicators)
    return max((one.at_least.within for one in indicators if one.at_least), default=_ALWAYS)


def signals(archive: Archive, since: datetime, until: datetime) -> Iterator[Signal]:
    """The signals of alerts made in a window, oldest first; alerts taken back do not count."""
    alerts = archive.feed.between(since, until)
    taken_back = {reference for one in alerts for reference in one.event["data"]["references"]}
    yield from (signal(one) for one in alerts if one.id not in taken_back and _is_alert(one))


def _is_alert(alert: Alert) -> bool:
    """Cancellations and saved searches say nothing of scenarios; the triggers of the same change do."""
    return bool(alert.event["data"]["message_type"] != "cancel" and not alert.trigger.startswith(SEARCH))


def signal(alert: Alert) -> Signal:
    """The signal that an alert stands for."""
    data = alert.event["data"]
    publisher = data["publisher"]
    return Signal(
        change=alert.change,
        work=data["document"]["work_id"],
        source=publisher["source_id"],
        authority=publisher["authority"],
        tier=publisher["tier"],
        region=publisher["region"],
        trigger=alert.trigger,
        direction=data["trigger"]["direction"],
        lifecycle=data["document"]["lifecycle"],
        kind=data["change"]["kind"],
        severity=data["severity"],
        at=alert.at,
    )
