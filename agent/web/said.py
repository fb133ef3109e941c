"""Facts in words: what a number in a text means."""

from __future__ import annotations

from typing import Any

from agent.web.visit import Visit
from digests.headline import amount, item_name, per_word
from index.records import Fact


def fact_row(fact: Fact, visit: Visit) -> dict[str, Any]:
    """Kind, what it is about, the value, and its place in the text."""
    words, values = visit.words, fact.values
    unit = values.get("currency") or values.get("unit")
    number = values.get("amount") or values.get("percent") or values.get("percent_off") or values.get("value", "")
    share = "amount" not in values and ("percent" in values or "percent_off" in values)
    said = amount(number, "percent" if share else unit, words) if fact.kind not in {"date", "doc_number"} else number
    role = values.get("role", "")
    return {
        "kind": words(f"desk.fact.{fact.kind}"),
        "what": item_name(values.get("item"), values.get("quantity"), values.get("quantity_unit"), words),
        "said": f"{said} {per_word(values.get('per'), words)}".strip(),
        "role": words.term("desk.role", role) if role else "",
        "place": f"{fact.start}-{fact.end}",
    }
