"""All stages in their order, on one archive. Each may be run alone, twice, or on old data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent import reporting, searches, telling
from agent.alerting import alert
from agent.classifying import classify
from agent.collect import Collecting, collect
from agent.judge import Judge, open_judge
from agent.keeping import release
from agent.reminding import daily, remind
from config.declarations import Declarations
from config.settings import Settings
from config.source import Source
from digests.daily import make
from digests.delivery import Counts, deliver
from digests.issue import Issue
from digests.outbox import write_feed
from index.altering import index_changes
from index.archive.archive import Archive
from index.records import Run

FEED = "out/alerts.jsonl"


@dataclass(frozen=True)
class Pipeline:
    """One archive with what is declared and set; `clock` gives aware times and may be simulated."""

    archive: Archive
    declarations: Declarations
    settings: Settings
    clock: Callable[[], datetime]

    def open_judge(self) -> Judge:
        """Load encoder and head: seconds, and half a gigabyte."""
        return open_judge(self.archive, self.declarations, self.settings)

    def crawl(self, sources: Sequence[Source], *, recheck: bool = False) -> tuple[Run, ...]:
        """Read the sources once."""
        return collect(self.archive, sources, Collecting(self.settings, self.clock, recheck))

    def daily(self) -> None:
        """Make what falls due by the calendar (its changes wait for `classify`), and give up old bytes if told to."""
        daily(self.archive, self.clock())
        if days := self.settings.keep_bytes_days:
            release(self.archive, timedelta(days=days), self.clock())

    def report(self) -> dict[str, Any] | None:
        """Write the report of yesterday where it is not there yet, and return it if so."""
        made = reporting.daily(self.archive, self.declarations, self.settings, self.clock())
        if made:
            telling.reported(made)
        return made

    def classify(self, judge: Judge) -> int:
        """Judge what is new, and what falls due by the calendar, reported when a day is over; how many changes."""
        self.daily()
        self.report()
        judged = classify(self.archive, self.declarations, judge, self.clock())
        telling.judged(judged)
        index_changes(self.archive, judge.encoder, self.clock())
        searches.ask(self.archive, self.declarations, judge.encoder, self.clock())
        return judged

    def alert(self) -> int:
        """Alert what was judged, and bring `out/alerts.jsonl` up to the feed; how many alerts were added."""
        of = (self.archive, self.declarations, self.settings, self.clock())
        last = self.archive.feed.last_seq()
        added = alert(*of) + remind(*of) + searches.tell(*of)
        if added:
            telling.alerted(self.archive.feed.after(last, added))
        self.write_feed()
        return added

    def write_feed(self) -> int:
        """Append to `out/alerts.jsonl` what it lacks; how many events."""
        path = self.archive.home / FEED
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_feed(self.archive, path)

    def digest(self) -> list[Issue]:
        """Make the issues that are due."""
        issues = make(self.archive, self.declarations, self.settings, self.clock())
        telling.made(issues)
        return issues

    def deliver(self) -> Counts:
        """Try every delivery that is due."""
        counts = deliver(self.archive, self.declarations, self.settings, self.clock())
        telling.delivered(counts)
        return counts
