"""The fields of the alert as a Markdown table, made from the models; `docs/alerts.md` holds it, and a test compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from digests.alert import schema


def reference() -> str:
    """One row for each field of the event and of its parts, in the order of the models."""
    made = schema()
    rows = ["| field | type | meaning |", "| --- | --- | --- |", *_rows(made, made["$defs"], "")]
    return "\n".join(rows)


def _rows(part: Mapping[str, Any], named: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, field in part["properties"].items():
        inner = _inner(field)
        told = field.get("description") or (named[inner]["description"] if inner else "")
        yield f"| `{prefix}{name}` | {_type(field)} | {told.replace('|', '/')} |"
        if inner:
            yield from _rows(named[inner], named, f"{prefix}{name}{'[]' if field.get('type') == 'array' else ''}.")


def _inner(field: Mapping[str, Any]) -> str:
    target = field.get("$ref") or field.get("items", {}).get("$ref") or ""
    return str(target).rpartition("/")[2]


def _type(field: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if "enum" in field:
        return ", ".join(field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    return str(field.get("format") or field.get("type") or "object")
