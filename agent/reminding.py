"""Dates that come near, told as events: what was alerted takes effect, closes for comments, or expires.

A reminder is an update of the alert it reminds of, with a reference to it; nothing is told of a work that was never
alerted, or whose alert was taken back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from agent.alerting import is_news
from agent.findings import Bench, finding
from agent.version import VERSION
from config.declarations import Declarations
from config.settings import Settings
from digests.compose import event
from digests.finding import Context, Finding
from index.archive.archive import Archive
from index.dated import remind as make
from index.records import Alert
from index.relations import Reminder
from index.repeals import tell_due

STAGE = "alert"
_WORDS = {
    ("effective", True): ("Takes effect today", "今日施行"),
    ("comments_close", True): ("Comments close today", "今日截止征求意见"),
    ("comments_close", False): ("Comments close in {days} days", "{days} 天后截止征求意见"),
    ("expires", True): ("Expires today", "今日失效"),
    ("expires", False): ("Expires in {days} days", "{days} 天后失效"),
}


def daily(archive: Archive, now: datetime) -> None:
    """Make what falls due by the calendar: reminders, and works that end because another ended them. Idempotent."""
    tell_due(archive, now)
    make(archive, now)


def remind(archive: Archive, declarations: Declarations, settings: Settings, now: datetime) -> int:
    """Tell the reminders that were not told; return how many events were added to the feed."""
    bench = Bench(archive, declarations)
    context = Context(settings.deployment, VERSION, settings.public_url)
    added = 0
    for reminder in archive.reminders.pending(STAGE):
        with archive.transaction():
            found = [_finding(bench, reminder, alert, now) for alert in _alerts(bench, reminder)]
            added += sum(_add(archive, context, one) for one in found if one)
            archive.judgements.done(STAGE, [reminder.id], now)
    return added


def _alerts(bench: Bench, reminder: Reminder) -> list[Alert]:
    """The newest alert of the reminder's work for each trigger, unless it was taken back."""
    found = (bench.archive.feed.of_work(reminder.work, trigger) for trigger in bench.declarations.triggers)
    newest = (alerts[-1] for alerts in found if alerts)
    return [one for one in newest if one.event["data"]["message_type"] != "cancel"]


def _finding(bench: Bench, reminder: Reminder, alert: Alert, now: datetime) -> Finding | None:
    change = bench.archive.documents.change(alert.change)
    tag = next((one for one in bench.archive.judgements.tags(alert.change) if one.trigger == alert.trigger), None)
    if change is None or tag is None or not is_news(change):
        return None
    again = finding(bench, change, tag, (), now)
    return again and replace(again, **_said(reminder, alert))


def _said(reminder: Reminder, alert: Alert) -> dict[str, Any]:
    """What a reminder changes of the finding that it reminds of."""
    data = alert.event["data"]
    words = _WORDS[reminder.role, reminder.lead == 0]
    told = [one.format(days=reminder.lead) for one in words]
    return {
        "key": sha256(f"reminder|{reminder.id}|{alert.trigger}".encode()).hexdigest(),
        "message_type": "update",
        "references": (alert.id,),
        "revision": data["revision"] + 1,
        "effects": (),
        "headlines": {
            "en": f"{told[0]}: {data['headlines']['en']}",
            "zh": f"{told[1]}：{data['headlines']['zh']}",
        },
        "summary": f"{told[0]} ({reminder.day}). {told[1]}（{reminder.day}）。",
    }


def _add(archive: Archive, context: Context, found: Finding) -> bool:
    change, trigger = found.change, found.tag.trigger
    build = partial(event, finding=found, context=context)
    return archive.feed.add(found.key, change.id, trigger, change.work, found.at, build) is not None
