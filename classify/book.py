"""The book of prices or quotas: what each provider asked or allowed for each plan, and when that changed.

Pure over the archive's figures. A series follows one number of one provider: inside a document by pairing the facts of
its versions (`classify.pairing`), across documents by the name of the plan or by what it buys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from math import log
from statistics import stdev
from typing import Literal

from classify.book_names import name, unit_price
from classify.pairing import partners, percent_change
from index.archive.figures import Figures
from index.records import Fact, Version
from index.zone import CHINA

Kind = Literal["pricing", "quota"]
_FACT = {"pricing": "price", "quota": "quota"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one version says of one number from the day `on` (China), told by `dated`; `stated` is False for the old
    value of a change that the text tells (由 X 调整为 Y), of which only the end is known.

    `unit` is a currency or a counted unit, `per` as in docs/facts.md. `unit_price` is in `unit` per million tokens,
    None where it cannot be computed.
    """

    on: date
    dated: Literal["effective", "published", "first_seen"]
    amount: Decimal
    unit: str
    per: str | None
    quantity: Decimal | None
    quantity_unit: str | None
    unit_price: Decimal | None
    stated: bool
    document: str
    version: str
    title: str
    url: str
    seen: datetime

    @property
    def measure(self) -> Decimal:
        """What is compared over time: the price of a million tokens where there is one, else the amount."""
        return self.amount if self.unit_price is None else self.unit_price


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one series. `percent` of the measure, one decimal, None where it was 0 before."""

    on: date
    before: Entry
    after: Entry
    percent: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """One number of one provider over time, oldest entry first. `ended` is the day its document was taken down.

    `volatility` is the sample standard deviation of ln(after / before) over its moves, None under two moves.
    """

    provider: str
    region: str
    item: str
    entries: tuple[Entry, ...]
    moves: tuple[Move, ...]
    volatility: float | None
    ended: date | None

    @property
    def last(self) -> Entry:
        """The newest entry."""
        return self.entries[-1]


@dataclass(frozen=True, slots=True)
class Provider:
    """Who speaks: the source's authority, and its region, for carriers price by province."""

    authority: str
    region: str


@dataclass(slots=True)
class _Open:
    """A series in the making."""

    provider: Provider
    item: str
    entries: list[Entry]
    ended: date | None = None


def book(kind: Kind, figures: Iterable[Figures], providers: Mapping[str, Provider]) -> tuple[Series, ...]:
    """The series of all figures, by provider, region and item; `figures` in the order in which they were seen.

    Sources that `providers` does not name speak for themselves. An entry stands where a number first appears or
    differs from the one before it; what our own new extractor reads differently corrects the entry and is no move.
    """
    found: dict[tuple[str, ...], _Open] = {}
    known: dict[str, tuple[Version, list[tuple[Fact, tuple[str, ...]]]]] = {}
    for one in figures:
        provider = providers.get(one.version.source, Provider(one.version.source, ""))
        before, held = known.get(one.version.document, (None, []))
        facts = _wanted(kind, one.facts)
        keys = _keys(provider, one.version, facts, held)
        for fact, key in zip(facts, keys, strict=True):
            made = found.setdefault(key, _Open(provider, key[-1], []))
            _enter(made, _entry(fact, one.version, before), tooling=one.cause == "tooling")
            made.ended = one.withdrawn and one.withdrawn.astimezone(CHINA).date()
        current = [(f, k) for f, k in zip(facts, keys, strict=True) if f.values.get("role") != "before"]
        known[one.version.document] = (one.version, current)
    series = [_series(one) for one in found.values()]
    return tuple(sorted(series, key=lambda s: (s.provider, s.region, s.item, s.last.on)))


def volatility(moves: Iterable[Move]) -> float | None:
    """Sample standard deviation of ln(after / before), three decimals; None under two moves with positive ends."""
    pairs = [(m.before.measure, m.after.measure) for m in moves]
    logs = [log(b / a) for a, b in pairs if a > 0 and b > 0]
    return round(stdev(logs), 3) if len(logs) > 1 else None


def until(series: Iterable[Series], day: date) -> tuple[Series, ...]:
    """The book as it could be written on a day: what was seen after it is left out."""
    kept = []
    for one in series:
        entries = tuple(e for e in one.entries if e.seen.astimezone(CHINA).date() <= day)
        if entries:
            moves = _moves(entries)
            ended = one.ended if one.ended and one.ended <= day else None
            kept.append(replace(one, entries=entries, moves=moves, volatility=volatility(moves), ended=ended))
    return tuple(kept)


def _wanted(kind: Kind, facts: Sequence[Fact]) -> list[Fact]:
    """Facts of the kind; for quotas also what a plan's price buys, as a quota of its own."""
    own = [f for f in facts if f.kind == _FACT[kind]]
    return own if kind == "pricing" else sorted([*own, *map(_allowance, _plans(facts))], key=lambda f: f.start)


def _plans(facts: Sequence[Fact]) -> list[Fact]:
    return [f for f in facts if f.kind == "price" and "quantity_unit" in f.values]


def _allowance(plan: Fact) -> Fact:
    values = {k: v for k, v in plan.values.items() if k in {"item", "per", "role"}}
    bought = {"amount": plan.values["quantity"], "unit": plan.values["quantity_unit"]}
    return Fact("quota", values | bought, plan.start, plan.end)


def _keys(
    provider: Provider, version: Version, facts: Sequence[Fact], held: Sequence[tuple[Fact, tuple[str, ...]]]
) -> list[tuple[str, ...]]:
    """The series of each fact: that of its partner in the version before, of the other end of a stated change, or new.

    No two facts of one version share a series, but for the two ends of a change.
    """
    before = {id(fact): key for fact, key in held}
    partner = {id(new): before[id(old)] for old, new in partners([f for f, _ in held], facts)}
    keys: list[tuple[str, ...]] = []
    for n, fact in enumerate(facts):
        if n and _two_ends(facts[n - 1], fact) and (n == 1 or keys[n - 2] != keys[n - 1]):
            keys.append(keys[n - 1])
            continue
        key = partner.get(id(fact)) or _identity(provider, version, fact)
        keys.append(_free(key, {*keys, *(k for i, k in partner.items() if i != id(fact))}))
    return keys


def _two_ends(a: Fact, b: Fact) -> bool:
    """Whether two neighbours are the old and the new value of one number."""
    same = all(a.values.get(k) == b.values.get(k) for k in ("currency", "unit", "per"))
    return same and {a.values.get("role"), b.values.get("role")} in ({"before", "after"}, {"before", "current"})


def _identity(provider: Provider, version: Version, fact: Fact) -> tuple[str, ...]:
    """Provider, unit and name; a name that is only a place in the text holds within its document."""
    told, shared = name(fact, version.reading.text)
    values = fact.values
    unit = values.get("currency") or values.get("unit", "")
    role = values.get("role", "") if values.get("role") in {"min", "max"} else ""
    place = "" if shared else version.document
    item = told or version.reading.title
    return provider.authority, provider.region, unit, values.get("per", ""), role, place, item


def _free(key: tuple[str, ...], taken: set[tuple[str, ...]]) -> tuple[str, ...]:
    number, free = 1, key
    while free in taken:
        number += 1
        free = (*key[:-1], f"{key[-1]} ({number})")
    return free


def _entry(fact: Fact, version: Version, before: Version | None) -> Entry:
    on, dated = _day(version, before)
    values = fact.values
    bought = values.get("quantity")
    return Entry(
        on=on,
        dated=dated,
        amount=Decimal(values["amount"]),
        unit=values.get("currency") or values.get("unit", ""),
        per=None if values.get("per") in {None, "none"} else values["per"],
        quantity=Decimal(bought) if bought else None,
        quantity_unit=values.get("quantity_unit"),
        unit_price=unit_price(fact),
        stated=values.get("role") != "before",
        document=version.document,
        version=version.id,
        title=version.reading.title,
        url=version.reading.url,
        seen=version.first_seen,
    )


def _day(version: Version, before: Version | None) -> tuple[date, Literal["effective", "published", "first_seen"]]:
    """From when it holds: the effective date, else the published one. An amended page that keeps its dates says nothing
    of when it was amended, so that the day counts on which it was seen.
    """
    reading, old = version.reading, before.reading if before else None
    if reading.effective and (old is None or reading.effective != old.effective):
        return reading.effective, "effective"
    if reading.published and (old is None or reading.published != old.published):
        return reading.published, "published"
    return version.first_seen.astimezone(CHINA).date(), "first_seen"


def _enter(made: _Open, entry: Entry, *, tooling: bool) -> None:
    last = made.entries[-1] if made.entries else None
    if last and tooling and last.document == entry.document:
        made.entries[-1] = replace(entry, on=last.on, dated=last.dated, seen=last.seen)
    elif last is None or (entry.stated and _differs(last, entry)):
        made.entries.append(entry)
    elif entry.stated and not last.stated:
        made.entries[-1] = entry
    elif not entry.stated and last.version == entry.version and len(made.entries) == 1:
        made.entries.insert(0, entry)


def _differs(a: Entry, b: Entry) -> bool:
    return a.measure != b.measure or a.amount != b.amount


def _series(one: _Open) -> Series:
    entries = tuple(sorted(one.entries, key=lambda e: e.on))
    moves = _moves(entries)
    return Series(one.provider.authority, one.provider.region, one.item, entries, moves, volatility(moves), one.ended)


def _moves(entries: Sequence[Entry]) -> tuple[Move, ...]:
    return tuple(
        Move(b.on, a, b, percent_change(str(a.measure), str(b.measure)))
        for a, b in pairwise(entries)
        if a.measure != b.measure
    )
