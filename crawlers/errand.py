"""One visit of one source under way: what its parts share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from config.source import Source
from crawlers.faults import Fault
from crawlers.keeper import Keeper
from crawlers.known import Known, is_first_crawl
from crawlers.terms import Count, Terms
from crawlers.troubles import Troubles


@dataclass(slots=True)
class Errand:
    """`started` by the clock of the archive; `first`: nothing of the source was read before."""

    source: Source
    terms: Terms
    started: datetime
    first: bool
    known: Known
    troubles: Troubles
    keeper: Keeper
    count: Count = field(default_factory=Count)

    def report(self, fault: Fault, url: str, *, alone: bool = False) -> None:
        """Note a fault; a problem is opened where its kind was not open. Raises StorageProblem.

        `alone`: it concerns this address only and says nothing about the site.
        """
        self.count.problems += 1
        problem = self.troubles.meet(fault, url, self.terms.clock(), alone=alone)
        if problem:
            self.keeper.keep(partial(self.troubles.open_problem, problem))

    def done(self) -> None:
        """Count a document as done."""
        self.count.done += 1
        self.terms.progress(self.source.id, self.count.done, self.count.asked)


def errand(source: Source, terms: Terms) -> Errand:
    """A visit that begins now."""
    archive, now = terms.archive, terms.clock()
    return Errand(
        source=source,
        terms=terms,
        started=now,
        first=is_first_crawl(archive, source, now),
        known=Known(archive, source),
        troubles=Troubles(archive, source.id),
        keeper=Keeper(archive, terms.emit),
    )
