"""What a number of a book is called, and what a million tokens cost by it."""

from __future__ import annotations

import re
from decimal import Context, Decimal

from index.records import Fact

_DIGITS = Context(prec=6)
_MILLION = Decimal(1_000_000)
_LONGEST = 28
"""Characters of a name taken from the text before a number."""
_EDGES = " \t　（）()[]【】《》〈〉「」“”\"'：:，,、。.；;/|·-—*～~"
_JOINTS = (
    *("以及", "和", "及", "与", "或", "由", "从", "为", "至", "到", "在", "的", "达到", "不超过", "不低于", "不少于"),
    *("最高", "最低", "调整为", "下调至", "上调至", "提高到", "降至", "每月", "每年", "每日", "每分钟", "上限为"),
)
_PLAIN = {"优惠价", "原价", "现价", "价格", "资费", "月费", "套餐", "标准", "单价", "收费", "price", "fee", "rate"}
"""Words for any price, which name none."""
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百零〇\d]+[条章节款]\s*|^[一二三四五六七八九十]+[、．.]\s*")
_HALF = re.compile(r"^([^（(]*)[）)]")
"""A closing bracket whose other half was cut off."""
_CLAUSE = re.compile(r"[。；;！？!?\n|]")
_COMMA = re.compile(r"[，,、：:（(]")


def name(fact: Fact, text: str) -> tuple[str, bool]:
    """What the number is called, and whether that name means the same in another document of the provider.

    The item that the fact names; else what its price buys (20M tokens); else the words before it, or the first cell of
    its row, which hold for this document only. Empty where there are none.
    """
    item = _clean(fact.values.get("item", ""))
    if item and item.casefold() not in _PLAIN:
        return item, True
    if "quantity" in fact.values and "quantity_unit" in fact.values:
        return f"{short(Decimal(fact.values['quantity']))} {fact.values['quantity_unit']}s", True
    return _before(fact, text), False


def short(number: Decimal) -> str:
    """A number as a person says it: 15M, 2.5k, 900."""
    for size, sign in ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (_MILLION, "M"), (Decimal(10_000), "k")):
        if abs(number) >= size:
            scaled = number / (1000 if sign == "k" else size)
            return f"{_DIGITS.plus(scaled).normalize():f}{sign}"
    return f"{number.normalize():f}"


def unit_price(fact: Fact) -> Decimal | None:
    """Price of a million tokens in the fact's currency, six digits; None where the fact is no price of tokens."""
    values = fact.values
    if fact.kind != "price" or "amount" not in values:
        return None
    amount, per = Decimal(values["amount"]), values.get("per")
    if per in {"million_tokens", "thousand_tokens"}:
        return amount * (1000 if per == "thousand_tokens" else 1)
    bought = Decimal(values.get("quantity", "0"))
    if values.get("quantity_unit") != "token" or not bought:
        return None
    return Decimal(f"{_DIGITS.divide(amount * _MILLION, bought).normalize():f}")


def _before(fact: Fact, text: str) -> str:
    line = text[text.rfind("\n", 0, fact.start) + 1 : fact.start]
    if "|" in line or "\t" in line:
        first = next((cell for cell in re.split(r"[|\t]", line) if cell.strip()), "")
        return _clean(first)[:_LONGEST]
    clause = _CLAUSE.split(line)[-1]
    for part in reversed(_COMMA.split(clause)):
        if len(told := _clean(part)) > 1:
            return told[-_LONGEST:]
    return ""


def _clean(words: str) -> str:
    """Without marks at the ends and without words that only join."""
    told, before = _HALF.sub(r"\1 ", _ARTICLE.sub("", words.strip())).strip(_EDGES), None
    while told != before:
        before = told
        for joint in _JOINTS:
            told = told.removesuffix(joint).strip(_EDGES)
        if told in _JOINTS:
            return ""
    return told
