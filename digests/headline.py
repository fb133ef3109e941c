"""Headlines in either language, made from facts: nothing is translated, so nothing can be mistranslated.

"[Pricing up] China Telecom: token plan CNY 39.9 → 49.9 a month (+25%)". A Chinese title is quoted only in a Chinese
headline; an English one names instrument, 文号 or date, and what the title is about by terms of the field.
"""

from __future__ import annotations

import re

from digests import locator, terms
from digests.finding import Finding, Number
from digests.plain import cut, line
from digests.words import Words
from index.records import Diff

_CURRENCIES = frozenset({"CNY", "USD", "HKD", "EUR"})
_SHARES = frozenset({"%", "percent"})
NOTHING = "none"
"""What facts give as unit or period of a number that has none."""

_SECTION = re.compile(
    r"[,，].*$|(?:\s+normative)?\s+(?:notices|orders|announcements|plans|news|documents|policies|prices|releases)$"
    r"|(?<=..)\s*(?:公告|通知|新闻|政策|文件|资讯|动态|计费|价格)+$"
)
"""What the name of a source says beyond its publisher: `NDRC notices`, `China Telecom, group news`."""
_NAMED = re.compile(r"(?:印发|发布|公布|实施|下发|转发)(?:的)?《(.+)》")
_WORD = re.compile(r"[^\W_]")

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
        moved = "up" if number.percent > 0 else "down" if number.percent < 0 else "same"
        return words(f"price_direction.{moved}")
    return "" if finding.tag.direction == "neutral" else way(finding.trigger.category, finding.tag.direction, words)


def way(category: str, direction: str, words: Words) -> str:
    """How a direction is called for a family of triggers: prices do not get tighter but dearer."""
    own = f"direction_of.{category}.{direction}"
    return words(own if words.has(own) else f"direction.{direction}")


def _publisher(finding: Finding, words: Words) -> str:
    reading = finding.version.reading
    if words.language == "zh":
        return reading.issuer or publisher(finding.origin.title)
    return publisher(finding.origin.title_en)


def publisher(source: str) -> str:
    """The publisher in the name of a source, without the section of its site."""
    return _SECTION.sub("", source.strip()) or source


def _quantity(number: Number, words: Words) -> str:
    plan = item_name(number.item, number.quantity, number.quantity_unit, words)
    item = plan or metric_name(number.metric, number.item, words)
    per = per_word(number.per, words)
    if number.before is None:
        return words("headline.stated", item=item, after=amount(number.after, number.unit, words), per=per)
    told = number.percent is not None and number.unit not in _SHARES
    percent = words("headline.percent", change=percentage(number.percent or 0)) if told else ""
    before, after = _pair(number, words)
    return words("headline.quantity", item=item, before=before, after=after, per=per, percent=percent)


def _pair(number: Number, words: Words) -> tuple[str, str]:
    """Before and after, the unit said once."""
    before, after = number.before or "", number.after or ""
    if number.unit not in _CURRENCIES:
        said = amount(after, number.unit, words) if after else words("no_value")
        return _bare(before, number.unit, words), said
    unit = words.term("unit", number.unit)
    first = words("headline.money_before", amount=_round(before, words), unit=unit)
    return first, words("headline.money_after", amount=_round(after, words), unit=unit)


def _bare(value: str, unit: str | None, words: Words) -> str:
    return amount(value, unit if unit in _SHARES else None, words)


def item_name(item: str | None, quantity: str | None, unit: str | None, words: Words) -> str:
    """What a number is about in the reader's language: an English reader gets `15M-token plan`, no Chinese name.

    `）` and the like, left over where a text was cut, are no name.
    """
    if item and _WORD.search(item) and (words.language == "zh" or item.isascii()):
        return line(item, 60).strip(" ）)（(，,：:、")
    if quantity and unit:
        name = words.term("unit", unit) if words.language == "zh" else unit.replace("_", "-")
        return words("headline.plan", quantity=_compact(quantity, words), unit=name)
    return ""


def metric_name(metric: str, item: str | None, words: Words) -> str:
    """What is counted where it has no name of its own: `price`, or `input price` where the text says so in Chinese."""
    about = terms.in_english(item or "", 1) if words.language == "en" else ""
    return f"{about} {words.term('metric', metric)}".strip()


def _compact(quantity: str, words: Words) -> str:
    """`15M`, `1500万`: as people say large round numbers."""
    steps = ((10**8, "亿"), (10**4, "万")) if words.language == "zh" else ((10**9, "B"), (10**6, "M"), (10**3, "K"))
    if not quantity.isdigit():
        return _grouped(quantity)
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
    number = _round(value, words)
    if unit in _CURRENCIES:
        return words("headline.money", amount=number, unit=name)
    gap = " " if name.isascii() else ""
    return f"{number}{gap}{name}".strip()


def _round(value: str, words: Words) -> str:
    """Large round numbers as people say them, from a million on in English and ten thousand in Chinese."""
    large = value.isdigit() and int(value) >= 1_000_000
    return _compact(value, words) if large or words.language == "zh" else _grouped(value)


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
    return f"{int(whole):,}{point}{rest}" if whole.isascii() and whole.isdigit() and len(whole) > 3 else value


def percentage(percent: float) -> str:
    """`+25%`, `-12.5%`: whole numbers from 20 on."""
    return f"{percent:+.0f}%" if abs(percent) >= 20 or percent == int(percent) else f"{percent:+.1f}%"


def _event(finding: Finding, words: Words) -> str:
    kind = finding.change.kind
    struck = _place(finding.change.diff, words) if kind == "amended" else ""
    return words(f"headline.{kind}", instrument=_instrument(finding, words), name=_name(finding, words), place=struck)


def _place(diff: Diff, words: Words) -> str:
    """Where an amendment struck: its clause, how many clauses, else its attachments, else its fields."""
    if diff.clauses:
        where = place(diff.clauses[0].locator, words) if len(diff.clauses) == 1 else ""
        return where or words.count("headline.clauses", len(diff.clauses))
    if diff.attachments:
        one = len(diff.attachments) == 1
        op = diff.attachments[0].op
        return words(f"headline.attachment.{op}") if one else words.count("headline.attachments", len(diff.attachments))
    if diff.fields:
        return words("headline.field", name=words.term("field", diff.fields[0].field))
    return words("headline.text")


def place(where: str, words: Words) -> str:
    """A place in the text in the reader's language; empty in English where it has no English name."""
    return where if words.language == "zh" or where.isascii() else locator.in_english(where)


def _instrument(finding: Finding, words: Words) -> str:
    if not finding.instrument:
        return words("headline.document")
    known = words.term("headline.instruments", finding.instrument)
    return known if words.language == "zh" or known.isascii() else words("headline.document")


def _name(finding: Finding, words: Words) -> str:
    reading = finding.version.reading
    if words.language == "zh" and reading.title:
        return f"《{_short(line(reading.title))}》"
    if reading.lang == "en" and reading.title:
        return f"“{line(reading.title, 90)}”"
    about = terms.in_english(reading.title)
    day = reading.published or finding.change.at.date()
    when = words("date", day=day.day, month=words(f"months.{day.month}"), year=day.year)
    given = line(reading.doc_number, 40) if reading.doc_number else when
    return words("headline.about", about=about, given=given) if about else f"({given})"


def _short(title: str) -> str:
    """The name of what a title issues: 《办法》 of `关于印发《办法》的通知`; marks inside a name are single ones."""
    named = _NAMED.search(title)
    name = named[1] if named else title.removeprefix("《").removesuffix("》") if title.count("《") == 1 else title
    return cut(name, 60).replace("《", "〈").replace("》", "〉")
