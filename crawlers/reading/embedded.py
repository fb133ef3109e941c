"""The document as JSON inside a page: gkmlpt sites (Guangdong) carry theirs in `window._CONFIG.DETAIL`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from crawlers.reading.dates import instant
from crawlers.reading.lines import Line, lines_of
from crawlers.reading.tree import fragment

_DETAIL = re.compile(r"\bDETAIL\s*:\s*(?=\{)")
_KEYS = {"document_number": "doc_number", "identifier": "index_number", "publisher": "issuer", "title": "title"}


@dataclass(frozen=True, slots=True)
class Embedded:
    """Labels as `metadata.labelled` names them, and the lines of the body."""

    labels: Mapping[str, str]
    lines: list[Line]


def gkmlpt_detail(source: str) -> Embedded | None:
    """The document in `_CONFIG.DETAIL`; None on pages without it or where it cannot be read."""
    mark = _DETAIL.search(source) if "_CONFIG" in source else None
    if not mark:
        return None
    try:
        detail, _ = json.JSONDecoder().raw_decode(source, mark.end())
    except (ValueError, RecursionError):  # a site's broken JSON, or one nested to hurt
        return None
    labels = {name: str(detail[key]) for key, name in _KEYS.items() if detail.get(key)}
    ended = "已废止" if detail.get("is_abolished") else "已失效" if detail.get("is_expired") else ""
    if ended:
        labels["status"] = ended
    for key in ("display_publish_time", "first_publish_time"):
        when = instant(detail[key]) if isinstance(detail.get(key), int | float) else None
        if when and "published" not in labels:
            labels["published"] = when.isoformat()
    content = fragment(str(detail.get("content") or ""))
    return Embedded(labels, lines_of(content) if content is not None else [])
