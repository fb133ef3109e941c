"""Reads stored pages with the present extractor and the selectors of their source, for `vedette replay`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from config.source import Source
from crawlers.reading import read, read_json, selectors_of
from index.records import Reading, Version
from index.replay import Read


def reader(sources: Mapping[str, Source]) -> Read:
    """What `index.replay.replay` reads with: None for a page that holds no document, or whose source is gone."""

    def again(body: bytes, version: Version) -> Reading | None:
        source = sources.get(version.source)
        if source is None:
            return None
        found = _read(body, version.reading.url, source)
        return found if found.text or found.attachments else None

    return again


def _read(body: bytes, url: str, source: Source) -> Reading:
    selectors = selectors_of(source)
    return read_json(body, url, selectors=selectors) if _is_json(body) else read(body, url, selectors=selectors)


def _is_json(body: bytes) -> bool:
    if body.lstrip()[:1] not in {b"{", b"["}:
        return False
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
