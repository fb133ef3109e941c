"""Reads stored pages, and the files they link, with the present extractor and their source's selectors, for replay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from config.source import Source
from crawlers.enclosed import starts_as_file
from crawlers.lessons import noise_of
from crawlers.parcels import reread
from crawlers.reading import read, read_json, selectors_of
from crawlers.reading.noise import Noise
from index.archive.archive import Archive
from index.records import Reading, Version
from index.replay import Read


def reader(sources: Mapping[str, Source], archive: Archive) -> Read:
    """What `index.replay.replay` reads with: None for a page that holds no document, or whose source is gone.

    `archive` holds the files that documents link, and what was learnt of sites whose declaration names no body.
    """
    blobs, noise = archive.blobs, cache(lambda name: noise_of(archive, sources[name]))

    def again(body: bytes, version: Version) -> Reading | None:
        source = sources.get(version.source)
        if source is None:
            return None
        url = version.reading.url
        if starts_as_file(body):
            return reread(blobs, Reading(url=url, attachments=version.reading.attachments), version.reading)
        found = _read(body, url, source, noise(source.id))
        return reread(blobs, found, version.reading) if found.text or found.attachments else None

    return again


def _read(body: bytes, url: str, source: Source, noise: Noise | None) -> Reading:
    selectors = selectors_of(source)
    if _is_json(body):
        return read_json(body, url, selectors=selectors)
    return read(body, url, selectors=selectors, noise=noise)


def _is_json(body: bytes) -> bool:
    if body.lstrip()[:1] not in {b"{", b"["}:
        return False
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
