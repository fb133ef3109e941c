"""Replays the archive under changed triggers and scenarios: what would have been alerted, against what was.

Nothing is written. Tags of triggers that did not change are taken as stored; others are made anew, with the vectors
that the archive keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from agent.alerting import is_news
from agent.classifying import STAGE, tags
from agent.findings import Bench, finding
from agent.judge import Judge, open_judge
from agent.progress import progress
from agent.signals import memory, signal, signals
from agent.version import VERSION
from classify.scenarios import Signal
from config.declarations import Declarations
from config.settings import Settings
from digests.compose import event
from digests.finding import Context
from index.archive.archive import Archive
from index.records import Alert, Change, Tag

Status = Literal["gained", "lost", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One alert under both rules. `was` and `would` are event data (docs/alerts.md), None where there is no alert.

    `alert` is the id of the alert that was made, empty for one that is gained.
    """

    status: Status
    change: str
    trigger: str
    at: datetime
    alert: str
    was: Mapping[str, Any] | None
    would: Mapping[str, Any] | None

    @property
    def told(self) -> Mapping[str, Any]:
        """Whichever there is, the new one first."""
        return self.would or self.was or {}


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a replay brought, oldest first. `judged` changes were news, `retagged` of them judged anew.

    `pending` were not classified yet and are left out. `triggers` names those that are new or changed.
    """

    since: datetime
    until: datetime
    judged: int
    retagged: int
    pending: int
    triggers: tuple[str, ...]
    outcomes: tuple[Outcome, ...]

    def of(self, status: Status) -> tuple[Outcome, ...]:
        """The outcomes of one status."""
        return tuple(one for one in self.outcomes if one.status == status)


@dataclass
class _Replay:
    """One replay at work."""

    archive: Archive
    declarations: Declarations
    settings: Settings
    keys: set[str] = field(default_factory=set)
    anew: set[str] = field(default_factory=set)
    retagged: int = 0

    @cached_property
    def judge(self) -> Judge:
        """Loaded when the first trigger has to be judged anew, and never before."""
        return open_judge(self.archive, self.declarations, self.settings)

    @cached_property
    def bench(self) -> Bench:
        return Bench(self.archive, self.declarations)

    def tags(self, change: Change) -> list[Tag]:
        """Stored tags of unchanged triggers and new ones of the others, by trigger."""
        declared = self.declarations.triggers
        stored = {
            tag.trigger: tag
            for tag in self.archive.judgements.tags(change.id)
            if tag.trigger in declared and tag.trigger_version == declared[tag.trigger].version
        }
        if missing := declared.keys() - stored.keys():
            self.anew |= missing
            self.retagged += 1
            made = tags(self.archive, self.declarations, self.judge, change)
            self.judge.memory.forget()
            stored |= {tag.trigger: tag for tag in made if tag.trigger in missing}
        return [stored[name] for name in sorted(stored)]

    def alerts(self, change: Change, known: Sequence[Signal], at: datetime) -> Iterator[Alert]:
        """What would be alerted of a change at a time, given the signals before it."""
        context = Context(self.settings.deployment, VERSION, self.settings.public_url)
        for tag in self.tags(change):
            found = finding(self.bench, change, tag, known, at) if tag.fires else None
            if found and found.key not in self.keys:
                self.keys.add(found.key)
                made = event(0, found, context)
                yield Alert(0, made["id"], found.key, change.id, tag.trigger, at, made)


def backtest(
    archive: Archive, declarations: Declarations, settings: Settings, since: datetime, until: datetime
) -> Backtest:
    """Replay the changes from `since` on and before `until` under these declarations.

    Each alert counts at the time at which the real one was made, or where there is none, at that of its change, so that
    windows of scenarios see what they would have seen.
    """
    replay = _Replay(archive, declarations, settings)
    known = list(signals(archive, since - memory(declarations), since))
    news = [change for change in archive.documents.changes_between(since, until) if is_news(change)]
    ready = [change for change in news if archive.judgements.is_done(STAGE, change.id)]
    outcomes: list[Outcome] = []
    with progress("backtest", len(ready)) as shown:
        for done, change in enumerate(ready, 1):
            real = _standing(archive, change)
            at = min((one.at for one in real), default=change.at)
            would = list(replay.alerts(change, known, at))
            known.extend(signal(one) for one in would)
            outcomes.extend(_compared(real, would))
            shown(change.source, done)
    pending = len(news) - len(ready)
    changed = tuple(sorted(replay.anew))
    return Backtest(since, until, len(ready), replay.retagged, pending, changed, tuple(outcomes))


def as_json(made: Backtest) -> dict[str, Any]:
    """The replay as plain values; unchanged alerts are only counted."""
    return {
        "since": made.since.isoformat(),
        "until": made.until.isoformat(),
        "changes": made.judged,
        "retagged": made.retagged,
        "pending": made.pending,
        "triggers_changed": list(made.triggers),
        "counts": {status: len(made.of(status)) for status in ("gained", "lost", "changed", "same")},
        "alerts": [_outcome(one) for one in made.outcomes if one.status != "same"],
    }


def differences(one: Outcome) -> list[str]:
    """What differs between the alert that was and the one that would be: severity, direction, scenarios."""
    if one.was is None or one.would is None:
        return []
    was, would = _points(one.was), _points(one.would)
    told = [f"{name} {was[name]} to {would[name]}" for name in ("severity", "direction") if was[name] != would[name]]
    before, after = _moves(one.was), _moves(one.would)
    return [*told, *(f"+ {move}" for move in sorted(after - before)), *(f"- {move}" for move in sorted(before - after))]


def _standing(archive: Archive, change: Change) -> list[Alert]:
    """The alerts of a change that were not taken back."""
    made = archive.feed.of_change(change.id)
    gone = {reference for one in made for reference in one.event["data"]["references"]}
    return [one for one in made if one.id not in gone and one.event["data"]["message_type"] == "alert"]


def _compared(real: Iterable[Alert], would: Iterable[Alert]) -> Iterator[Outcome]:
    old, new = {one.trigger: one for one in real}, {one.trigger: one for one in would}
    for trigger in sorted(old.keys() | new.keys()):
        a, b = old.get(trigger), new.get(trigger)
        either = old.get(trigger) or new[trigger]
        was, now = a.event["data"] if a else None, b.event["data"] if b else None
        status: Status = "gained" if was is None else "lost" if now is None else "same"
        made = Outcome(status, either.change, trigger, either.at, a.id if a else "", was, now)
        yield Outcome("changed", *_rest(made)) if differences(made) else made


def _rest(one: Outcome) -> tuple[Any, ...]:
    return one.change, one.trigger, one.at, one.alert, one.was, one.would


def _points(data: Mapping[str, Any]) -> dict[str, str]:
    return {"severity": data["severity"], "direction": data["trigger"]["direction"]}


def _moves(data: Mapping[str, Any]) -> set[str]:
    return {f"{one['id']}/{one['indicator']} {one['effect']} {one['weight']:g}" for one in data["scenarios"]}


def _outcome(one: Outcome) -> dict[str, Any]:
    data = one.told
    return {
        "status": one.status,
        "change": one.change,
        "trigger": one.trigger,
        "at": one.at.isoformat(),
        "alert": one.alert or None,
        "source": data["publisher"]["source_id"],
        "title": data["document"]["title"],
        "headline": data["headlines"]["en"],
        "score": data["trigger"]["score"],
        "severity": data["severity"],
        "scenarios": sorted(_moves(data)),
        "differences": differences(one),
    }
