"""Discounts: 折 and percentages off, as the percentage taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from classify.facts.measures import Context, Measure
from classify.facts.numbers import amount
from index.records import Fact

_OFF_RIGHT = re.compile(
    r"\s?(?:off(?![a-z])|discount|的?[^\s,，。;\d]{0,4}(?:折扣|优惠|减免)|cheaper|less than (?:the )?(?:regular|list"
    r"|standard|on-demand)|savings?(?![a-z])|reduction (?:in|on|of) (?:the )?pric|price (?:cut|reduction))"
)
_OFF_LEFT = re.compile(
    r"(?:(?:优惠|立减|直降|减免|折扣(?:率|为)?|降价|省|节省|下浮|让利|降费|discount(?:s|ed)?(?: rate)?(?: of| by| to"
    r"|:)?(?: up to)?|save(?:s)?(?: up to)?|sav(?:e|ing|ings)(?: you)?(?: of)?(?: up to)?(?: an additional)?"
    r"|price (?:cut|reduction) of|(?:cut|reduc|lower|slash|drop|discount)\w* (?:\w+ ){0,3}prices? (?:\w+ ){0,4}by"
    r"|prices? (?:\w+ ){0,4}(?:cut|reduced|lowered|slashed|dropp?ed) (?:\w+ ){0,2}by))(?:了|达|约|最高|高达|幅度(?:达"
    r"|为)?|:|：|\s|up to|an additional|over|about|as much as){0,3}$"
)
_GROWTH = re.compile(r"同比|环比|股价|市值|销量|收入|成本|shares?|stock|revenue|能耗|排放|时延|latency")
_HALF = re.compile(r"半价|half[- ]price|half off")


def half_prices(plain: str) -> Iterator[Fact]:
    """半价 and half price: 50 percent off."""
    for match in _HALF.finditer(plain):
        yield Fact("discount", {"percent_off": "50"}, match.start(), match.end())


def discount(m: Measure, c: Context) -> str | None:
    """Percent off, as text, or None. 8折 and 八折 are 20 off, 88折 is 12 off, 9.5折 is 5 off."""
    if m.sort == "off":
        tenths = m.value / 10 if m.value < 10 else m.value / 100
        if m.value >= 100 or m.value <= 0:
            return None
        return amount(((1 - tenths) * 100).normalize())
    if m.sort != "percent" or not Decimal(0) < m.value < 100:
        return None
    near = c.left[-40:] + c.right[:30]
    if _GROWTH.search(near):
        return None
    return amount(m.value) if _OFF_RIGHT.match(c.right) or _OFF_LEFT.search(c.left[-40:]) else None
