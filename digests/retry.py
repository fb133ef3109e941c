"""When a failed delivery is tried again: the schedule of Standard Webhooks 1.0.0, for mail as well.

Eleven attempts over three days for a delivery that is refused. Where nothing gets through at all, for no fault of the
delivery, it is tried for as long as it takes, half-hourly in the end, and whatever goes the same way waits behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from index.records import Delivery

SCHEDULE = tuple(
    timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400)
)  # 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, and one day more
PAUSES = SCHEDULE[:3]
"""Between attempts on a route that is down; the last one again and again."""
THROTTLED = frozenset({429, 502, 503, 504})
"""HTTP answers that speak of the receiver and not of what was sent (Standard Webhooks 1.0.0, section on throttling)."""
LONGEST_PAUSE = timedelta(days=1)
"""Longest wait that a receiver may ask for (Retry-After)."""
_JITTER = 0.1
_ERROR = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. `later`: try again once `after` has passed; `never`: trying again is futile.

    `down`: nothing gets through to this receiver, whatever it is. `gone`: the receiver wants nothing any more, so all
    that waits for them ends too.
    """

    kind: Literal["sent", "later", "down", "never", "gone"]
    detail: str = ""
    after: timedelta = timedelta(0)


def settled(delivery: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    """The delivery after an attempt: sent, pending with the time of the next attempt, or dead."""
    attempts = delivery.attempts + 1
    tried = replace(delivery, attempts=attempts, last_error=outcome.detail[:_ERROR] or None, next_at=None)
    if outcome.kind == "sent":
        return replace(tried, status="sent")
    if outcome.kind == "down":
        return replace(tried, next_at=now + max(_pause(delivery.key, attempts), outcome.after))
    if outcome.kind in {"never", "gone"} or attempts > len(SCHEDULE):
        return replace(tried, status="dead")
    return replace(tried, next_at=now + max(_late(SCHEDULE[attempts - 1], delivery.key, attempts), outcome.after))


def _pause(key: str, attempts: int) -> timedelta:
    return _late(PAUSES[min(attempts, len(PAUSES)) - 1], key, attempts)


def _late(step: timedelta, key: str, attempts: int) -> timedelta:
    """A step and up to a tenth more, drawn from the key so that a rerun plans the same."""
    draw = int.from_bytes(sha256(f"{key}|{attempts}".encode()).digest()[:4]) / 2**32
    return step * (1 + _JITTER * draw)
