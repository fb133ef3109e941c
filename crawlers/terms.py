"""What the runs of one call share, and what one run counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from config.settings import Settings
from crawlers.keeper import Event
from index.archive.archive import Archive
from index.records import Run


@dataclass(frozen=True, slots=True)
class Terms:
    """What every run of one call shares. `clock` gives aware times; `emit` is told of events after they are kept."""

    archive: Archive
    settings: Settings
    clock: Callable[[], datetime]
    recheck: bool
    emit: Callable[[Event], None]
    progress: Callable[[str, int, int], None]


@dataclass(slots=True)
class Count:
    """What a run amounts to, as in `index.records.Run`. `foreign`: rows on hosts that are not the source's.

    `hosts`: requests and bytes by host.
    """

    requests: int = 0
    bytes: int = 0
    new: int = 0
    amended: int = 0
    unchanged: int = 0
    problems: int = 0
    foreign: int = 0
    done: int = 0
    asked: int = 0
    hosts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def ask(self, host: str) -> None:
        """Count a request."""
        requests, size = self.hosts.get(host, (0, 0))
        self.hosts[host] = requests + 1, size
        self.requests += 1

    def receive(self, host: str, size: int) -> None:
        """Count the bytes of an answer."""
        requests, before = self.hosts.get(host, (0, 0))
        self.hosts[host] = requests, before + size
        self.bytes += size

    def as_run(self, source: str, started: datetime, ended: datetime, listed: int) -> Run:
        """The record of a run that counted this."""
        return Run(
            source=source,
            started_at=started,
            ended_at=ended,
            requests=self.requests,
            bytes=self.bytes,
            listed=listed,
            new=self.new,
            amended=self.amended,
            unchanged=self.unchanged,
            problems=self.problems,
        )
