"""An item as its card shows it: what changed, so what, when, why you got this, links. Values only, all text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from config.subscription import Subscription
from digests.effects import effects
from digests.headline import amount, item_name, metric_name, per_word, percentage, place, way
from digests.plain import line
from digests.selection import Item
from digests.words import Words

_DIGITS = re.compile(r"[^0-9.]")
_BRACKET = re.compile(r"^(?:\[[^\]]*\]\s*|【[^】]*】\s*)")
_QUOTE = 150
_SPAN = 130
_NUMBERS = 4
_CLAUSES = 2


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a view is made."""

    subscription: Subscription
    words: Words

    @property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return ZoneInfo(self.subscription.timezone)

    def day(self, moment: datetime) -> str:
        """The day of a moment in the reader's zone."""
        return say_date(moment.astimezone(self.zone).date(), self.words)


def say_date(day: date, words: Words, key: str = "date") -> str:
    """A date as the language writes it."""
    return words(key, day=day.day, month=words(f"months.{day.month}"), year=day.year)


def headline_of(event: Mapping[str, Any], words: Words) -> str:
    """The headline in the reader's language, else the document's."""
    data = event["data"]
    return words.own(line(data["headlines"].get(words.language) or data["headline"]))


def short_headline(event: Mapping[str, Any], words: Words) -> str:
    """The headline without its bracket, for places that show the trigger beside it."""
    full = headline_of(event, words)
    return _BRACKET.sub("", full) or full


def trigger_title(event: Mapping[str, Any], words: Words) -> str:
    """The trigger's name in the reader's language."""
    trigger = event["data"]["trigger"]
    return words.own(trigger["title_zh"] if words.language == "zh" else trigger["title"])


def card(item: Item, reader: Reader) -> dict[str, Any]:
    """Everything the templates print of an item."""
    words, event = reader.words, item.lead.event
    data = event["data"]
    return {
        "id": event["id"],
        "severity": event["severity"],
        "severity_word": words(f"severity.{event['severity']}"),
        "kind": _kind(data, words),
        "trigger": _pointed(event, words),
        "rating": words("list_comma").join(
            (words(f"urgency.{data['urgency']}"), words(f"certainty.{data['certainty']}"))
        ),
        "headline": short_headline(event, words),
        "title": line(data["document"]["title"], 160),
        "title_lang": data["document"]["lang"],
        "original": data["links"]["original"],
        "correction": _correction(data, words),
        "numbers": _numbers(item, words),
        "moved": any(one["before"] is not None for one in _quantities(item)),
        "clauses": _clauses(data, words),
        "more_clauses": _more(data, words),
        "notes": _notes(item, words),
        "effects": effects(data, words),
        "dates": _dates(data, reader),
        "why": _why(item, reader),
        "evidence": _evidence(data),
        "source": _source(data, words),
        "links": _links(data, words),
        "show": data["links"]["show"],
    }


def one_line(item: Item, reader: Reader) -> dict[str, Any]:
    """An item of "also seen"."""
    event = item.lead.event
    return {
        "severity": event["severity"],
        "severity_word": reader.words(f"severity.{event['severity']}"),
        "headline": headline_of(event, reader.words),
        "title": line(event["data"]["document"]["title"], 90),
        "title_lang": event["data"]["document"]["lang"],
        "original": event["data"]["links"]["original"],
        "date": reader.day(item.lead.at),
        "id": event["id"],
    }


def _kind(data: Mapping[str, Any], words: Words) -> str:
    """New, amended …, and whether the text is a draft or law, where that is known."""
    kind, state = words(f"kind.{data['change']['kind']}"), data["document"]["lifecycle"]
    return kind if state == "unknown" else words("list_comma").join((kind, words(f"lifecycle.{state}")))


def _pointed(event: Mapping[str, Any], words: Words) -> str:
    trigger, title = event["data"]["trigger"], trigger_title(event, words)
    if trigger["direction"] == "neutral":
        return title
    return words("list_comma").join((title, way(trigger["category"], trigger["direction"], words)))


def _correction(data: Mapping[str, Any], words: Words) -> str:
    if data["message_type"] == "alert" or not data["references"]:
        return ""
    references = words("list_comma").join(data["references"])
    text = words("card.correction_text", references=references, verb=words(f"card.verb.{data['message_type']}"))
    return f"{text} {data['summary']}" if data["message_type"] == "cancel" else text


def _quantities(item: Item) -> list[dict[str, Any]]:
    """The numbers of all alerts of the item, those of the lead first, each once."""
    if item.lead.event["data"]["change"]["kind"] not in {"new", "amended"}:
        return []
    rows = [one for alert in item.alerts for one in alert.event["data"]["change"]["quantities"]]
    return [one for place, one in enumerate(rows) if one not in rows[:place]][:_NUMBERS]


def _numbers(item: Item, words: Words) -> list[dict[str, str]]:
    return [
        {
            "what": _what(one, words),
            "per": per_word(one["per"], words),
            "moved": "yes" if one["before"] is not None else "",
            "before": amount(one["before"], one["unit"], words),
            "after": amount(one["after"], one["unit"], words),
            "change": percentage(one["percent"]) if one["percent"] is not None and one["unit"] != "percent" else "",
        }
        for one in _quantities(item)
    ]


def _what(number: Mapping[str, Any], words: Words) -> str:
    name = item_name(number["item"], number["quantity"], number["quantity_unit"], words)
    name = name or metric_name(number["metric"], number["item"], words)
    return name[:1].upper() + name[1:]


def _clauses(data: Mapping[str, Any], words: Words) -> list[dict[str, str]]:
    return [
        {
            "op": words(f"op.{one['op']}"),
            "locator": _where(line(one["locator"], 40), words),
            "before": line(one["before"] or "", _SPAN),
            "after": line(one["after"] or "", _SPAN),
        }
        for one in _shown(data)
    ]


def _where(locator: str, words: Words) -> str:
    said = place(locator, words) or locator
    return said[:1].upper() + said[1:]


def _shown(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    most = 1 if data["change"]["quantities"] else _CLAUSES
    shown: list[dict[str, Any]] = data["change"]["clauses"][:most]
    return shown


def _more(data: Mapping[str, Any], words: Words) -> str:
    more = len(data["change"]["clauses"]) - len(_shown(data))
    return words.count("card.more_clauses", more) if more else ""


def _notes(item: Item, words: Words) -> list[str]:
    data = item.lead.event["data"]
    kind = data["change"]["kind"]
    notes = [words(f"card.{kind}")] if kind in {"withdrawn", "moved", "restored"} else []
    shown = [(one["before"], one["after"]) for one in _quantities(item)]
    fields = [one for one in data["change"]["fields"] if not _stated(one, shown)]
    notes += [_field(one, words) for one in fields[:2]]
    if kind == "new" and data["evidence"]:
        notes.append(words("card.new_document", quote=line(data["evidence"][0]["quote"], _QUOTE)))
    if data["change"]["silent"]:
        notes.append(words("card.silent"))
    return notes


def _field(field: Mapping[str, Any], words: Words) -> str:
    before, after = (line(field[side] or "", 60) for side in ("before", "after"))
    said = f"{before or words('no_value')}{words('arrow')}{after or words('no_value')}" if before else after
    return f"{words.term('field', field['field'])}{words('colon')}{said}"


def _stated(field: Mapping[str, Any], shown: Sequence[tuple[str | None, str | None]]) -> bool:
    """Whether the numbers of the card say the same: `5%` to `2%` beside 5 to 2."""
    was, now = (_DIGITS.sub("", field[side] or "") for side in ("before", "after"))
    return bool(was and now) and (was, now) in shown


def _dates(data: Mapping[str, Any], reader: Reader) -> list[dict[str, str]]:
    document, words = data["document"], reader.words
    names = {
        "effective": "effective_on",
        "comments": "comments_close_on",
        "expires": "expires_on",
        "published": "published_on",
    }
    dates = [
        {"role": name, "label": words(f"card.{name}"), "date": say_date(date.fromisoformat(document[key]), words)}
        for name, key in names.items()
        if document[key]
    ]
    seen = reader.day(datetime.fromisoformat(data["provenance"]["retrieved_at"]))
    return [*dates, {"role": "seen", "label": words("card.seen"), "date": seen}]


def _why(item: Item, reader: Reader) -> list[str]:
    data, words = item.lead.event["data"], reader.words
    trigger = data["trigger"]
    matched = words(
        "card.matched",
        trigger=trigger_title(item.lead.event, words),
        score=f"{trigger['score']:.2f}",
        threshold=f"{trigger['threshold']:.2f}",
        direction=way(trigger["category"], trigger["direction"], words),
    )
    others = list(dict.fromkeys(trigger_title(one.event, words) for one in item.alerts[1:]))
    others = [one for one in others if one != trigger_title(item.lead.event, words)]
    also = [words("card.also_fired", triggers=words("list_comma").join(others))] if others else []
    return [matched, *also]


def _evidence(data: Mapping[str, Any]) -> str:
    """The quote that made it fire, where the card does not show it already as the new document's words."""
    if not data["evidence"] or data["change"]["kind"] == "new":
        return ""
    return line(data["evidence"][0]["quote"], _QUOTE)


def _source(data: Mapping[str, Any], words: Words) -> str:
    document, publisher = data["document"], data["publisher"]
    title = words.own(publisher["title"]) if words.language == "zh" else publisher["title_en"]
    issuer = document["issuer"] if words.language == "zh" and document["issuer"] else title
    parts = [issuer, document["doc_number"], words(f"tier.{publisher['tier']}")]
    if data["duplicates"]:
        parts.append(words.count("card.reposts", len(data["duplicates"])))
    return " · ".join(line(part, 80) for part in parts if part)


def _links(data: Mapping[str, Any], words: Words) -> list[dict[str, str]]:
    named = {"original": "original", "archive": "archived", "diff": "diff", "self": "alert"}
    return [
        {"text": words(f"card.link.{text}"), "url": data["links"][key]}
        for key, text in named.items()
        if data["links"][key]
    ]
