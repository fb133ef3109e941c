"""How far the archive has come: what is kept of it is made again once this differs."""

from __future__ import annotations

from collections.abc import Hashable

from agent.web.visit import Visit
from index.archive.archive import Archive


def state_of(archive: Archive, visit: Visit) -> Hashable:
    """Changes, passages and tags so far, the newest alert, and the hour, for signs fade and days go by."""
    return (*archive.catalogue.mark(), archive.feed.last_seq(), visit.now.strftime("%Y%m%d%H"))
