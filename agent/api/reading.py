"""Reading the feed: places, filters and batches, in feed order and without gaps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.api.problems import Problem
from config.subscription import Filter
from digests.selection import matches
from index.archive.archive import Archive
from index.archive.told import Line

CHUNK = 500
"""Events looked at in one go."""
_ID = re.compile(r"[0-9]{12}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Batch:
    """Events found, and place and id of the last event looked at: whoever goes on after it misses nothing."""

    found: tuple[Line, ...]
    place: int
    seen: str | None
    more: bool


def place(archive: Archive, cursor: str | None, since: datetime) -> int:
    """The place in the feed after which to read; without a cursor, before the oldest event that is served.

    Raises Problem: 400 for what is no event id, 409 for an id of another feed, 410 where events after the cursor are no
    longer served.
    """
    oldest = archive.told.oldest(since)
    last = archive.feed.last_seq()
    start = oldest.seq - 1 if oldest else last
    if cursor is None:
        return start
    if not _ID.fullmatch(cursor):
        raise Problem(
            400, "No event id", f"lastEventId: {cursor[:60]!r} is no id of an event, such as 000000000123-9f2c41d0."
        )
    seq = int(cursor[:12])
    known = archive.told.at_place(seq)
    if seq > last or (known is not None and known != cursor):
        detail = f"lastEventId: {cursor} is of another feed. Leave it out to read from the oldest event."
        raise Problem(409, "Another feed", detail, oldest=oldest.id if oldest else None)
    if seq < start:
        detail = "Events after lastEventId are no longer served. Leave it out to go on with the oldest."
        raise Problem(410, "Out of retention", detail, oldest=oldest.id if oldest else None)
    return seq


def forward(archive: Archive, seq: int, most: int, wanted: Filter | None) -> Batch:
    """Up to `most` events that are asked for among the next CHUNK; call again from `place` while there is more."""
    size = CHUNK if wanted else min(CHUNK, most)
    lines = archive.told.after(seq, size)
    found: list[Line] = []
    looked: Line | None = None
    for looked in lines:
        if wanted is None or asked(looked, wanted):
            found.append(looked)
        if len(found) == most:
            break
    if looked is None:
        return Batch((), seq, None, more=False)
    return Batch(tuple(found), looked.seq, looked.id, more=looked is not lines[-1] or len(lines) == size)


def newest(archive: Archive, most: int, wanted: Filter | None, since: datetime) -> list[Line]:
    """The newest events that are asked for, newest first."""
    found: list[Line] = []
    for line in _backward(lambda seq: archive.told.before(seq, CHUNK)):
        if line.at < since or len(found) == most:
            break
        if wanted is None or asked(line, wanted):
            found.append(line)
    return found


def asked(line: Line, wanted: Filter) -> bool:
    """Whether an event is asked for; the trigger is looked at first, since that needs no parsing."""
    if wanted.triggers and line.trigger not in wanted.triggers:
        return False
    return matches(json.loads(line.event), wanted)


def _backward(chunk: Callable[[int], list[Line]]) -> Iterator[Line]:
    seq = 2**62
    while lines := chunk(seq):
        yield from lines
        seq = lines[-1].seq
