"""Prices: money that a good or service costs, told from revenue, investment, fines and other money."""

from __future__ import annotations

import re

from classify.facts.measures import Context, Measure
from classify.facts.per import joint_per, per_before

_PRICE = re.compile(
    r"价|资费|(?<![消经浪])费|月费|年费|套餐|月租|计费|费率|定额|低至|仅需|只需|起售|售(?!后)|元起|档|包月|包年|续费"
    r"|订阅|购买|首购|缴纳|充值|电费|服务费|通话费|使用费|pric|(?<![a-z])costs?(?![a-z])|(?<![a-z])fees?(?![a-z])"
    r"|charge|(?<![a-z])pay(?:s|ing)?(?![a-z])|tariff|(?<![a-z])rates?(?![a-z])|(?<![a-z])plans?(?![a-z])|subscri"
    r"|billed|(?<![a-z])tiers?(?![a-z])|band|package|starts? at|starting at|for just|for only|(?<![a-z])buy|per month"
    r"|bundle"
)
# Money of other kinds: nothing with these words next to it is a price.
_NEVER = re.compile(
    r"每股|股价|per share|a share(?![a-z])|市值|估值|valu(?:ed|ation)|market cap|营业?收入|营收|利润|净利|revenue"
    r"|profit|earnings|income|收入|融资|募资|募集|轮|funding|raised|(?<![a-z])ipo(?![a-z])|financing|投资|invest"
    r"|capex|capital expenditure|罚|fined?(?![a-z])|penalt|没收|贷款|loan|债|bond|gdp|产值|增加值|销售额|成交额"
    r"|交易额|消耗金额|消费金额|消费满|预算|budget|注册资本|资产|收购|acqui|保证金|deposit|工资|薪|salary|wage|捐"
    r"|donat|赔偿|compensation|产业规模|市场规模|market size|经费|拨款|中标|成交价|项目金额|合同金额|合同额|年收入"
    r"|run-rate|(?<![a-z])arr(?![a-z])|stake|worth of|支出|spending|spent|spend(?![a-z])|sales(?![a-z])|总额|金额"
    r"|采购|订单|deal(?![a-z])|stock|contract|damages|lawsuit|人均|save[sd]?(?![a-z])|节省|节约|省下"
)
# A difference, a threshold or the result of a sum, not a price.
_DELTA = re.compile(
    r"(?:下降|上涨|上升|降低|提高|上浮|上调|下调|(?<!最|更|较)低|(?<!最|更|较)高|贵|便宜|增加|减少|涨价?|降价?|相差"
    r"|差|(?:increas|decreas|ris|rais|fall|drop|reduc|up|down|higher|lower|cheaper|more)[a-z]* by)(?:了|近|约|逾|超"
    r"|幅度|为|每[^\d]{1,3}|\s|a |about |around ){0,3}$"
)
_BEFORE_NEVER = re.compile(
    r"=\s?(?:us|hk)?\$?$|(?<!不)(?:大于|超过|满|高于|小于|不足|≥|>|<|≤|达到|低于|少于|不满|over|exceeding)\s?$"
)
_ADJACENT = re.compile(
    r"(?:每[^\s\d,，。每]{1,5}|[包首单次][月年]|[月年][付租价])\s?(?:约|仅|只需|仅需|us|hk|nt)?[$¥]?\s?$"
)
_BUYS = re.compile(
    r"\s?(?:即可|可(?:得|享|领|购|换)|得|享|畅享|购|抢购|换购?|领|包(?!括|含)|套餐|档|版|(?=\d[\d.]{0,6}[万亿]))"
)
_UNIT_PRICES = {
    "million_tokens", "thousand_tokens", "ten_thousand_tokens", "kWh", "MWh", "GB", "card_hour", "core_hour",
}  # fmt: skip
_LARGE = 10**7


_NEVER_NEAR = re.compile(r"每股|per share|a share(?![a-z])|工资|薪|人均|收入|股价|罚|salary|wage")
_ONCE = re.compile(r"一次性|one-time|one-off|setup fee|activation fee")
_BILLED = re.compile(r"\s?(?:(?:if|when) )?billed (monthly|annually|yearly)")
_PER_AFTER = re.compile(
    r"[^,，。;；\d]{0,8}?(?:的)?(?:(?P<year>年费|包年|每年|per year|annually|yearly)|(?:月费|包月|月租|每月|monthly"
    r"|per month|a month|(?<![a-z])month))"
)


def price(m: Measure, c: Context, carried: str | None) -> str | None:
    """What the price is per (`one_off` for a plain price), or None where the money is no price.

    `carried` is what the price before it in the same list was per.
    """
    near = c.left[-50:] + "□" + c.right[:24]
    if _NEVER_NEAR.search(near) or "=" in c.left[-3:] or _DELTA.search(c.left[-24:]):
        return None
    around = _per_around(c)
    per = joint_per(m.per, around) or around or carried
    never = _NEVER.search(c.left[-36:] + "□" + c.right[:18]) is not None
    if m.per in _UNIT_PRICES or (per in _UNIT_PRICES and not never):
        return m.per if m.per in _UNIT_PRICES else per
    if _other_money(m, c, priced=bool(m.per and _PRICE.search(near)) or not never):
        return None
    if m.per or (around and _ADJACENT.search(c.left)):
        return per if m.per or not _ONCE.search(c.left[-30:]) else "one_off"
    if not (carried or _PRICE.search(near) or _in_table(m, c) or _BUYS.match(c.right)):
        return None
    return "one_off" if _ONCE.search(c.left[-30:]) else per or "one_off"


def _other_money(m: Measure, c: Context, *, priced: bool) -> bool:
    """Money of another kind, too large for a price, or a threshold."""
    threshold = _BEFORE_NEVER.search(c.left) and not m.per
    return not priced or m.value >= _LARGE or bool(threshold)


def _in_table(m: Measure, c: Context) -> bool:
    """Whether the money stands in a table about prices, or is all that its cell holds."""
    alone = c.cell is not None and c.cell.end - c.cell.start - (m.end - m.start) <= 6
    return alone or (c.cell is not None and _PRICE.search(c.left) is not None)


def _per_around(c: Context) -> str | None:
    """Per of words further off: 每百万 tokens … 3 元, a header `元/月`, `的月费方案`."""
    if billed := _BILLED.match(c.right):
        return "month" if billed[1] == "monthly" else "year"
    if per := per_before(c.left):
        return per
    after = _PER_AFTER.match(c.right)
    return None if after is None else "year" if after["year"] else "month"
