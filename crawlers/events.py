"""The events that `vedette crawl --events FILE` appends: one flat object each (design, section 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from index.diff import as_json
from index.records import Change, Problem


def of_change(change: Change, url: str, title: str) -> dict[str, Any]:
    """The event of a change, with its diff as `vedette diff` prints it where there are two versions to compare."""
    compared = change.before and change.after and change.diff.changed
    return {
        **_event(change.kind, change.source, url, change.at),
        "document": change.document,
        "title": title,
        "baseline": change.baseline,
        "change": as_json(change.diff, change.kind) if compared else None,
    }


def of_problem(problem: Problem) -> dict[str, Any]:
    """The event of a problem when it is opened."""
    return {
        **_event("problem", problem.source, problem.url, problem.opened_at),
        "problem": problem.kind,
        "message": problem.message,
    }


def of_recovery(problem: Problem, at: datetime) -> dict[str, Any]:
    """The event of a problem when it is closed."""
    return {**_event("recovered", problem.source, problem.url, at), "problem": problem.kind}


def _event(name: str, source: str, url: str, at: datetime) -> dict[str, Any]:
    return {
        "event": name,
        "source": source,
        "url": url,
        "document": None,
        "title": None,
        "at": at.isoformat(),
        "baseline": False,
        "problem": None,
        "change": None,
    }
