"""From measures to facts: the judgement of each measure, roles of pairs, and what a plan's price buys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from classify.facts.discounts import discount, half_prices
from classify.facts.measures import Context, Measure, Reader
from classify.facts.numbers import amount
from classify.facts.prices import price
from classify.facts.quotas import allowance, quota, spending_limit
from classify.facts.roles import pair_roles, role_of
from classify.facts.subsidies import subsidy
from index.records import Fact

# Words before a price that say its kind or role, not what it buys.
_ITEM_NOISE = re.compile(
    r"(?:\s*(?:每[^\s\d]{1,6}|由|从|至|到|为|是|按|约|仅需?|只需|低至|售|分别|月费|年费|资费|价格|单价|定价|原价|现价|优惠价|特惠价|活动价|促销价|折后价"
    r"|费用|收费|标准|调整|上调|下调|降|涨|最高|(?<![a-zA-Z])(?:is|are|was|costs?|at|from|to|for|pay|pays|priced"
    r"|price|starts?|about|only|just|of|the|US|HK|NT|a|[Hh]ourly|[Mm]onthly|[Pp]rices?|and|with"
    r"|an)(?![a-zA-Z])))+[\s$¥￥€£]*$"
)
_LIMIT = re.compile(r"上限|限制|限流|不超过|不高于|(?<![a-z])limit")
_ONE_PLAN = ({"before", "after"}, {"before", "current"})
"""Roles of two prices of one plan: the old and the new, the list price and the offer."""
_NO_ROLE = (None, "discount", "allowance")
_CARRY = 60
_SIZES = {"KB", "MB", "GB", "TB", "PB"}
_CONVERSION = re.compile(
    r"(?:\(|（|约合|折合|相当于|合|equivalent to|about|approximately|or about|≈)\s?(?:约|合|折合|about|approximately"
    r"|approx\.?|around|roughly|equivalent to|~|≈)?\s?(?:人民币)?$"
)
_PLAN_PERS = {"month", "year", "quarter", "week", "day", "one_off", "user"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A measure with the kind it was judged to be; `kind` is None for none, `allowance` for a plan's quantity."""

    m: Measure
    c: Context
    kind: str | None
    values: dict[str, str]


def counted_facts(text: str, plain: str, lang: str | None) -> list[Fact]:
    """Facts of kinds price, quota, subsidy and discount of `text` and its plain form, in order."""
    reader = Reader(plain, lang)
    judged = [*_judge(reader)]
    judged = _with_roles(plain, judged)
    judged = _with_quantities(reader, judged)
    stops = [0, *(j.m.stop for j in judged)]
    judged = [_named(text, j, stop) for j, stop in zip(judged, stops, strict=False)]
    made = [Fact(j.kind, j.values, j.m.start, j.m.end) for j in judged if j.kind and j.kind != "allowance"]
    return _distinct(sorted([*made, *half_prices(plain)], key=lambda f: f.start), plain)


def _judge(reader: Reader) -> Iterator[Judged]:
    last: Judged | None = None
    previous: Measure | None = None
    for m in reader.measures():
        c = reader.context(m)
        if previous and m.sort == previous.sort and _converted(reader.plain, previous, m):
            continue
        previous = m
        carried = _carried(reader.plain, last, m)
        judged = _one(m, c, carried)
        yield judged
        if judged.kind == "price" or (last and m.start - last.m.end > 2 * _CARRY):
            last = judged if judged.kind == "price" else None
        elif m.sort == "money":
            last = judged


def _one(m: Measure, c: Context, carried: str | None) -> Judged:
    if off := discount(m, c):
        return Judged(m, c, "discount", {"percent_off": off})
    if m.sort in ("money", "percent") and (granted := subsidy(m, c)) is not None:
        key = "amount" if m.sort == "money" else "percent"
        return Judged(m, c, "subsidy", {key: amount(m.value), **granted})
    if m.sort == "money":
        return _money(m, c, carried)
    if m.sort == "count" and (per := quota(m, c)):
        return Judged(m, c, "quota", {"amount": amount(m.value), "unit": m.unit, "per": per})
    return Judged(m, c, "allowance" if allowance(m) else None, {})


def _money(m: Measure, c: Context, carried: str | None) -> Judged:
    if limit := spending_limit(m, c):
        return Judged(m, c, "quota", {"amount": amount(m.value), "unit": m.unit, "per": limit})
    per = price(m, c, carried)
    if per is None:
        return Judged(m, c, None, {})
    values = {"amount": amount(m.value), "currency": m.unit, "per": per}
    return Judged(m, c, "price", values)


def _named(text: str, j: Judged, stop: int) -> Judged:
    """With the `item` that the price is for, as far as the words say: row and column, or the words before."""
    if j.kind != "price":
        return j
    low = max(j.c.sentence[0], stop, j.m.start - 60)
    words = text[low : j.m.start]
    if low == j.m.start - 60:
        words = re.sub(r"^[A-Za-z]+", "", words)  # the rest of a word that was cut
    item = _tidy(re.split(r"[,，:：。;；、(（|\t]", words)[-1])
    if cell := j.c.cell:
        parts = [text[p.start : p.end] for p in (cell.label, cell.head) if p.end <= j.m.start and p.end - p.start <= 40]
        named = [t for t in (_tidy(re.split(r"[(（]", part)[0]) for part in parts) if t]
        item = " ".join(dict.fromkeys([*named, *([item] if item else [])]))
    return replace(j, values={**j.values, "item": item}) if item else j


def _tidy(words: str) -> str:
    return _ITEM_NOISE.sub("", re.sub(r"[\s|*#>]+", " ", words)).strip(" -·/")


def _carried(plain: str, last: Judged | None, m: Measure) -> str | None:
    """What a price without its own `per` takes over from the price shortly before it."""
    if last is None or last.kind != "price" or last.m.unit != m.unit or m.sort != "money":
        return None
    gap = plain[last.m.stop : m.start]
    per = last.values["per"]
    if re.search(r"剩余|总共|合计|一共|全额|总费用|total|remaining", gap):
        return None
    if len(gap) > _CARRY or re.search(r"[|\t]", gap) or per == "one_off":
        return per if len(gap) <= _CARRY and per == "one_off" and not re.search(r"[|。\n]", gap) else None
    return per if not re.search(r"[。\n]|\.\s", gap) or re.search(r"^\s*[。.]?\s*(?:以及|及|和|and|另)", gap) else None


def _converted(plain: str, last: Measure, m: Measure) -> bool:
    """Whether `m` gives the money before it in another currency, in brackets or after 约合."""
    gap = plain[last.end : m.start]
    if last.sort == m.sort == "count":
        return re.fullmatch(r"\s?\((?:about|approx\.?|约|即|=)?\s?", gap) is not None and {last.unit, m.unit} <= _SIZES
    return len(gap) <= 24 and m.unit != last.unit and bool(_CONVERSION.search(gap))


def _with_roles(plain: str, judged: list[Judged]) -> list[Judged]:
    made = [_role_alone(j) for j in judged]
    for i, (a, b) in enumerate(pairwise(judged)):
        if a.kind in _NO_ROLE or (a.kind, a.m.sort, a.m.unit) != (b.kind, b.m.sort, b.m.unit):
            continue
        if pair := pair_roles(a.c.left, plain[a.m.stop : b.m.start], b.c.right):
            first = made[i]
            if pair == ("min", "max") and first.values.get("role") in ("after", "before"):
                continue
            made[i] = replace(first, values={**first.values, "role": pair[0]})
            made[i + 1] = replace(made[i + 1], values={**made[i + 1].values, "role": pair[1]})
            judged[i + 1] = made[i + 1]
    return [_same_per(made, i) for i in range(len(made))]


def _same_per(made: list[Judged], i: int) -> Judged:
    """A number of a range or change takes `per` from its partner where only one of them states it."""
    j = made[i]
    partner = {"min": 1, "before": 1, "max": -1, "after": -1}.get(j.values.get("role", ""), 0)
    if not partner or not 0 <= i + partner < len(made) or j.values.get("per") not in ("none", "one_off"):
        return j
    other = made[i + partner]
    close = abs(other.m.start - j.m.start) < _CARRY and other.kind == j.kind and other.m.unit == j.m.unit
    return replace(j, values={**j.values, "per": other.values["per"]}) if close and "per" in other.values else j


def _role_alone(j: Judged) -> Judged:
    if j.kind in _NO_ROLE:
        return j
    return replace(j, values={**j.values, "role": role_of(j.c.left, j.c.right)})


def _with_quantities(reader: Reader, judged: list[Judged]) -> list[Judged]:
    """Plan prices and the allowances they buy, paired one to one within a sentence (a paragraph for lists)."""
    made = list(judged)
    for group in _groups(reader, made):
        prices = [i for i in group if made[i].kind == "price" and made[i].values["per"] in _PLAN_PERS]
        sentences = {made[i].c.sentence for i in prices}
        buys = [i for i in group if _bought(made[i], sentences)]
        roles = [made[i].values.get("role") for i in prices]
        if len(buys) == 1 and set(roles) in _ONE_PLAN:
            buys *= 2
        if len(buys) == 1 and roles == ["min", "max"]:
            prices = prices[1:]
        if not prices or len(prices) != len(buys) or not _plan_like(reader.plain, made, prices, buys):
            continue
        for p, b in zip(prices, buys, strict=True):
            bought = made[b].m
            extra = {"quantity": amount(bought.value), "quantity_unit": bought.unit}
            made[p] = replace(made[p], values={**made[p].values, **extra})
            made[b] = replace(made[b], kind=None)
    return made


def _bought(j: Judged, priced: set[tuple[int, int]]) -> bool:
    """Whether a count can be what a price of these sentences buys: no limit that another sentence sets."""
    limit = j.kind == "quota" and j.c.sentence not in priced and _LIMIT.search(j.c.left[-24:])
    return j.kind in ("allowance", "quota") and allowance(j.m) and not limit


def _groups(reader: Reader, judged: list[Judged]) -> Iterator[list[int]]:
    """Indices of measures by line, where the line is short; by sentence elsewhere."""
    group: list[int] = []
    line = -1
    for i, j in enumerate(judged):
        at = reader.plain.rfind("\n", max(0, j.m.start - 400), j.m.start)
        key = at if at >= 0 else j.c.sentence[0] if j.m.start > 400 else -1
        if group and key != line:
            yield group
            group = []
        line = key
        group.append(i)
    if group:
        yield group


def _plan_like(plain: str, judged: list[Judged], prices: list[int], buys: list[int]) -> bool:
    first = min(judged[prices[0]].m.start, judged[buys[0]].m.start)
    last = max(judged[prices[-1]].m.end, judged[buys[-1]].m.end)
    return last - first <= 90 * (len(prices) + 1)


def _distinct(facts: list[Fact], plain: str) -> list[Fact]:
    """Without a discount that only restates the one before it in brackets (2.5 折（即降价 75%）)."""
    kept: list[Fact] = []
    for fact in facts:
        twin = kept and fact.kind == "discount" == kept[-1].kind and fact.values == kept[-1].values
        if not (twin and re.match(r"\s?[(,，]?\s?(?:即|也就是|i\.e\.|or)", plain[kept[-1].end : fact.start])):
            kept.append(fact)
    return kept
