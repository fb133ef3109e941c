"""Quotas: limits, caps, allowances, allocations and stated capacities."""

from __future__ import annotations

import re

from classify.facts.measures import Context, Measure
from classify.facts.units import per_before

_LIMIT = re.compile(
    r"上限|最多|最大|最高|不超过|不得超过|不能超过|不高于|不大于|不多于|至多|限制|限额|配额|额度|限流|默认|限速|封顶"
    r"|限购|名额|不低于|至少|≤|并发|"
    r"limit|quota|maximum|(?<![a-z])max(?![a-z])|up to|(?<![a-z])cap(?:ped|s)?(?![a-z])|at most|no more than|allow"
    r"|default|cannot exceed|not exceed|restrict|throttl"
)
_GRANT = re.compile(
    r"赠送|获赠|附赠|赠|包含|含|享|获得|获取|提供|拥有|可用|免费|领取|发放|送|分配|支持|独享|预留|额外|累计可|可使用|"
    r"includ|(?<![a-z])gets?(?![a-z])|receiv|comes with|free|(?<![a-z])offer|provid|grants?(?![a-z])|allocat|entitle"
    r"|bonus|support|(?<![a-z])each(?![a-z])|reserv|(?<![a-z])with(?![a-z])"
)
_STATISTIC = re.compile(
    r"同比|增长|增幅|日均|月均|累计(?!可)|调用量|消耗(?!限)|下载|处理了|突破|已(?:达|有|超|建|接入|服务|为)|总量|平均"
    r"|扣除|扣减|抵扣|达到?了|用户数|规模达|服务了|服务超|吞吐|生成速度"
    r"|耗时|训练(?:数据|语料)|参数|上下文|窗口|"
    r"grew|growth|processed|processing|handles?(?![a-z])|handled|serv(?:ed|es|ing)|consum|generated|generates"
    r"|throughput|speed|latency|daily average|averag|trained on|parameters?|context|downloads?|surpass|reached"
    r"|used by|more than doubled|last year|total(?:ed|led)|window|benchmark|出货|销量|活跃|shipped"
)
_CAPACITY = {"PFLOPS", "EFLOPS", "MW", "GW", "card_hour", "core_hour"}
_METERED = {"token", "request", "credit", "AFP", "GB", "TB", "MB", "PB", "message", "concurrent"}
_BYTES = {"GB", "TB", "MB", "PB", "KB", "Mbps", "Gbps"}
_NEVER_UNITS = {"page", "minute", "character", "image", "point", "user", "card", "kWh", "MWh", "kW", "cabinet"}
_STORAGE_ROW = re.compile(r"\s?(?:of\s)?(?:[a-z]+\s){0,2}?(?:storage|memory|ram|bandwidth|disk|transfer|egress"
    r"|traffic)")
_ISSUED = {"token", "request", "credit", "AFP", "message", "image", "minute", "card_hour", "page", "video"}
_TIMES = {"second", "minute", "hour", "day", "week", "month", "year"}


def quota(m: Measure, c: Context) -> str | None:
    """What the quota is per (`none` where it stands alone), or None where the count is no quota."""
    near = c.left[-60:] + "□" + c.right[:30]
    if _threshold(m, c):
        return None
    per = m.per or _per_around(m, c)
    reach = c.left[-50:] if m.unit in _METERED | _BYTES or c.cell else re.split(r"[,，]", c.left)[-1]
    limited = _LIMIT.search(reach) or _LIMIT.match(c.right.lstrip()) or re.match(
        r"\s?(?:\w+\s){0,2}(?:max(?![a-z])|maximum|limit|上限|以内|配额|额度|quota)", c.right)
    if re.search(r"[<>≥≤]\s?=?\s?$", c.left) and (m.unit in _NEVER_UNITS or not re.search(r"上限|限制|limit|quota"
        r"|max", c.left)):
        return None
    if m.unit in _CAPACITY:
        return None if re.search(r"同比|增长|增幅|grew"
        r"|growth", near) and not limited else (per if "hour" in m.unit and per in _TIMES else "none")
    statistic = _STATISTIC.search(c.left[-30:] + "□" + c.right[:20])
    if limited and not (statistic and not re.search(r"上限|配额|限制|额度|不超过|limit|quota|max|up to", near)):
        return per if per in _TIMES else "none"
    if statistic:
        return None
    if m.per in _TIMES and (m.unit in _METERED or m.noun) and _rate_like(m, c):
        return m.per
    if m.unit in _METERED - _BYTES and _GRANT.search(c.left[-30:]):
        return per if per in _TIMES else "none"
    if m.unit in _BYTES and (_STORAGE_ROW.match(c.right) or _GRANT.search(c.left[-16:])) and re.match(
        r"[\s|>*-]*", c.left):
        return per if per in _TIMES else "none"
    if m.unit in _ISSUED and re.search(
        r"每(?:日|天|月|周|小时|分钟|人每[日月])(?:仅?可|限|最多|可以)?[^,，。\d]{0,8}$", c.left[-20:]):
        return per if per in _TIMES else "none"
    if m.unit == "agent" and _GRANT.search(c.left[-30:]):
        return "none"
    return None


def _threshold(m: Measure, c: Context) -> bool:
    """A condition (超过 16 KB 会 …), the thing a limit is for (1 个项目中), a context window: no quota."""
    if m.value == 1 and (re.search(r"(?:在|每|单"
        r"|同)\s?$", c.left) or re.match(r"\s?(?:中|内|下|里|最多|的|可)", c.right)):
        return True
    if re.search(r"(?<!不)(?:超过|超出|大于"
        r"|达到)\s?$", c.left) and re.match(
        r"\s?(?:会|时|则|将|后|的部分|部分|,|，)", c.right) and m.unit not in _CAPACITY:
        return True
    return m.unit == "token" and bool(re.search(
    r"context|上下文|window|窗口", c.left[-50:] + c.right[:16])) and not re.search("quota|配额|额度", c.left)


def spending_limit(m: Measure, c: Context) -> str | None:
    """What a limit in money is per (消费限额, monthly spend limit), or None."""
    if m.sort != "money":
        return None
    if re.match(r"\s?(?:的|不等的)?(?:专属)?(?:月度|每月|免费)?\s?(?:额度|credits?(?![a-z])|usage credits?"
        r"|api credits?|赠金"
        r"|体验金)", c.right) or re.match(r"(?:\s\w+){0,2}\s(?:in|of)\s(?:\w+\s){0,2}credits?", c.right):
        return m.per if m.per in _TIMES else per_before(c.left + c.right[:14]) or "none"
    if not re.search(r"(?:限额|额度|消费上限|支出上限|spend(?:ing)? (?:limit|cap)|budget cap|usage limit"
        r"|credit limit)[^,，。;；]{0,16}$", c.left[-40:]):
        return None
    return m.per if m.per in _TIMES else per_before(c.left) or "none"


def allowance(m: Measure) -> bool:
    """Whether a count can be the quantity that a plan's price buys."""
    return m.sort == "count" and m.unit in _METERED | {"minute", "point", "card_hour", "core_hour", "Mbps", "image", "kWh"} - {"concurrent"}


def _per_around(m: Measure, c: Context) -> str | None:
    if per := per_before(c.left[-60:]):
        return per
    after = re.match(r"[^,，。;；\d]{0,24}?(?:/|每|per\s|a\s|each\s)(second|sec|minute|min|hour|day|month|year|秒"
        r"|分钟|小时|日"
        r"|天|月|年)", c.right)
    if after is None:
        return None
    return {"sec": "second", "min": "minute", "秒": "second", "分钟": "minute", "小时": "hour", "日": "day", "天": "day", "月": "month", "年": "year"}.get(after[1], after[1])


def _rate_like(m: Measure, c: Context) -> bool:
    """A rate in a table, a list item or beside a word of granting, not a speed in running text."""
    return bool(c.cell or _GRANT.search(c.left[-40:]) or len(c.left.strip()) < 40 or m.unit == "request")
