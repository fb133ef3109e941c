"""Slows down who guesses tokens: after some wrong ones, a client waits before another is looked at."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST = 10
WITHIN = timedelta(minutes=1)
_CLIENTS = 4096
_KNOWN = 1024


class Attempts:
    """Wrong tokens by client: MOST of them WITHIN a minute. In memory, and bounded.

    A token that was right before is always looked at, so that a guesser behind the same proxy locks nobody out.
    """

    def __init__(self) -> None:
        self._failed: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def wait(self, client: str, digest: str, now: datetime) -> int:
        """Seconds until a token of this digest is looked at; 0 for now."""
        times = self._failed.get(client)
        if digest in self._known or times is None:
            return 0
        while times and now - times[0] >= WITHIN:
            times.popleft()
        return int((times[0] + WITHIN - now).total_seconds()) + 1 if len(times) >= MOST else 0

    def failed(self, client: str, now: datetime) -> None:
        """Note a wrong token."""
        self._failed.setdefault(client, deque(maxlen=MOST)).append(now)
        self._failed.move_to_end(client)
        if len(self._failed) > _CLIENTS:
            self._failed.popitem(last=False)

    def passed(self, digest: str) -> None:
        """Note a right one."""
        self._known[digest] = None
        self._known.move_to_end(digest)
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)
