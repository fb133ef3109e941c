"""Quotas: limits, caps, allowances, allocations and stated capacities."""

from __future__ import annotations

import re

from classify.facts.measures import Context, Measure
from classify.facts.per import per_at, per_before

_LIMIT = re.compile(
    r"上限|最多|最大|最高|不超过|不得超过|不能超过|不高于|不大于|不多于|至多|限制|限额|配额|额度|限流|默认|限速|封顶"
    r"|限购|名额|不低于|至少|≤|并发|limit|quota|maximum|minimum of|(?<![a-z])max(?![a-z])|up to|(?<![a-z])cap(?:ped"
    r"|s)?(?![a-z])|at most|no more than|allow|default|cannot exceed|not exceed|restrict|throttl"
)
_GRANT = re.compile(
    r"赠送|获赠|附赠|赠|包含|含|享|获得|获取|提供|拥有|可用|免费|领取|发放|送|分配|支持|独享|预留|额外|累计可|可使用"
    r"|includ|(?<![a-z])gets?(?![a-z])|receiv|comes with|free|(?<![a-z])offer|provid|grants?(?![a-z])|allocat|entitle"
    r"|bonus|support|(?<![a-z])each(?![a-z])|reserv|(?<![a-z])with(?![a-z])|(?:may|can) (?:send|make|use|submit"
    r"|upload|create|have)"
)
_STATISTIC = re.compile(
    r"同比|增长|增幅|日均|月均|累计(?!可)|调用量|消耗(?!限)|下载|处理了|突破|已(?:达|有|超|建|接入|服务|为)|总量|平均"
    r"|扣除|扣减|抵扣|达到?了|用户数|规模达|服务了|服务超|吞吐|生成速度|耗时|训练(?:数据|语料)|参数|上下文|窗口|grew"
    r"|growth|processed|processing|handles?(?![a-z])|handled|serv(?:ed|es|ing)|consum|generated|generates|throughput"
    r"|speed|latency|daily average|averag|trained on|parameters?|context|downloads?|surpass|reached|used by"
    r"|more than doubled|last year|total(?:ed|led)|window|benchmark|出货|销量|活跃|shipped"
)
_CAPACITY = {"PFLOPS", "EFLOPS", "MW", "GW", "card_hour", "core_hour"}
_METERED = {"token", "request", "credit", "AFP", "GB", "TB", "MB", "PB", "message", "concurrent"}
_BYTES = {"GB", "TB", "MB", "PB", "KB", "Mbps", "Gbps"}
_NEVER_UNITS = {"page", "minute", "character", "image", "point", "user", "card", "kWh", "MWh", "kW", "cabinet"}
_STORAGE_ROW = re.compile(
    r"\s?(?:of\s)?(?:[a-z]+\s){0,2}?(?:storage|memory|ram|bandwidth|disk|transfer|egress|traffic)"
)
_ISSUED = {"token", "request", "credit", "AFP", "message", "image", "minute", "card_hour", "page", "video"}
_TIMES = {"second", "minute", "hour", "day", "week", "month", "year"}


_LIMIT_RIGHT = re.compile(r"\s?(?:\w+\s){0,2}(?:max(?![a-z])|maximum|limit|上限|以内|配额|额度|quota)")
_FIRM = re.compile(r"上限|配额|限制|额度|不超过|limit|quota|max|up to")
_TALK = re.compile(r"通话|语音|时长|录音|calling|talk|transcri|audio|runtime|build minutes")
_POWER_LEFT = re.compile(r"装机|容量|负荷|算力|功率")
_TIER = re.compile(r"[<>≥≤]\s?=?\s?$")
_TIER_LIMIT = re.compile(r"上限|限制|limit|quota|max")
_GROWTH = re.compile(r"同比|增长|增幅|grew|growth")
_ISSUED_LEFT = re.compile(r"每(?:日|天|月|周|小时|分钟|人每[日月])(?:仅?可|限|最多|可以)?[^,，。\d]{0,8}$")
_ROW_START = re.compile(r"[\s|>*-]*")
_ONE_LEFT, _ONE_RIGHT = re.compile(r"(?:在|每|单|同)\s?$"), re.compile(r"\s?(?:中|内|下|里|最多|的|可)")
_OVER_LEFT = re.compile(r"(?<!不)(?:超过|超出|大于|达到)\s?$")
_OVER_RIGHT = re.compile(r"\s?(?:会|时|则|将|后|的部分|部分|,|，)")
_CONTEXT = re.compile(r"context|上下文|window|窗口")
_CREDIT_RIGHT = re.compile(
    r"\s?(?:的|不等的)?(?:专属)?(?:月度|每月|免费)?\s?(?:额度|credits?(?![a-z])|usage credits?|api credits?|赠金"
    r"|体验金)|(?:\s\w+){0,2}\s(?:in|of)\s(?:\w+\s){0,2}credits?"
)
_SPENDING = re.compile(
    r"(?:限额|额度|消费上限|支出上限|spend(?:ing)? (?:limit|cap)|budget cap|usage limit"
    r"|credit limit)[^,，。;；]{0,16}$"
)
_PER_AFTER = re.compile(
    r"[^,，。;；\d]{0,24}?(?:/|每|per\s|a\s|each\s)(?=second|sec|minute|min|hour|day|month|year|秒|分钟|小时|日|天|月"
    r"|年)"
)
_BOUGHT = (_METERED - {"concurrent"}) | {"minute", "point", "card_hour", "core_hour", "Mbps", "image", "kWh"}


def quota(m: Measure, c: Context) -> str | None:
    """What the quota is per (`none` where it stands alone), or None where the count is no quota."""
    if _threshold(m, c):
        return None
    near = c.left[-60:] + "□" + c.right[:30]
    per = m.per or _per_around(c)
    timed = per if per in _TIMES else "none"
    limited = _limited(m, c)
    if m.unit in _CAPACITY or (m.unit == "kW" and _POWER_LEFT.search(c.left[-16:])):
        grown = (_GROWTH if "hour" not in m.unit else _STATISTIC).search(near) and not limited
        return None if grown else timed if "hour" in m.unit else "none"
    statistic = _STATISTIC.search(c.left[-30:] + "□" + c.right[:20])
    if limited and (not statistic or _FIRM.search(near)):
        return timed
    return timed if not statistic and _allotted(m, c) else None


def _limited(m: Measure, c: Context) -> bool:
    """Whether words of limiting stand around; for plain things they must stand in the same clause."""
    if m.unit == "minute" and not _TALK.search(c.left[-30:] + c.right[:12]):
        return False
    wide = m.unit in _METERED | _BYTES or c.cell is not None
    reach = c.left[-50:] if wide else re.split(r"[,，]", c.left)[-1]
    return bool(_LIMIT.search(reach) or _LIMIT.match(c.right.lstrip()) or _LIMIT_RIGHT.match(c.right))


def _allotted(m: Measure, c: Context) -> bool:
    """Whether the count is given out without words of limiting: a rate, a grant, a row of a plan."""
    granted = _GRANT.search(c.left[-30:]) is not None
    if m.unit in _BYTES:
        row = _STORAGE_ROW.match(c.right) or _GRANT.search(c.left[-16:])
        return bool(row and _ROW_START.match(c.left)) or (m.per in _TIMES and _rate_like(m, c))
    if granted and m.unit in _METERED | {"agent"}:
        return True
    if m.unit in _ISSUED and _ISSUED_LEFT.search(c.left[-20:]):
        return True
    return m.per in _TIMES and (m.unit in _METERED or m.noun) and _rate_like(m, c)


def _threshold(m: Measure, c: Context) -> bool:
    """A condition (超过 16 KB 会 …), a price tier, what a limit is for (1 个项目中), a context window: no quota."""
    if m.value == 1 and (_ONE_LEFT.search(c.left) or _ONE_RIGHT.match(c.right)):
        return True
    if _TIER.search(c.left) and (m.unit in _NEVER_UNITS or not _TIER_LIMIT.search(c.left)):
        return True
    if m.unit not in _CAPACITY and _OVER_LEFT.search(c.left) and _OVER_RIGHT.match(c.right):
        return True
    window = m.unit == "token" and _CONTEXT.search(c.left[-50:] + c.right[:16])
    return bool(window and not re.search("quota|配额|额度", c.left))


def spending_limit(m: Measure, c: Context) -> str | None:
    """What a limit or credit in money is per (消费限额, monthly spend limit), or None."""
    if m.sort != "money":
        return None
    if _CREDIT_RIGHT.match(c.right):
        return m.per if m.per in _TIMES else per_before(c.left + c.right[:14]) or "none"
    if not _SPENDING.search(c.left[-40:]):
        return None
    return m.per if m.per in _TIMES else per_before(c.left) or "none"


def allowance(m: Measure) -> bool:
    """Whether a count can be the quantity that a plan's price buys."""
    return m.sort == "count" and m.unit in _BOUGHT


def _per_around(c: Context) -> str | None:
    if per := per_before(c.left[-60:]):
        return per
    after = _PER_AFTER.match(c.right)
    unit = per_at("/" + c.right[after.end() :], 0) if after else None
    return unit.name if unit else None


def _rate_like(m: Measure, c: Context) -> bool:
    """A rate in a table, a list item or beside a word of granting, not a speed in running text."""
    return bool(c.cell or _GRANT.search(c.left[-40:]) or len(c.left.strip()) < 40 or m.unit == "request")
