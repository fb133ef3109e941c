"""Numbers with their meaning in policy and price texts: prices, quotas, subsidies, discounts, dates and 文号.

Rules only, no model: pure functions over the text, linear in its length, with exact offsets. `docs/facts.md` gives the
conventions.
"""

from __future__ import annotations

from classify.facts.dates import dates
from classify.facts.doc_numbers import doc_numbers
from classify.facts.plain import plain
from classify.facts.reading import counted_facts
from index.records import Fact

__all__ = ["as_json", "facts"]


def facts(text: str, lang: str | None = None) -> tuple[Fact, ...]:
    """All facts of `text`, by place; `text[fact.start:fact.end]` is the literal. `lang` is zh, zh-Hant, en or None."""
    shadow = plain(text)
    numbered = list(doc_numbers(text, shadow))
    counted = [f for f in counted_facts(text, shadow, lang) if not _inside(f, numbered)]
    dated = [f for f in dates(text, shadow) if not _inside(f, numbered)]
    return tuple(sorted([*numbered, *counted, *dated], key=lambda f: (f.start, f.end)))


def as_json(fact: Fact) -> dict[str, str | int]:
    """The fact as one flat object: kind, its values, start and end (characters)."""
    return {"kind": fact.kind, **fact.values, "start": fact.start, "end": fact.end}


def _inside(fact: Fact, others: list[Fact]) -> bool:
    return any(o.start <= fact.start and fact.end <= o.end for o in others)
