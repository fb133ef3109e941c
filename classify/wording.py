"""Amounts, units and roles as words of a headline, in English and Chinese."""

from __future__ import annotations

from decimal import Decimal

_CURRENCIES = {
    "CNY": "元", "USD": "美元", "HKD": "港元", "TWD": "新台币元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元",
    "KRW": "韩元", "SGD": "新加坡元", "INR": "卢比", "AUD": "澳元", "CAD": "加元", "MOP": "澳门元",
}  # fmt: skip
_UNITS = {
    "token": "词元", "request": "次请求", "card_hour": "卡时", "core_hour": "核时", "card": "卡", "credit": "积分",
    "point": "积分", "concurrent": "并发", "user": "用户", "instance": "实例", "message": "条", "minute": "分钟",
    "kWh": "千瓦时", "image": "张图", "kW": "千瓦", "character": "字符",
}  # fmt: skip
_PERS = {
    "month": "月", "year": "年", "day": "天", "hour": "小时", "minute": "分钟", "second": "秒", "week": "周",
    "quarter": "季", "million_tokens": "百万词元", "thousand_tokens": "千词元", "ten_thousand_tokens": "万词元",
    "token": "词元", "request": "次", "thousand_requests": "千次", "ten_thousand_requests": "万次",
    "million_requests": "百万次", "kWh": "千瓦时", "MWh": "兆瓦时", "card_hour": "卡时", "core_hour": "核时",
    "user": "用户", "message": "条", "card": "卡", "core": "核", "instance": "个", "tonne": "吨", "image": "张",
    "page": "页", "character": "字符",
}  # fmt: skip
_ARTICLE = {
    "month": "a month", "year": "a year", "day": "a day", "hour": "an hour", "minute": "a minute", "week": "a week",
    "second": "a second", "quarter": "a quarter",
}  # fmt: skip
_SCALES_EN = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))
_SCALES_ZH = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"))
_PLAIN_BELOW = 10_000
_UNCOUNTABLE = {"GB", "MB", "TB", "PB", "KB", "MW", "GW", "kW", "kWh", "MWh", "PFLOPS", "EFLOPS", "Mbps", "Gbps", "AFP"}


def number(lang: str, value: str) -> str:
    """A decimal as people write it: 15000000 is `15M` in English and `1500万` in Chinese; exact, never rounded."""
    amount = Decimal(value)
    for scale, name in _SCALES_EN if lang == "en" else _SCALES_ZH:
        scaled = amount / scale
        if amount >= max(scale, _PLAIN_BELOW) and scaled == scaled.quantize(Decimal("0.01")):
            return _plain(scaled) + name
    return f"{amount:,}" if lang == "en" and amount >= _PLAIN_BELOW else _plain(amount)


def amount(lang: str, value: str, unit: str) -> str:
    """A number with its unit: `CNY 39.9`, `15M tokens`, `20%`; `39.9元`, `1500万词元`."""
    if unit == "percent":
        return f"{_plain(Decimal(value))}%"
    if lang != "en":
        return number(lang, value) + (_CURRENCIES.get(unit) or _UNITS.get(unit) or f" {unit}")
    return f"{unit} {number(lang, value)}" if is_currency(unit) else f"{number(lang, value)} {units(unit, value)}"


def units(unit: str, value: str = "2") -> str:
    """The English name of a counted unit, in the plural unless `value` is 1."""
    name = {"concurrent": "concurrent requests"}.get(unit, unit.replace("_", "-"))
    if unit in _UNCOUNTABLE or unit == "concurrent" or value == "1":
        return name
    return name[:-1] + "ies" if name.endswith("y") else name + ("es" if name.endswith(("x", "s", "h")) else "s")


def per_words(lang: str, per: str | None) -> str:
    """What it is per, behind an amount: ` a month`, ` per million tokens`; `/月`, `/百万词元`; empty for none."""
    if per in (None, "none", "one_off"):
        return ""
    if lang != "en":
        return "/" + _PERS.get(per, per)
    return " " + (_ARTICLE.get(per) or "per " + per.replace("_", "-" if per.endswith("hour") else " "))


def plan(lang: str, quantity: str, unit: str) -> str:
    """A plan named by what it buys: `15M-token plan`, `1500万词元套餐`."""
    if lang == "en":
        return f"{number(lang, quantity)}-{unit.replace('_', '-')} plan"
    return amount(lang, quantity, unit) + "套餐"


def is_currency(unit: str) -> bool:
    """Whether a unit is an ISO 4217 code (three capitals that are no counted unit)."""
    return len(unit) == 3 and unit.isascii() and unit.isupper() and unit not in _UNCOUNTABLE


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
