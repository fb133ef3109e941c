"""Facts before and after an amendment, paired: what rose, what fell, and by how much.

Pure over facts: the caller brings those of both versions (or of one text that states a change itself).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import pairwise

from index.records import Fact

_COUNTED = ("price", "quota", "subsidy", "discount")
# Price and allowance of one plan are told apart by these; from the strictest match to the loosest.
_KEYS: tuple[tuple[str, ...], ...] = (
    ("currency", "unit", "per", "role", "quantity", "item"),
    ("currency", "unit", "per", "role", "item"),
    ("currency", "unit", "per", "role", "quantity"),
    ("currency", "unit", "per", "role", "amount"),
    ("currency", "unit", "per", "role"),
    ("currency", "unit", "per"),
)
_NAMES = {"item", "quantity", "amount"}
# Without a name in common, numbers further apart than this are not one number that changed.
_FARTHEST = 20


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number that changed. `metric`: price, quota, subsidy, discount, or allowance (what a plan's price buys).

    `before` and `after` are plain decimals as text, in `unit` (a currency, a counted unit, or `percent`) and `per` (see
    docs/facts.md). `percent` is the change relative to `before`, one decimal place, None where `before` is 0 or the
    unit is percent. `item`, `plan` and `plan_unit` name what it is for, where the text does.
    """

    metric: str
    before: str
    after: str
    unit: str
    per: str | None = None
    percent: str | None = None
    item: str | None = None
    plan: str | None = None
    plan_unit: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """The fields as one flat object."""
        return asdict(self)


def pair_facts(before: Sequence[Fact], after: Sequence[Fact]) -> tuple[Quantity, ...]:
    """What changed between the facts of two versions, in the order of the new one.

    Facts that both versions state cancel out. The rest are paired as by `partners`; without a name only where both
    sides have equally many, in order. What has no partner is left out.
    """
    return tuple(q for a, b in partners(before, after) for q in _quantities(a, b))


def partners(before: Sequence[Fact], after: Sequence[Fact]) -> tuple[tuple[Fact, Fact], ...]:
    """(old, new) for every number that both versions give, changed or not, in the order of the new one.

    First those of equal value and name, then of equal name, then of equal value, then ever more loosely by unit.
    """
    pairs: list[tuple[Fact, Fact]] = []
    for kind in _COUNTED:
        old, new = _of(_now(before), kind), _of(_now(after), kind)
        for step in (_same_named, _named, _same, _loose):
            found = list(step(old, new))
            pairs.extend(found)
            old, new = _left(old, new, found)
    return tuple(sorted(pairs, key=lambda p: p[1].start))


def stated_changes(found: Sequence[Fact]) -> tuple[Quantity, ...]:
    """Changes that one text states itself (由 X 调整为 Y): each `before` with the `after` that follows or leads it."""
    counted = [f for f in found if f.kind in _COUNTED]
    return tuple(_stated(counted))


def percent_change(before: str, after: str) -> str | None:
    """Change in percent of `before`, one decimal place, or None where `before` is 0."""
    old = Decimal(before)
    if not old:
        return None
    change = ((Decimal(after) - old) * 100 / old).quantize(Decimal("0.1"))
    return format(change.normalize() if change == change.to_integral() else change, "f")


def _stated(counted: Sequence[Fact]) -> Iterator[Quantity]:
    taken = -1
    for i, (a, b) in enumerate(pairwise(counted)):
        roles = (a.values.get("role"), b.values.get("role"))
        if i <= taken or a.kind != b.kind or _unit(a) != _unit(b) or sorted(map(str, roles)) != ["after", "before"]:
            continue
        taken = i + 1
        yield from _quantities(a, b) if roles[0] == "before" else _quantities(b, a)


def _now(found: Sequence[Fact]) -> list[Fact]:
    """What a version says holds: not the old value of a change that it tells."""
    return [f for f in found if f.kind in _COUNTED and f.values.get("role") != "before"]


def _same_named(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    yield from _equal(old, new, lambda f: (*_meaning(f), f.values.get("item", "")))


def _same(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    yield from _equal(old, new, _meaning)


def _equal(
    old: Sequence[Fact], new: Sequence[Fact], key: Callable[[Fact], tuple[str, ...]]
) -> Iterator[tuple[Fact, Fact]]:
    """Facts of equal key, each once, in order."""
    olds, news = _grouped(old, key), _grouped(new, key)
    for shared, group in olds.items():
        yield from zip(group, news.get(shared, ()), strict=False)


def _named(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Before values are compared: where one plan now costs what another did, names tell them apart."""
    yield from _pairs(old, new, [names for names in _KEYS if "item" in names])


def _loose(old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    yield from _pairs(old, new, [names for names in _KEYS if "item" not in names])


def _meaning(fact: Fact) -> tuple[str, ...]:
    values = {k: v for k, v in fact.values.items() if k != "item"} | {"role": _role(fact)}
    return fact.kind, *(f"{k}={v}" for k, v in sorted(values.items()))


def _role(fact: Fact) -> str:
    """`after` is what holds now; the version before it called the same `current`."""
    role = fact.values.get("role", "current")
    return "current" if role == "after" else role


def _of(found: Sequence[Fact], kind: str) -> list[Fact]:
    return [f for f in found if f.kind == kind]


def _pairs(old: Sequence[Fact], new: Sequence[Fact], keys: Sequence[tuple[str, ...]]) -> Iterator[tuple[Fact, Fact]]:
    for names in keys:
        pairs = list(_matched(old, new, _key(names), named=bool(_NAMES & set(names))))
        yield from pairs
        old, new = _left(old, new, pairs)


def _left(
    old: Sequence[Fact], new: Sequence[Fact], pairs: Sequence[tuple[Fact, Fact]]
) -> tuple[list[Fact], list[Fact]]:
    """What has no partner yet."""
    gone = {id(fact) for pair in pairs for fact in pair}
    return [f for f in old if id(f) not in gone], [f for f in new if id(f) not in gone]


def _key(names: Sequence[str]) -> Callable[[Fact], tuple[str, ...] | None]:
    """The values of `names` as a key; None where a name that tells things apart is not stated."""

    def key(fact: Fact) -> tuple[str, ...] | None:
        if any(n in _NAMES and n not in fact.values for n in names):
            return None
        sort = "percent" if "percent" in fact.values else ""
        return sort, *(_role(fact) if n == "role" else fact.values.get(n, "") for n in names)

    return key


def _matched(
    old: Sequence[Fact], new: Sequence[Fact], key: Callable[[Fact], tuple[str, ...] | None], *, named: bool
) -> Iterator[tuple[Fact, Fact]]:
    """Facts of equal key, in order; groups of unequal size only pair where they are named and one side has one."""
    olds, news = _grouped(old, key), _grouped(new, key)
    for shared, group in olds.items():
        partners = news.get(shared, [])
        if len(group) == len(partners) or (named and min(len(group), len(partners)) == 1):
            yield from ((a, b) for a, b in zip(group, partners, strict=False) if named or _near(a, b))


def _near(a: Fact, b: Fact) -> bool:
    low, high = sorted((Decimal(_amount(a)), Decimal(_amount(b))))
    return high <= low * _FARTHEST


def _grouped(found: Sequence[Fact], key: Callable[[Fact], tuple[str, ...] | None]) -> dict[tuple[str, ...], list[Fact]]:
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in found:
        if (k := key(fact)) is not None:
            groups.setdefault(k, []).append(fact)
    return groups


def _unit(fact: Fact) -> str:
    return fact.values.get("currency") or fact.values.get("unit") or "percent"


def _amount(fact: Fact) -> str:
    return next(fact.values[k] for k in ("amount", "percent", "percent_off") if k in fact.values)


def _quantities(a: Fact, b: Fact) -> Iterator[Quantity]:
    """The change of the number itself, and that of the allowance which the price buys."""
    unit, item = _unit(b), b.values.get("item") or a.values.get("item")
    per, bought = b.values.get("per"), (a.values.get("quantity"), b.values.get("quantity"))
    bought_unit = b.values.get("quantity_unit")
    if Decimal(_amount(a)) != Decimal(_amount(b)):
        percent = None if unit == "percent" else percent_change(_amount(a), _amount(b))
        yield Quantity(b.kind, _amount(a), _amount(b), unit, per, percent, item, bought[1] or bought[0], bought_unit)
    if bought[0] and bought[1] and bought[0] != bought[1] and a.values.get("quantity_unit") == bought_unit:
        percent = percent_change(bought[0], bought[1])
        yield Quantity("allowance", bought[0], bought[1], bought_unit or "", per, percent, item, _amount(b), unit)
