"""Headlines in either language, made from facts: nothing is translated, so nothing can be mistranslated.

"[Pricing up] China Telecom: token plan CNY 39.9 → 49.9 a month (+25%)". A Chinese title is quoted only in a Chinese
headline; an English one names instrument, 文号 or date instead.
"""

from __future__ import annotations

from digests.finding import Finding, Number
from digests.plain import line
from digests.words import Words
from index.records import Diff

_CURRENCIES = frozenset({"CNY", "USD", "HKD", "EUR"})
_SHARES = frozenset({"%", "percent"})
NOTHING = "none"
"""What facts give as unit or period of a number that has none."""

LIMIT = 160
"""Characters; what a subject line and a card can show."""


def headline(finding: Finding, words: Words) -> str:
    """One line in the language of `words`, at most LIMIT characters."""
    number = _leading(finding.quantities) if finding.change.kind in {"new", "amended"} else None
    body = _quantity(number, words) if number else _event(finding, words)
    trigger = finding.trigger.title_zh if words.language == "zh" else finding.trigger.title
    parts = {"trigger": trigger, "publisher": _publisher(finding, words), "body": body}
    direction = _direction(finding, number, words)
    frame = (
        words("headline.frame", direction=direction, **parts) if direction else words("headline.frame_neutral", **parts)
    )
    return line(frame, LIMIT)


def _leading(quantities: tuple[Number, ...]) -> Number | None:
    """The number that moved furthest, else the first one stated."""
    moved = [one for one in quantities if one.before is not None and one.after is not None]
    if moved:
        return max(moved, key=lambda one: abs(one.percent or 0))
    return next((one for one in quantities if one.after is not None), None)


def _direction(finding: Finding, number: Number | None, words: Words) -> str:
    if number and number.metric == "price" and number.percent is not None:
        way = "up" if number.percent > 0 else "down" if number.percent < 0 else "same"
        return words(f"price_direction.{way}")
    if finding.tag.direction == "neutral":
        return ""
    return words(f"direction.{finding.tag.direction}")


def _publisher(finding: Finding, words: Words) -> str:
    reading = finding.version.reading
    if words.language == "zh":
        return reading.issuer or finding.origin.title
    return finding.origin.title_en


def _quantity(number: Number, words: Words) -> str:
    item = item_name(number.item, number.quantity, number.quantity_unit, words) or words.term("metric", number.metric)
    per = per_word(number.per, words)
    if number.before is None:
        return words("headline.stated", item=item, after=amount(number.after, number.unit, words), per=per)
    told = number.percent is not None and number.unit not in _SHARES
    percent = words("headline.percent", change=percentage(number.percent or 0)) if told else ""
    before, after = _pair(number, words)
    return words("headline.quantity", item=item, before=before, after=after, per=per, percent=percent)


def _pair(number: Number, words: Words) -> tuple[str, str]:
    """Before and after, the currency said once."""
    if number.unit not in _CURRENCIES or number.before is None or number.after is None:
        return amount(number.before, number.unit, words), amount(number.after, number.unit, words)
    unit = words.term("unit", number.unit)
    before = words("headline.money_before", amount=_grouped(number.before), unit=unit)
    return before, words("headline.money_after", amount=_grouped(number.after), unit=unit)


def item_name(item: str | None, quantity: str | None, unit: str | None, words: Words) -> str:
    """What a number is about in the reader's language: an English reader gets `15M-token plan`, no Chinese name."""
    if item and (words.language == "zh" or item.isascii()):
        return line(item, 60)
    if quantity and unit:
        name = words.term("unit", unit) if words.language == "zh" else unit.replace("_", "-")
        return words("headline.plan", quantity=_compact(quantity, words), unit=name)
    return ""


def _compact(quantity: str, words: Words) -> str:
    """`15M`, `1500万`: as people say large round numbers."""
    steps = ((10**8, "亿"), (10**4, "万")) if words.language == "zh" else ((10**9, "B"), (10**6, "M"), (10**3, "K"))
    if not quantity.isdigit():
        return quantity
    for size, sign in steps:
        if int(quantity) >= size and int(quantity) * 100 % size == 0:
            return f"{int(quantity) / size:g}{sign}"
    return _grouped(quantity)


def amount(value: str | None, unit: str | None, words: Words) -> str:
    """A number with its unit as the language writes it: `CNY 49.9`, `49.9元`, `500,000 tokens`."""
    if value is None:
        return words("no_value")
    if unit in _SHARES:
        return f"{value}%"
    name = _unit(value, unit, words)
    if unit in _CURRENCIES:
        return words("headline.money", amount=_grouped(value), unit=name)
    large = value.isdigit() and int(value) >= 1_000_000
    number = _compact(value, words) if large or words.language == "zh" else _grouped(value)
    gap = " " if name.isascii() else ""
    return f"{number}{gap}{name}".strip()


def per_word(per: str | None, words: Words) -> str:
    """What a number is paid or granted for, empty where it stands alone: `a month`, `每月`."""
    return words.term("per", per) if per and per != NOTHING else ""


def _unit(value: str, unit: str | None, words: Words) -> str:
    """The word for a unit: English has `1 token` and `2 tokens`; signs such as PFLOPS and Mbps stay."""
    if not unit or unit == NOTHING:
        return ""
    name = words.term("unit", unit)
    one = words.language == "en" and value == "1" and name != unit
    return name.removesuffix("s") if one else name


def _grouped(value: str) -> str:
    whole, point, rest = value.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isascii() and whole.isdigit() and len(whole) > 4 else value


def percentage(percent: float) -> str:
    """`+25%`, `-12.5%`: whole numbers from 20 on."""
    return f"{percent:+.0f}%" if abs(percent) >= 20 or percent == int(percent) else f"{percent:+.1f}%"


def _event(finding: Finding, words: Words) -> str:
    kind = finding.change.kind
    place = _place(finding.change.diff, words) if kind == "amended" else ""
    return words(f"headline.{kind}", instrument=_instrument(finding, words), name=_name(finding, words), place=place)


def _place(diff: Diff, words: Words) -> str:
    """Where an amendment struck: its clause, how many clauses, else its attachments, else its fields."""
    if diff.clauses:
        return diff.clauses[0].locator if len(diff.clauses) == 1 else words.count("headline.clauses", len(diff.clauses))
    if diff.attachments:
        one = len(diff.attachments) == 1
        op = diff.attachments[0].op
        return words(f"headline.attachment.{op}") if one else words.count("headline.attachments", len(diff.attachments))
    if diff.fields:
        return words("headline.field", name=words.term("field", diff.fields[0].field))
    return words("headline.text")


def _instrument(finding: Finding, words: Words) -> str:
    if not finding.instrument:
        return words("headline.document")
    known = words.term("headline.instruments", finding.instrument)
    return known if words.language == "zh" or known.isascii() else words("headline.document")


def _name(finding: Finding, words: Words) -> str:
    reading = finding.version.reading
    if words.language == "zh" and reading.title:
        return f"《{line(reading.title, 60).strip('《》')}》"
    if reading.lang == "en" and reading.title:
        return f"“{line(reading.title, 90)}”"
    if reading.doc_number:
        return reading.doc_number
    day = reading.published or finding.change.at.date()
    short = {"day": day.day, "month": words(f"months.{day.month}"), "year": day.year}
    return f"({words('date', **short)})"
