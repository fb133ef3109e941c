"""What happened to a document: each change with its clauses, values, tags, evidence and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.dossier import Dossier, Event
from agent.web.items import diff_link, judged, way
from agent.web.today import trigger_name
from agent.web.visit import Visit
from digests.card import headline_of
from digests.headline import amount, item_name, per_word, percentage
from digests.plain import line
from index.records import Alert, Change, Tag

_CLAUSES, _SPAN, _FIELDS = 6, 280, 12


def event_row(found: Dossier, event: Event, visit: Visit) -> dict[str, Any]:
    """Everything that the document's page prints of one change."""
    change, words = event.change, visit.words
    numbers = _numbers(event.alerts, visit)
    compared = change.before and change.after and change.before != change.after and change.kind != "moved"
    return {
        "id": change.id,
        "at": change.at,
        "kind": words(f"kind.{change.kind}"),
        "notes": _notes(change, visit),
        "clauses": [
            {
                "op": words(f"op.{one.op}"),
                "locator": line(one.locator, 60),
                "before": line(one.before or "", _SPAN),
                "after": line(one.after or "", _SPAN),
            }
            for one in change.diff.clauses[:_CLAUSES]
        ],
        "more": max(0, len(change.diff.clauses) - _CLAUSES),
        "fields": [
            (words.term("field", one.field), line(one.before or "", 120), line(one.after or "", 120))
            for one in change.diff.fields[:_FIELDS]
            if not numbers or words.has(f"field.{one.field}")
        ],
        "attachments": [(words(f"op.{one.op}"), one.before, one.after) for one in change.diff.attachments[:_FIELDS]],
        "compare": diff_link(found.document, change.before or "", change.after or "") if compared else "",
        "tags": [_tag(one, visit) for one in event.tags if one.fires],
        "alerts": [_alert(one, visit) for one in event.alerts],
        "numbers": numbers,
    }


def _notes(change: Change, visit: Visit) -> list[str]:
    notes = [visit.words(f"desk.changes.{name}") for name in ("baseline", "silent", "repost") if getattr(change, name)]
    return [*notes, visit.words("desk.changes.tooling")] if change.cause == "tooling" else notes


def _tag(tag: Tag, visit: Visit) -> dict[str, Any]:
    words = visit.words
    direction = "" if tag.direction == "neutral" else words(f"direction.{tag.direction}")
    return {
        "title": trigger_name(tag.trigger, visit),
        "direction": direction,
        "way": {"tighten": "up", "loosen": "down"}.get(tag.direction, ""),
        "score": f"{tag.score:.2f}",
        "model": tag.model,
        "quotes": [line(one.quote, 400) for one in tag.evidence],
    }


def _alert(alert: Alert, visit: Visit) -> dict[str, Any]:
    event = alert.event
    return judged(alert, visit.words) | {
        "id": alert.id,
        "severity": event["severity"],
        "severity_word": visit.words(f"severity.{event['severity']}"),
        "headline": headline_of(event, visit.words),
        "way": way(event["data"]),
    }


def _numbers(alerts: Sequence[Alert], visit: Visit) -> list[dict[str, str]]:
    """Values before and after, as the alerts told them, each once."""
    words = visit.words
    told: dict[tuple[str, ...], dict[str, str]] = {}
    for alert in alerts:
        for one in alert.event["data"]["change"]["quantities"]:
            name = item_name(one["item"], one["quantity"], one["quantity_unit"], words)
            made = {
                "what": name or words.term("metric", one["metric"]),
                "per": per_word(one["per"], words),
                "before": amount(one["before"], one["unit"], words) if one["before"] else "",
                "after": amount(one["after"], one["unit"], words),
                "change": percentage(one["percent"]) if one["percent"] is not None else "",
            }
            told.setdefault(tuple(made.values()), made)
    return list(told.values())[:20]
