"""The problems of one source over its runs: each kind is opened once, and closed by a run that meets it no more."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from urllib.parse import urlsplit

from crawlers import events
from crawlers.faults import UNREACHABLE, Fault
from crawlers.keeper import Event
from index.archive.archive import Archive
from index.cleaning import clean_text
from index.records import Problem, ProblemKind

IN_A_ROW = 3
"""So many addresses of one host one after the other without an answer mean that it is down: the rest is left alone."""


class Troubles:
    """What is wrong with a source, as known before this run and as met in it."""

    def __init__(self, archive: Archive, source: str) -> None:
        self._archive = archive
        self._source = source
        self._open: dict[ProblemKind, Problem] = {p.kind: p for p in archive.health.problems(source)}
        self.met: set[ProblemKind] = set()
        self.stopped = False
        self._faulty: set[str] = set()
        self._asked: set[str] = set()
        self._row: Counter[str] = Counter()

    @property
    def places(self) -> frozenset[str]:
        """The addresses at which the open problems were met."""
        return frozenset(problem.url for problem in self._open.values())

    def is_open(self, kind: ProblemKind) -> bool:
        """Whether a problem of this kind is open."""
        return kind in self._open

    def meet(self, fault: Fault, url: str, at: datetime, *, alone: bool = False) -> Problem | None:
        """Note a fault; the problem to open where its kind was not open yet. May set `stopped`, unless `alone`."""
        self._faulty.add(url)
        self._asked.add(url)
        self.met.add(fault.kind)
        if not alone:
            host = urlsplit(url).netloc
            self._row[host] = self._row[host] + 1 if fault.kind in UNREACHABLE or fault.kind == "blocked" else 0
            self.stopped = self.stopped or fault.stops or self._row[host] >= IN_A_ROW
        if fault.kind in self._open:
            return None
        # words and addresses of a fault may be a server's: nothing in them drives a terminal
        self._open[fault.kind] = Problem(self._source, fault.kind, clean_text(fault.text), clean_text(url), at)
        return self._open[fault.kind]

    def well(self, url: str) -> None:
        """Note that an address answered as it should."""
        self._asked.add(url)
        self._row[urlsplit(url).netloc] = 0

    def open_problem(self, problem: Problem) -> list[Event]:
        """Keep a problem; a job for the keeper."""
        return [events.of_problem(problem)] if self._archive.health.open(problem) else []

    def recovered(self, addresses: frozenset[str]) -> list[Problem]:
        """The problems that this run shows to be over.

        A problem is over when its address was asked and answered well, or is asked no more (`addresses` are those that
        still matter), and its kind was not met anywhere. A run that was stopped shows nothing.
        """
        if self.stopped:
            return []
        over = (p for p in self._open.values() if p.kind not in self.met)
        return [p for p in over if p.url in self._asked or p.url not in addresses]

    def close_problem(self, problem: Problem, at: datetime) -> list[Event]:
        """Close a problem; a job for the keeper."""
        closed = self._archive.health.close(self._source, problem.url, at, problem.kind)
        return [events.of_recovery(p, at) for p in closed]
