"""Keeps an event small: the data of an alert stays under 20 kB whatever the document holds.

20 kB is the usual size of a webhook body (Standard Webhooks 1.0.0); CloudEvents promises passage up to 64 KiB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from digests.plain import cut

LIMIT = 20_000
"""Bytes of the data as compact UTF-8 JSON."""

_COUNTS = {"evidence": 8, "duplicates": 20, "scenarios": 12}
_CHANGE_COUNTS = {"clauses": 20, "fields": 12, "attachments": 12, "quantities": 20}
_STAGES = ((600, 20, 8), (300, 12, 6), (160, 8, 4), (80, 4, 3), (40, 2, 1))
"""Longest text of a clause, most clauses and other parts of a change, most pieces of evidence and scenarios."""


def fit(data: dict[str, Any]) -> dict[str, Any]:
    """Shorten lists and long texts until the data is under LIMIT; `truncated` says whether anything was.

    Order and beginnings are kept; nothing is shortened where everything fits the first stage.
    """
    for longest, parts, pieces in _STAGES:
        small = _shorter(data, longest, parts, pieces)
        if size(small) < LIMIT:
            return small | {"truncated": small != data | {"truncated": False}}
    raise ValueError(f"alert {data['alert_key']}: {size(small)} bytes even when shortened")


def size(value: object) -> int:
    """Bytes of a value as compact UTF-8 JSON."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _shorter(data: dict[str, Any], longest: int, parts: int, pieces: int) -> dict[str, Any]:
    change = data["change"]
    lists = {name: change[name][: min(parts, most)] for name, most in _CHANGE_COUNTS.items()}
    lists = {name: [_cut_values(one, longest) for one in rows] for name, rows in lists.items()}
    top = {name: data[name][: min(pieces, most)] for name, most in _COUNTS.items()}
    top["evidence"] = [_cut_quote(one, longest) for one in top["evidence"]]
    top["scenarios"] = [_cut_values(one, longest) for one in top["scenarios"]]
    texts = dict(_short_texts(data, longest))
    document = _cut_values(data["document"], max(longest, 200), keep=("work_id", "expression_id", "url"))
    trigger = _cut_values(data["trigger"], longest) | {"matched_terms": data["trigger"]["matched_terms"][:pieces]}
    return data | texts | top | {"change": change | lists, "document": document, "trigger": trigger, "truncated": False}


def _short_texts(data: dict[str, Any], longest: int) -> Iterator[tuple[str, Any]]:
    yield "headline", cut(data["headline"], 300)
    yield "headlines", {language: cut(text, 300) for language, text in data["headlines"].items()}
    yield "summary", cut(data["summary"], max(longest, 200))
    yield "grounds", _cut_values(data["grounds"], longest)


def _cut_values(row: dict[str, Any], longest: int, keep: tuple[str, ...] = ()) -> dict[str, Any]:
    return {k: cut(v, longest) if isinstance(v, str) and k not in keep else v for k, v in row.items()}


def _cut_quote(row: dict[str, Any], longest: int) -> dict[str, Any]:
    """A shorter quote stays literal: no ellipsis, and the end moves."""
    quote = row["quote"][:longest]
    return row | {"quote": quote, "end": row["start"] + len(quote)}
