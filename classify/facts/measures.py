"""Measures: numbers with their unit, currency or percent sign, and what they are per."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from classify.facts.labels import limited_noun, rate_label
from classify.facts.money import currency_after, currency_before, currency_in, local_currency
from classify.facts.numbers import Number, numbers
from classify.facts.per import per_at, per_before
from classify.facts.tables import Cell, Grid
from classify.facts.units import unit_at

Sort = Literal["money", "percent", "off", "count"]
_SENTENCE = re.compile(r"[。；;！？!?\n]|\.(?=\s|$)")
_BRACKET = re.compile(r"\s?(?:\([^()\n]{0,40}\)|【[^】\n]{0,20}】)")
_LIST = re.compile(
    r"(?:\*\*)?\s?(?:个|张|条|台|项|次)?\s?(?:、|,\s|，|/|和|与|及|或者?|以及|and|or|,\s?and|,\s?or|&)\s?"
)
_RANGE = re.compile(r"(?:\*\*)?\s?(?:-|~|—{1,2}|至|到|to|through|and)\s?")
_NOUN = re.compile(
    r"\s(?:(?!(?:per|of|for|and|or|in|to|with|from|on|at|by|as|is|are"
    r"|times?)\s)[a-z][a-z0-9-]{1,20}\s){0,2}?([a-z][a-z-]{1,20}s)(?![a-z])"
)
_NO_NOUN = re.compile(
    r"(?:day|month|hour|minute|second|year|week|time|ha|wa|thi|clas|proces|acces|les|serie|plu|alway|tok|percent"
    r"|point|people|cent|it|i|mb|other|step|version|chapter|section|article|page|million|billion|country|countrie"
    r"|companie|firm|case)s?$"
)
_SLASH_NOUN = re.compile(r"\s([a-z]{3,15}s?)(?=\s?/\s?(?:min|sec|s(?![a-z])|hour|h(?![a-z])|day|month|mo(?![a-z])))")
_OPENED = re.compile(r"\((?:以上)?(?:价格)?(?:均为|均按|均|单位:?|按)?(?:元(?=/))?")
_POWER_OF = re.compile(r"(?:以上)?的?(?:智能|通用|国产|普惠|公共)?算力(?!服务)")
_POWER = re.compile(r"\s?([pe])(?![a-z\d])")
_SAME_UNIT = re.compile(r"[^。\n\d|每月年]{0,18}")
_TOKEN_PERS = {"million_tokens", "thousand_tokens", "kWh", "card_hour", "core_hour"}
_OFF = re.compile(r"\s?折(?![合算旧叠线磨现腾])")
_PERCENT = re.compile(r"\s?(?:%|percent(?!age)|per cent|个百分点)")
_MOST = 50_000  # numbers; a longer run of them is a data dump, and bounds the time that hostile text can take
_LEFT, _RIGHT, _INTRO = 110, 70, 260


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its meaning at `start:end`. `unit` is a currency for money, the counted unit for counts.

    `per` only where written next to the number; `noun` where the unit is a plain English plural.
    """

    start: int
    end: int
    value: Decimal
    sort: Sort
    unit: str
    per: str | None = None
    noun: bool = False
    listed: int = -1
    stop: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """The words around a measure: `left` and `right` of it in its sentence (table: column header, row label, cell)."""

    left: str
    right: str
    cell: Cell | None
    sentence: tuple[int, int]

    @property
    def all(self) -> str:
        """Both sides with a mark where the measure stands."""
        return f"{self.left}□{self.right}"


class Reader:
    """Reads the measures of one plain text and the context of each."""

    def __init__(self, plain: str, lang: str | None) -> None:
        self.plain, self.lang = plain, lang
        self.grid = Grid(plain)
        self._edges = [m.end() for m in _SENTENCE.finditer(plain)]

    def measures(self) -> list[Measure]:
        """All measures in order; numbers without any unit are left out, save in lists, ranges and table columns."""
        found = numbers(self.plain)[:_MOST]
        read = [self._read(n) for n in found]
        for i in range(len(found) - 2, -1, -1):
            if read[i] is None and (follower := read[i + 1]) is not None:
                read[i] = self._share(found[i], found[i + 1], follower)
        for i in range(len(found) - 1):
            if read[i + 1] is None and (leader := read[i]) is not None and leader.sort == "money" and not leader.per:
                read[i + 1] = self._share_on(leader, found[i + 1])
        made: list[Measure] = []
        for n, m in zip(found, read, strict=True):
            inside = made and n.start < made[-1].stop  # the 1,000 of $10 / 1,000 calls
            if not inside and (named := m or self._labelled(n)):
                made.append(named)
        for i in range(len(made) - 2, -1, -1):
            made[i] = self._same_per(made[i], made[i + 1])
        return made

    def _same_per(self, m: Measure, following: Measure) -> Measure:
        """$192, $320, or $384 per month: what the last of a list is per holds for all."""
        if m.per or not following.per or m.unit != following.unit or m.sort != following.sort:
            return m
        gap = self.plain[m.stop : following.start]
        if m.sort == "money" and following.per in _TOKEN_PERS and _SAME_UNIT.fullmatch(gap):
            return replace(m, per=following.per)
        return replace(m, per=following.per) if len(gap) <= 8 and (_LIST.fullmatch(gap) or _RANGE.fullmatch(gap)) else m

    def context(self, m: Measure) -> Context:
        """The words around `m`, at most 110 characters before and 70 after."""
        low, high = self.sentence(m.start)
        cell = self.grid.at(m.start)
        if cell:
            low, high = max(low, cell.start), min(max(high, m.end), cell.end)
        left = self._intro(low) + self.plain[max(low, m.start - _LEFT) : m.start]
        if cell:
            left = f"{cell.caption} {cell.header} | {cell.row} | {left}"
        return Context(left, self.plain[m.stop : min(high, m.stop + _RIGHT)], cell, (low, high))

    def _intro(self, low: int) -> str:
        """The line ending in a colon that introduces the list in which the line at `low` stands, if it is near."""
        above = self.plain[max(0, low - _INTRO) : low]
        if not above.endswith("\n"):
            return ""
        lines = [line.strip() for line in above.split("\n") if line.strip()]
        intro = next((line for line in reversed(lines[1:] if low > _INTRO else lines) if line.endswith(":")), "")
        return intro[-60:] + " "

    def sentence(self, at: int) -> tuple[int, int]:
        """Start and end of the sentence or line around `at`."""
        low = bisect_right(self._edges, at) - 1
        high = bisect_left(self._edges, at + 1)
        return (
            self._edges[low] if low >= 0 else 0,
            self._edges[high] if high < len(self._edges) else len(self.plain),
        )

    def _read(self, n: Number) -> Measure | None:
        text = self.plain
        if n.percent:
            return Measure(n.start, n.end, n.value, "percent", "%", stop=n.end)
        if off := _OFF.match(text, n.end):
            return Measure(n.start, off.end(), n.value, "off", "折", stop=off.end())
        if percent := _PERCENT.match(text, n.end):
            return Measure(n.start, percent.end(), n.value, "percent", "%", stop=percent.end())
        return self._money(n) or self._count(n)

    def _money(self, n: Number) -> Measure | None:
        before = currency_before(self.plain, n.start)
        at = n.end + 2 if self.plain.startswith("**", n.end) else n.end
        if at == n.end and self.plain.startswith("+", n.end):
            at += 1
        after = currency_after(self.plain, at)
        if before is None and after is None:
            return None
        if after and (before is None or after[0] == before[0] or after[0] != "USD"):
            currency, end, power = after
        elif before:
            currency, end, power = before[0], n.end, 0
        start = before[1] if before else n.start
        stop, per = self._per(end)
        currency = local_currency(currency, self.plain[:4000], self.lang)
        return Measure(start, end, n.value.scaleb(power) if power else n.value, "money", currency, per, stop=stop)

    def _count(self, n: Number) -> Measure | None:
        unit = unit_at(self.plain, n.end)
        if unit and not (n.han and unit.name in ("request",) and n.value < 10):
            stop, per = self._per(unit.end)
            return Measure(n.start, unit.end, n.value, "count", unit.name, unit.per or per, stop=stop)
        noun = _SLASH_NOUN.match(self.plain, n.end) or _NOUN.match(self.plain, n.end)
        if noun and not _NO_NOUN.fullmatch(noun[1]):
            stop, per = self._per(noun.end(1))
            return Measure(n.start, noun.end(1), n.value, "count", singular(noun[1]), per, noun=True, stop=stop)
        power = _POWER.match(self.plain, n.end)
        if power and ("算力" in self.plain[max(0, n.start - 16) : n.start] or _POWER_OF.match(self.plain, power.end())):
            name = "PFLOPS" if power[1] == "p" else "EFLOPS"
            return Measure(n.start, power.end(), n.value, "count", name, stop=power.end())
        stop, per = self._per(n.end)
        rated = per in ("second", "minute", "hour", "day") and re.match(r"/|\s(?!每)", self.plain[n.end : n.end + 2])
        label = rate_label(self.plain[max(0, n.start - 30) : n.start]) if rated else None
        return Measure(n.start, n.end, n.value, "count", label[0], per, stop=stop) if label else None

    def _per(self, end: int) -> tuple[int, str | None]:
        """Where what belongs to the number ends, and what it is per; a conversion in brackets may stand between."""
        at = end + 2 if self.plain.startswith("**", end) else end
        unit = per_at(self.plain, at)
        if unit is None and (bracket := _BRACKET.match(self.plain, at)):
            unit = per_at(self.plain, bracket.end())
            opened = _OPENED.match(self.plain, at)
            inner = per_at(self.plain, opened.end()) if opened else None
            unit = unit or inner
        return (unit.end, unit.name) if unit else (end, None)

    def _share(self, n: Number, following: Number, m: Measure) -> Measure | None:
        """A number before `、`, `和`, `-` … takes the unit of the number after it."""
        gap = self.plain[n.end : min(m.start, following.start)]
        joined = len(gap) <= 8 and (_LIST.fullmatch(gap) or _RANGE.fullmatch(gap))
        if not joined or m.noun or (n.start > 0 and self.plain[n.start - 1] in "第年.-"):
            return None
        value = n.value
        if m.start < following.start and "." not in gap and m.sort == "money" and currency_before(self.plain, n.start):
            return None
        tail = self.plain[following.start : following.end].lstrip("0123456789.,")
        if tail and n.value * 10000 <= following.value * 100 and _RANGE.fullmatch(gap):
            scale = following.value / Decimal(re.sub(r"[^\d.]", "", self.plain[following.start : following.end]) or 1)
            value = n.value * scale
        if m.sort == "money" and (scale := m.value / following.value if following.value else Decimal(1)) != 1:
            value *= scale
        return replace(m, start=n.start, end=n.end, value=value, stop=n.end)

    def _share_on(self, leader: Measure, n: Number) -> Measure | None:
        """$5.72-9.52/month: the end of a range takes the currency of its start."""
        if not re.fullmatch(r"\s?(?:-|~|至|to)\s?", self.plain[leader.stop : n.start]):
            return None
        stop, per = self._per(n.end)
        return replace(leader, start=n.start, end=n.end, value=n.value, per=per, stop=stop)

    def _labelled(self, n: Number) -> Measure | None:
        """A bare number whose table column, caption or label names the unit (`单价（元/千瓦时）`, `RPM`)."""
        cell = self.grid.at(n.start)
        if cell and cell.bare:
            label = next((t for t in (cell.header, cell.row[-30:], cell.caption) if _names_unit(t)), "")
            if currency := currency_in(label):
                currency = local_currency(currency, self.plain[:4000], self.lang)
                return Measure(n.start, n.end, n.value, "money", currency, per_before(label), stop=n.end)
            if rate := rate_label(label):
                return Measure(n.start, n.end, n.value, "count", rate[0], rate[1], stop=n.end)
            noun = limited_noun(cell.row) or limited_noun(cell.header)
            return Measure(n.start, n.end, n.value, "count", noun, noun=True, stop=n.end) if noun else None
        low = max(self.sentence(n.start)[0], n.start - 90)
        left = self.plain[low : n.start]
        if not _LINK.search(left) or not re.match(
            r"(?![\d%:\-/]|\.\d|\s?(?:年|月|日|个月|天|小时|分钟))", self.plain[n.end : n.end + 4]
        ):
            return None
        if rate := rate_label(left):
            return Measure(n.start, n.end, n.value, "count", rate[0], rate[1], stop=n.end)
        noun = limited_noun(left[-40:] if "number of" not in left else left)
        return Measure(n.start, n.end, n.value, "count", noun, noun=True, stop=n.end) if noun else None


_LINK = re.compile(
    r"(?:\bper (?:second|minute|hour|day|month) is|为|是|:|：|上限|限制|超过|不高于|最大|最多|\bis|\bof|=|≤|\bto"
    r"|(?:second|minute|hour|day|month|year) is|默认|至|到|from|从|由)\s?(?:\*\*)?$"
)


def _names_unit(label: str) -> bool:
    return currency_in(label) is not None or rate_label(label) is not None


def singular(noun: str) -> str:
    """The singular of a regular English plural."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "xes", "ches", "shes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun
