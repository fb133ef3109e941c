"""How far the archive has come: what is kept of it is made again once this differs."""

from __future__ import annotations

from collections.abc import Hashable

from agent.web.visit import Visit
from index.archive.archive import Archive
from index.archive.catalogue import Asked


def state_of(archive: Archive, visit: Visit) -> Hashable:
    """Newest change, newest alert, the hour: tags of old documents make no alert and may come later."""
    newest = archive.catalogue.changes(Asked(), None, 1)
    return (newest[0][0] if newest else 0, archive.feed.last_seq(), visit.now.strftime("%Y%m%d%H"))
