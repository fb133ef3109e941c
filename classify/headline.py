"""Headlines in English and Chinese from facts and the kind of change, without any translated text.

`[pricing up] China Telecom: 15M-token plan CNY 39.9 -> 49.9 a month (+25%)`, or, where no number is known before and
after, the original title with the trigger's word, the direction and the key figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from classify.pairing import Quantity, pair_facts, stated_changes
from classify.wording import amount, is_currency, number, per_words, plan, units
from index.records import ChangeKind, Direction, Fact

_WORDS = {
    "en": {
        "pricing": {"tighten": "pricing up", "loosen": "pricing down", "neutral": "pricing"},
        "quota": {"tighten": "quota cut", "loosen": "quota raised", "neutral": "quota"},
        "residency": {"tighten": "data rules tightened", "loosen": "data rules eased", "neutral": "data rules"},
    },
    "zh": {
        "pricing": {"tighten": "价格上调", "loosen": "价格下调", "neutral": "价格"},
        "quota": {"tighten": "配额收紧", "loosen": "配额放宽", "neutral": "配额"},
        "residency": {"tighten": "数据规则收紧", "loosen": "数据规则放宽", "neutral": "数据规则"},
    },
}
_AMOUNTS = {
    "en": {"subsidy": ("subsidy up", "subsidy down"), "discount": ("discount up", "discount down")},
    "zh": {"subsidy": ("补贴上调", "补贴下调"), "discount": ("优惠加大", "优惠减少")},
}
_OTHER = {
    "en": {"tighten": " tightened", "loosen": " eased", "neutral": ""},
    "zh": {"tighten": "收紧", "loosen": "放宽", "neutral": ""},
}
_KINDS = {"en": {"withdrawn": "withdrawn", "restored": "restored"}, "zh": {"withdrawn": "撤回", "restored": "恢复"}}
_METRICS = {"pricing": ("price", "subsidy", "discount"), "quota": ("quota", "allowance")}
_NAMES = {
    "en": {"price": "price", "quota": "quota", "subsidy": "subsidy", "discount": "discount", "allowance": "plan"},
    "zh": {"price": "价格", "quota": "配额", "subsidy": "补贴", "discount": "优惠幅度", "allowance": "套餐"},
}
_BOUNDS = {"en": {"max": "up to {}", "min": "from {}"}, "zh": {"max": "最高{}", "min": "{}起"}}
_DATES = {
    "en": {"effective": "effective {}", "deadline": "deadline {}", "expires": "until {}"},
    "zh": {"effective": "{}起施行", "deadline": "截止{}", "expires": "有效期至{}"},
}
# C0 and C1 controls and the marks that reorder text: a title reaches terminals and mail.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\s]+")
_TITLE, _ITEM = 90, 24


def headline(  # noqa: PLR0913 (the values of one alert, named, as the archive holds them)
    lang: str,
    *,
    publisher: str,
    publisher_en: str | None,
    title: str,
    trigger: str,
    direction: Direction,
    before_facts: Sequence[Fact],
    after_facts: Sequence[Fact],
    change_kind: ChangeKind,
) -> str:
    """One line for people, `lang` en or zh (zh-Hant counts as zh).

    Facts are those of the text before and after; for a new document `before_facts` is empty, and a change that the text
    states itself (由…调整为…) is used. A price or quota that is known to rise or fall decides the direction's word.
    """
    lang = "en" if lang == "en" else "zh"
    changes = _relevant(trigger, pair_facts(before_facts, after_facts) or stated_changes(after_facts))
    gone = change_kind in ("withdrawn", "restored")
    shown = changes if not gone else []
    tag = _moved(lang, shown) or _tag(lang, trigger, change_kind, _shown(shown, direction))
    who = _line((publisher_en or publisher) if lang == "en" else publisher)
    opening = f"[{tag}] {who}: " if lang == "en" else f"[{tag}] {who}："
    if shown:
        return opening + _told(lang, shown)
    figure = _key_figure(lang, trigger, before_facts if change_kind == "withdrawn" and before_facts else after_facts)
    closing = f" ({figure})" if lang == "en" else f"（{figure}）"
    return opening + f"《{_line(title)[:_TITLE].strip('《》')}》" + (closing if figure else "")


def _tag(lang: str, trigger: str, kind: str, direction: Direction) -> str:
    words = _WORDS[lang].get(trigger, {d: trigger + w for d, w in _OTHER[lang].items()})
    if done := _KINDS[lang].get(kind):
        return f"{words['neutral']} {done}" if lang == "en" else words["neutral"] + done
    return words[direction]


def _moved(lang: str, changes: Sequence[Quantity]) -> str | None:
    """What moved, where it is a subsidy or discount: `pricing up` would be wrong of a subsidy that rises."""
    words = _AMOUNTS[lang].get(changes[0].metric) if changes else None
    if words is None:
        return None
    return words[0] if Decimal(changes[0].after) > Decimal(changes[0].before) else words[1]


def _relevant(trigger: str, changes: Sequence[Quantity]) -> list[Quantity]:
    """Changes of the trigger's own metrics, else none; the largest relative change first."""
    metrics = _METRICS.get(trigger, ())
    own = [q for q in changes if q.metric in metrics]
    return sorted(own, key=lambda q: (metrics.index(q.metric), -abs(Decimal(q.percent or 0))))


def _shown(changes: Sequence[Quantity], direction: Direction) -> Direction:
    """What the numbers say, where all of them say the same; else the direction as judged."""
    signs = {_harder(q) for q in changes}
    if len(signs) != 1:
        return direction
    return "tighten" if signs.pop() else "loosen"


def _harder(change: Quantity) -> bool:
    """A higher price is harder on the user; a lower quota, allowance, subsidy or discount is."""
    return (Decimal(change.after) > Decimal(change.before)) == (change.metric == "price")


def _told(lang: str, changes: Sequence[Quantity]) -> str:
    first = changes[0]
    text = f"{_subject(lang, first)} {_move(lang, first)}{_percent(lang, first.percent)}"
    if len(changes) == 1:
        return text
    return f"{text} and {len(changes) - 1} more" if lang == "en" else f"{text}等{len(changes)}项"


def _subject(lang: str, change: Quantity) -> str:
    if change.metric == "price" and change.plan and change.plan_unit:
        return plan(lang, change.plan, change.plan_unit)
    if change.metric == "allowance" and change.plan and change.plan_unit:
        price = amount(lang, change.plan, change.plan_unit) + per_words(lang, change.per)
        return f"{price} plan" if lang == "en" else f"{price}套餐"
    return _line(change.item or "")[:_ITEM] or _NAMES[lang][change.metric]


def _move(lang: str, change: Quantity) -> str:
    """`CNY 39.9 -> 49.9 a month`, `10M -> 8M tokens a month`; `39.9元/月 → 49.9元/月`."""
    per = "" if change.metric == "allowance" else per_words(lang, change.per)
    if lang != "en":
        return " → ".join(amount(lang, v, change.unit) + per for v in (change.before, change.after))
    if change.unit == "percent":
        return f"{amount(lang, change.before, 'percent')} -> {amount(lang, change.after, 'percent')}"
    move = f"{number(lang, change.before)} -> {number(lang, change.after)}"
    return f"{change.unit} {move}{per}" if is_currency(change.unit) else f"{move} {units(change.unit)}{per}"


def _percent(lang: str, percent: str | None) -> str:
    """Signed; whole from ten percent on, so that 25.1 reads +25%."""
    if percent is None:
        return ""
    value = Decimal(percent)
    rounded = value.quantize(Decimal(1)) if abs(value) >= 10 else value
    return f" ({rounded:+}%)" if lang == "en" else f"（{rounded:+}%）"


def _key_figure(lang: str, trigger: str, found: Sequence[Fact]) -> str:
    """The first fact of the trigger's kinds, a range where more of the same unit follow, else the next date."""
    kinds = _METRICS.get(trigger, ())
    own = sorted((f for f in found if f.kind in kinds), key=lambda f: kinds.index(f.kind))
    if own:
        name = _NAMES[lang][own[0].kind] if own[0].kind in _AMOUNTS[lang] else ""
        return f"{name} {_figure(lang, own)}".strip() if lang == "en" else name + _figure(lang, own)
    dated = {f.values["role"]: f.values["value"] for f in reversed(found) if f.kind == "date"}
    return next((words.format(dated[role]) for role, words in _DATES[lang].items() if role in dated), "")


def _figure(lang: str, own: Sequence[Fact]) -> str:
    first = own[0]
    value, unit = _value(first)
    per = per_words(lang, first.values.get("per"))
    values = [Decimal(_value(f)[0]) for f in own if f.kind == first.kind and _same_scale(f, first)]
    low, high = min(values), max(values)
    if low != high:
        return _range(lang, (format(low, "f"), format(high, "f")), unit, per)
    text = amount(lang, value, unit) + per
    text = _BOUNDS[lang].get(first.values.get("role", ""), "{}").format(text)
    bought, bought_unit = first.values.get("quantity"), first.values.get("quantity_unit")
    if not bought or not bought_unit:
        return text
    return text + (" for " if lang == "en" else "，") + amount(lang, bought, bought_unit)


def _range(lang: str, bounds: tuple[str, str], unit: str, per: str) -> str:
    low, high = bounds
    if lang != "en":
        return f"{amount(lang, low, unit)}至{amount(lang, high, unit)}{per}"
    if is_currency(unit):
        return f"{unit} {number(lang, low)} to {number(lang, high)}{per}"
    return f"{amount(lang, low, unit)} to {amount(lang, high, unit)}{per}"


def _same_scale(fact: Fact, other: Fact) -> bool:
    return _value(fact)[1] == _value(other)[1] and fact.values.get("per") == other.values.get("per")


def _value(fact: Fact) -> tuple[str, str]:
    v = fact.values
    if "amount" in v:
        return v["amount"], v.get("currency") or v.get("unit") or ""
    return v.get("percent") or v["percent_off"], "percent"


def _line(text: str) -> str:
    return _UNSAFE.sub(" ", text).strip()
