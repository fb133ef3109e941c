"""The numbers of a change that matter to a trigger: what moved between two versions, or what a text states itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from classify.pairing import Quantity, pair_facts, stated_changes
from digests.finding import Number
from index.archive.archive import Archive
from index.records import Change, Fact, FieldChange, Tag, Version

_OF_TRIGGER = {"pricing": ("price", "discount", "subsidy", "allowance"), "quota": ("quota", "allowance")}
"""Kinds of facts that speak for a shipped trigger; for any other trigger all do."""
Grounds = tuple[Version, Tag]
"""What an alert rests on: the version and the tag that fired."""
_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?)%")
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


def specific(quantities: Iterable[Quantity], trigger: str) -> tuple[Quantity, ...]:
    """As `relevant`, for a trigger that is about numbers of its own; nothing for any other."""
    return relevant(quantities, trigger) if trigger in _OF_TRIGGER else ()


def largest(quantities: Iterable[Quantity]) -> float | None:
    """The largest move in percent, with its sign; None without one."""
    moves = [float(one.percent) for one in quantities if one.percent is not None]
    return max(moves, key=abs) if moves else None


def told(change: Change, quantities: Sequence[Quantity], facts: Sequence[Fact], on: Grounds) -> tuple[Number, ...]:
    """The numbers of an alert: those that moved, else what a new text states near the words that made it fire.

    An amendment tells only what it touched: a rate limit that stayed is no news of a price that rose.
    """
    if quantities:
        return tuple(_moved(one) for one in quantities)
    if change.kind != "new":
        return tuple(shares(change.diff.fields))
    version, tag = on
    kinds = _OF_TRIGGER.get(tag.trigger, ())
    near = [fact for fact in facts if fact.kind in kinds and _is_near(fact, version.reading.text, tag)]
    rest = [fact for fact in facts if fact.kind in kinds and fact not in near]
    return tuple(_stated(fact) for fact in [*near, *rest][:_STATED])


def shares(fields: Iterable[FieldChange]) -> Iterator[Number]:
    """Percentages that an amendment changed under their own name (`第四条 免费额度比例`: 5% → 2%)."""
    for field in fields:
        pair = [_PERCENT.fullmatch(value or "") for value in (field.before, field.after)]
        if pair[0] and pair[1]:
            before, after = pair[0][1], pair[1][1]
            name = field.field.partition(" ")[2] or field.field
            yield Number(metric="percent", before=before, after=after, unit="percent", item=name)


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
        per=_real(one.per),
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
        per=_real(values.get("per")),
        item=values.get("item"),
        quantity=values.get("quantity"),
        quantity_unit=values.get("quantity_unit"),
    )


def _real(per: str | None) -> str | None:
    """A quota that holds at all times has per `none` (see docs/facts.md), which says nothing."""
    return None if per == "none" else per
