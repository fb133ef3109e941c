"""Events of the stages as lines of the log: what was read, found, alerted, made and sent, each with its fields."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from digests.delivery import Counts
from digests.issue import Issue
from index.records import Alert, Run

log = logging.getLogger("vedette")


def crawled(run: Run) -> None:
    """One crawl of a source."""
    names = ("source", "requests", "bytes", "listed", "new", "amended", "unchanged", "problems")
    fields = {name: getattr(run, name) for name in names}
    if run.ended_at:
        fields["seconds"] = round((run.ended_at - run.started_at).total_seconds(), 1)
    log.info("crawled", extra=fields)


def found(event: Mapping[str, Any]) -> None:
    """One event of a crawl (design, section 4): problems are warnings, what a first crawl brings is for debugging."""
    kind = event["event"]
    fields = {name: event.get(name) for name in ("source", "url", "document", "title")}
    fields |= {"problem": event.get("problem"), "detail": event.get("message")}
    level = logging.WARNING if kind == "problem" else logging.DEBUG if event.get("baseline") else logging.INFO
    log.log(level, kind, extra=fields)


def judged(changes: int) -> None:
    """Changes just classified."""
    if changes:
        log.info("classified", extra={"changes": changes})


def alerted(alerts: Iterable[Alert]) -> None:
    """Alerts just added to the feed."""
    for one in alerts:
        data = one.event["data"]
        fields = {"alert": one.id, "trigger": one.trigger, "severity": data["severity"]}
        fields |= {"source": data["publisher"]["source_id"], "url": data["document"]["url"]}
        log.info("alert", extra=fields)


def made(issues: Iterable[Issue]) -> None:
    """Issues of digests just made."""
    for one in issues:
        log.info("digest", extra={"issue": one.id, "items": len(one.items), "subscription": one.subscription.id})


def reported(report: Mapping[str, Any]) -> None:
    """The report of a day, just written, with the root of the log as it was told."""
    failed = len({one["source"] for one in report["sources"]["failed"] if one["open"]})
    root = {"entries": report["log"]["size"], "root": report["log"]["root"]}
    log.info("report", extra={"day": report["day"], "alerts": report["alerts"]["count"], "failed": failed} | root)


def delivered(counts: Counts) -> None:
    """One round of deliveries, where anything was tried; each that failed is a warning."""
    for problem in counts.problems:
        log.warning("not delivered", extra={"reason": problem})
    if counts.sent or counts.later or counts.dead:
        log.info("delivered", extra={"sent": counts.sent, "later": counts.later, "dead": counts.dead})
