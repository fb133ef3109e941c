"""What is remembered of an address after it was asked. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawlers.answers import Answer
from index.records import FetchState


def answered(
    answer: Answer, source: str, document: str | None, now: datetime, before: FetchState | None = None
) -> FetchState:
    """What to remember of an address that answered well; a 304 leaves the marks of `before` as they were."""
    if answer.status == 304 and before:
        return replace(before, status=304, checked_at=now, missing_since=None)
    return FetchState(
        url=answer.url,
        source=source,
        document=document,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        sha256=answer.sha256,
        status=answer.status,
        checked_at=now,
        read_at=now,
    )


def unanswered(url: str, source: str, before: FetchState | None, now: datetime) -> FetchState:
    """What to remember of an address that did not answer as it should: what was known of its content, and status 0."""
    if before:
        return replace(before, status=0, checked_at=now)
    return FetchState(url, source, None, None, None, None, 0, now)
