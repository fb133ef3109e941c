"""What a price or quota is per: /月, per user per month, 每百万 tokens, 元/千瓦时."""

from __future__ import annotations

import re
from functools import cache

from classify.facts.units import Unit, group_index

_PER = {
    "million_tokens": r"(?:(?:1|一)\s?)?(?:百万|100万|1,?000,?000|million|mm|m)\s?个?\s?(?:(?:text|audio|image|input"
        r"|output|cached|prompt|completion|total|blended|输入|输出|/)\s?){0,3}(?:tokens?|词元)"
        r"|(?:1\s?)?m(?:illion)?\s?tok(?:ens)?|mtok|1m(?!\s?[a-z])|million(?!\s?[a-z])",
    "thousand_tokens": r"(?:(?:1|一)\s?)?(?:千|1,?000|thousand|k)\s?个?\s?(?:(?:text|audio|image|input|output|cached"
        r"|prompt|completion|total|输入|输出)\s?){0,3}(?:tokens?|词元)|1k(?![a-z])|ktok",
    "ten_thousand_tokens": r"(?:(?:1|一)\s?)?万\s?个?\s?(?:tokens?|词元)",
    "token": r"(?:(?:input|output|cached)\s)?tokens?|词元",
    "million_requests": r"(?:(?:1|一)\s?)?(?:百万|100万|1,?000,?000|million|m)\s?(?:次(?:调用|请求)?|(?:api\s"
        r"|http\s)?(?:requests?|calls?|invocations?|operations?|queries))",
    "ten_thousand_requests": r"(?:(?:1|一)\s?)?(?:万|10,000|10k|10000)\s?(?:次(?:调用|请求)?|requests?|calls?)",
    "thousand_requests": r"(?:(?:1|一)\s?)?(?:千|1,?000|thousand|k)\s?(?:次(?:调用|请求)?|(?:(?:api|search|put|get"
        r"|list|read|write|web|http)\s)?(?:requests?|calls?|queries|searches|operations?))",
    "request": r"次(?:调用|请求)?(?![月年日])|笔|(?:api\s|http\s)?(?:requests?|calls?|query|queries|invocation)"
        r"|单(?!位|个|价|独|笔|家|一|户|卡|台)|req(?![a-z])",
    "kWh": r"(?:kwh|kw·h|kw\.h|千瓦·?(?:小)?时|度(?:电)?|kilowatt-?\s?hour)",
    "MWh": r"(?:mwh|兆瓦·?时|megawatt-?\s?hour)",
    "card_hour": r"(?:卡|张卡?|[a-z]{0,4}\d{0,3}\s?gpu|gpu|npu|card|accelerator|[abh]\d00)(?:·|\*|-|\s)?(?:小时"
        r"|时(?![间段])|hours?|hrs?|h(?![a-z]))",
    "core_hour": r"(?:核|v?cpu|core)(?:·|\*|-|\s)?(?:小时|时(?![间段])|hours?|hrs?|h(?![a-z]))",
    "GB_month": r"gi?b(?:-|·|\s)months?",
    "GB": r"gi?b(?![a-z])|g(?![a-z])|gigabytes?|吉字节",
    "TB": r"ti?b(?![a-z])|terabytes?",
    "MB": r"mi?b(?![a-z])|megabytes?",
    "month": r"个?月(?![份底初末])|(?:calendar |billing )?months?(?![a-z])|mon?th|mo(?![a-z])",
    "year": r"(?:年度?(?![底初末])|years?(?![a-z])|yr(?![a-z])|annum)",
    "day": r"(?:日|天|days?(?![a-z])|24 hours)",
    "hour": r"(?:个?小时|时(?![间段候])|hours?(?![a-z])|hrs?(?![a-z])|h(?![a-z0-9]))",
    "minute": r"(?:分钟?(?![时项级类])|minutes?(?![a-z])|mins?(?![a-z]))",
    "second": r"(?:秒钟?|seconds?(?![a-z])|secs?(?![a-z])|s(?![a-z]))",
    "week": r"(?:个?(?:周|星期)|weeks?(?![a-z])|wk)",
    "quarter": r"(?:季度?|quarters?(?![a-z]))",
    "Mbps": r"(?:mbps|mbit/s|兆)",
    "kW": r"(?:kw(?!h)|千瓦(?!·?时)|kva|千伏安)",
    "character": r"(?:(?:千|万|百万|1k|1m|million)\s?)?(?:个?字符|字(?![节段])|characters?|chars?)",
    "message": r"(?:条(?:短信|消息)?|messages?|sms)",
    "image": r"(?:张图?片?(?!卡)|幅|images?)",
    "page": r"(?:页|pages?)",
    "card": r"(?:(?:张|块|片)?(?:gpu|npu|算力|加速)?卡|gpu(?![a-z])|npu(?![a-z])|accelerator)",
    "core": r"(?:核|v?cpus?(?![a-z])|cores?(?![a-z]))",
    "PFLOPS": r"(?:pflops|p(?![a-z]))",
    "tonne": r"(?:公吨|吨|metric tons?|tonnes?|tons?|mt(?![a-z]))",
    "kg": r"(?:公斤|千克|kg|kilograms?)",
    "cubic_metre": r"(?:立方米|cubic met(?:er|re)s?|m3|m³)",
    "square_metre": r"(?:平方米|㎡|square met(?:er|re)s?)",
    "share": r"(?:股|shares?)",
    "user": r"(?:(?:个|名|位)?(?:用户|席位|席|成员|账号|账户|人|户)|(?:active |named |licensed )?(?:users?|seats?"
        r"|members?|persons?|people|developers?|accounts?|licen[cs]es?)(?![a-z]))",
    "instance": r"(?:(?:台|个|套|项|路|件|份|枚|辆|家|次|只)?(?:实例|节点|号码|端口|ip|机架|机柜|云主机|服务器|设备"
        r"|域名|集群|模型|项目|企业|单位|通道|并发)|台|个|套|路|项|份|件|机架|机柜|nodes?|instances?|hosts?|numbers?"
        r"|machines?|clusters?|devices?|domains?|projects?|agents?|models?|apps?|keys?|servers?|vms?|resources?"
        r"|organi[sz]ations?|ip(?:v4)? address(?:es)?|racks?|workspaces?|buckets?|tenants?|teams?)",
}  # fmt: skip
_TIMES = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_WORDS = {
    "month": (
        "包月", "月费", "月价", "月租", "月付", "月卡", "月套餐", "单月", "首月", "次月", "按月", "monthly", "月度",
        "月额度", "月基本费", "月使用费",
    ),
    "year": (
        "包年", "年费", "年价", "年付", "年租", "年卡", "按年", "annual", "yearly", "annually", "年度", "全年",
    ),
    "day": ("单日", "日均", "daily", "当日", "日租", "日限额"),
    "hour": ("hourly", "按小时"),
    "week": ("weekly",),
}  # fmt: skip
_JOIN = re.compile(r"\s?(?:/|·|\*|每|per\s|an?\s|each\s|every\s)\s?(?:an?\s|个)?", re.ASCII)
_LEAD = re.compile(
    r"\)?\s?(?:/|每(?!人次)|per[\s-]|an?\s|each\s|every\s|for\s(?:each|every|one|1)\s|for\s(?=(?:1\s?)?(?:million|m\s"
    r"|1m|1k|thousand|1,000)))\s?(?:an?\s|each\s)?"
)
_OTHER = re.compile(r"(?:[\d,]+\s)?(?:[a-z]+\s)?([a-z]{3,20})(?![a-z])")
_BEFORE = re.compile(
    r"包年包月|(?:每(?:一|1)?(?!家|套|台|人)|(?<![a-z])per[\s-](?:each\s)?|元/|\$/|¥/|usd/|cny/|rmb/|/(?=kwh|gb|月"
    r"|百万|千|1m|mtok))\s?|(?P<word>" + "|".join(w for words in _WORDS.values() for w in words) + ")"
)


def per_at(plain: str, at: int) -> Unit | None:
    """What a price or rate ending at `at` is per: `/月`, ` per user per month`, `/百万 tokens`, `a month`."""
    lead = _LEAD.match(plain, at)
    if lead is None:
        return None
    if unit := _chain(plain, lead.end()):
        return unit
    other = _OTHER.match(plain, lead.end()) if lead.group().strip() in ("per", "each") else None
    return Unit(other[1], other.end()) if other else None


def per_before(plain: str) -> str | None:
    """What a number is per by the words before it (每月, 每百万 tokens, per GB, 月费); the nearest wins."""
    best: str | None = None
    end = 0
    for match in _BEFORE.finditer(plain):
        if match.start() < end:
            continue
        if match["word"]:
            best = next(unit for unit, words in _WORDS.items() if match["word"] in words)
        elif unit := _chain(plain, match.end()):
            best, end = unit.name, unit.end
    return best


def joint_per(named: str | None, before: str | None) -> str | None:
    """`包月 280 元/台` is per month, `每小时 3 元/卡` per card_hour: the words before complete a noun after."""
    if named in ("card", "core") and before == "hour":
        return f"{named}_hour"
    return before if named in ("instance", "user", "card", "core", "kW", "Mbps") and before in _TIMES else named


@cache
def _per() -> re.Pattern[str]:
    groups = "|".join(f"(?P<p{i}>{p})" for i, p in enumerate(_PER.values()))
    return re.compile(rf"(?:{groups})")


def _chain(plain: str, at: int) -> Unit | None:
    names: list[str] = []
    end = at
    while len(names) < 3 and (match := _per().match(plain, at)):
        names.append(list(_PER)[group_index(match, "p")])
        end = match.end()
        join = _JOIN.match(plain, end)
        if join is None:
            break
        at = join.end()
    return Unit(_combined(names), end) if names else None


def _combined(names: list[str]) -> str:
    """One `per` of a chain: GB and month is GB, card and hour is card_hour, seat and month is month (docs/facts.md)."""
    for unit in ("million_tokens", "thousand_tokens", "kWh", "MWh", "GB", "TB", "card_hour", "core_hour"):
        if unit in names:
            return unit
    if "GB_month" in names:
        return "GB"
    for noun in ("card", "core"):
        if noun in names and "hour" in names:
            return f"{noun}_hour"
    return next((n for n in names if n in _TIMES), names[0])
