"""The numbers of a change that matter to a trigger: what moved between two versions, or what a text states itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classify.pairing import Quantity, pair_facts, stated_changes
from digests.finding import Number
from index.archive.archive import Archive
from index.records import Change, Fact, Tag, Version

_OF_TRIGGER = {"pricing": ("price", "discount", "subsidy", "allowance"), "quota": ("quota", "allowance")}
"""Kinds of facts that speak for a shipped trigger; for any other trigger all do."""
_STATED = 6
"""Numbers of a new document that are told."""


def moved(archive: Archive, change: Change) -> tuple[Quantity, ...]:
    """Every number that a change moved: between its versions, or as its text states (由 X 调整为 Y)."""
    after = archive.judgements.facts(change.after) if change.after else []
    if change.before and change.kind == "amended":
        return pair_facts(archive.judgements.facts(change.before), after)
    return stated_changes(after)


def relevant(quantities: Iterable[Quantity], trigger: str) -> tuple[Quantity, ...]:
    """Those that speak for a trigger."""
    kinds = _OF_TRIGGER.get(trigger)
    return tuple(one for one in quantities if kinds is None or one.metric in kinds)


def largest(quantities: Iterable[Quantity]) -> float | None:
    """The largest move in percent, with its sign; None without one."""
    moves = [float(one.percent) for one in quantities if one.percent is not None]
    return max(moves, key=abs) if moves else None


def told(quantities: Sequence[Quantity], facts: Sequence[Fact], version: Version, tag: Tag) -> tuple[Number, ...]:
    """The numbers of an alert: those that moved, else what a new text states near the words that made it fire."""
    if quantities:
        return tuple(_moved(one) for one in quantities)
    kinds = _OF_TRIGGER.get(tag.trigger, ())
    near = [fact for fact in facts if fact.kind in kinds and _is_near(fact, version.reading.text, tag)]
    rest = [fact for fact in facts if fact.kind in kinds and fact not in near]
    return tuple(_stated(fact) for fact in [*near, *rest][:_STATED])


def _is_near(fact: Fact, text: str, tag: Tag) -> bool:
    """Whether a fact stands on a line of the evidence."""
    start = text.rfind("\n", 0, fact.start) + 1
    end = text.find("\n", fact.end)
    return any(quote.start < (end if end >= 0 else len(text)) and quote.end > start for quote in tag.evidence)


def _moved(one: Quantity) -> Number:
    return Number(
        metric=one.metric,
        before=one.before,
        after=one.after,
        unit=one.unit,
        per=one.per,
        percent=None if one.percent is None else float(one.percent),
        item=one.item,
        quantity=one.plan,
        quantity_unit=one.plan_unit,
    )


def _stated(fact: Fact) -> Number:
    values = fact.values
    percent = values.get("percent") or values.get("percent_off")
    return Number(
        metric=fact.kind,
        before=None,
        after=values.get("amount") or percent,
        unit=values.get("currency") or values.get("unit") or ("percent" if percent else None),
        per=values.get("per"),
        item=values.get("item"),
        quantity=values.get("quantity"),
        quantity_unit=values.get("quantity_unit"),
    )
