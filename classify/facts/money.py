"""Currencies as written around a number."""

from __future__ import annotations

import re
from functools import cache

_AFTER = {
    "USD": r"美元|美金|us dollars?|u\.s\. dollars?|usd|dollars?",
    "HKD": r"港元|港币|港纸|hkd|hk dollars?",
    "TWD": r"新台币|台币|新台币元|twd|ntd",
    "EUR": r"欧元|euros?|eur|€",
    "GBP": r"英镑|pounds?(?: sterling)?|gbp",
    "JPY": r"日元|日圆|円|jpy|(?:japanese )?yen",
    "KRW": r"韩元|韩圆|krw|won",
    "INR": r"卢比|印度卢比|inr|rupees?",
    "SGD": r"新加坡元|新元|坡币|sgd|singapore dollars?",
    "AUD": r"澳元|aud",
    "CAD": r"加元|cad",
    "MOP": r"澳门元|澳门币|葡币|mop",
    "RUB": r"卢布|rub(?:les?)?",
    "CHF": r"瑞士法郎|chf|francs?",
    "CNY": r"元人民币|元(?![素件老旦组首宵])|块钱|块(?=[/每一])|人民币|rmb|cny|yuan|renminbi|¥",
}
_BEFORE = {
    "USD": r"us\s?\$|usd|美元|(?<![a-z])\$|\$",
    "HKD": r"hk\s?\$|hkd|港币|港元",
    "TWD": r"nt\s?\$|twd|新台币|ntd",
    "EUR": r"€|eur",
    "GBP": r"£|gbp",
    "JPY": r"jpy|jp\s?¥|日元",
    "KRW": r"₩|krw",
    "INR": r"₹|inr|rs\.?",
    "SGD": r"(?<![a-z'])s\$|sgd",
    "AUD": r"(?<![a-z'])a\$|au\s?\$|aud",
    "CAD": r"(?<![a-z'])ca?\$|cad",
    "MOP": r"mop\s?\$?",
    "BRL": r"r\$",
    "RUB": r"₽",
    "CNY": r"人民币|rmb|cny|cn\s?¥|¥",
}
# prefixed dollars before the bare one
_ORDER_BEFORE = (*(code for code in _BEFORE if code not in ("USD", "CNY")), "CNY", "USD")


@cache
def _after() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{code}>{p})" for code, p in _AFTER.items())
    return re.compile(rf"\s?-?(?:{groups})(?![a-z])")


@cache
def _before() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{code}>{_BEFORE[code]})" for code in _ORDER_BEFORE)
    return re.compile(rf"(?<![a-z])(?:{groups})\s?(?:\*\*|~)?$")


_MINOR = re.compile(
    r"\s?(?:(?P<fen>分钱|分(?=/|每|人民币))|(?P<jiao>角钱|角(?=[/每])|毛钱|毛(?=[/每]))|(?P<li>厘)|(?P<cent>cents?"
    r"|美分)(?![a-z]))"
)
_MINOR_SCALE = {"fen": ("CNY", -2), "jiao": ("CNY", -1), "li": ("CNY", -3), "cent": ("USD", -2)}
_YEN, _YUAN = re.compile(r"japan|tokyo|日本|东京"), re.compile(r"元|yuan|rmb|cny|china|人民币")
# A bare $ is the local dollar in texts of these governments.
_LOCAL = {
    "SGD": r"singaporeans?(?![a-z])|(?<![a-z])(?:hdb|nea|pub|mse|imda)(?![a-z])|hawker",
    "HKD": r"hksar|legislative council",
}
_ANY = re.compile(r"us\$|hk\$|nt\$|s\$|[$¥€£₹₩]|(?<!词)元|美元|usd|cny|rmb|yuan|euro")


def currency_after(plain: str, at: int) -> tuple[str, int, int] | None:
    """(currency, end, power of ten of its unit) of what follows a number ending at `at`; 分 is 10^-2 of 元."""
    if minor := _MINOR.match(plain, at):
        currency, power = _MINOR_SCALE[minor.lastgroup or ""]
        return currency, minor.end(), power
    match = _after().match(plain, at)
    return (match.lastgroup or "", match.end(), 0) if match else None


def currency_before(plain: str, at: int) -> tuple[str, int] | None:
    """(currency, start) of a sign or code that ends at `at`."""
    match = _before().search(plain, max(0, at - 8), at)
    return (match.lastgroup or "", match.start()) if match else None


def currency_in(label: str) -> str | None:
    """The currency that a table header or caption names, such as `单价(元/月)` or `Price (USD)`."""
    match = _ANY.search(label)
    if match is None:
        return None
    before = _before().search(label[: match.end()])
    after = _after().match(label, match.start())
    return (before.lastgroup if before else None) or (after.lastgroup if after else None)


def local_currency(currency: str, plain: str, lang: str | None) -> str:
    """元 in a Traditional Chinese text is the local dollar (TWD or HKD); elsewhere what was read."""
    if currency == "USD" and lang == "en" and "us$" not in plain and "usd" not in plain:
        return next((code for code, words in _LOCAL.items() if re.search(words, plain)), "USD")
    if currency == "CNY" and "¥" in plain and _YEN.search(plain) and not _YUAN.search(plain):
        return "JPY"
    if currency != "CNY" or lang != "zh-Hant" or "人民币" in plain or "¥" in plain:
        return currency
    taiwan = re.search(r"新台币|台湾|行政院|民国|中华电信|nt\$", plain)
    return "TWD" if taiwan else "HKD"
