"""The searcher of the pages: the model is loaded once, the index brought up to date when the archive has grown."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from agent.api.desk import Desk
from agent.web.kept import kept
from index.archive.archive import Archive
from index.archive.catalogue import Asked

if TYPE_CHECKING:
    from index.search import Searcher

_loaded: WeakKeyDictionary[Desk, Searcher] = WeakKeyDictionary()


def searcher(archive: Archive, desk: Desk) -> Searcher:
    """A searcher over the archive as it is now. Call in the desk's slow thread; the first call takes seconds."""
    newest = archive.catalogue.changes(Asked(), None, 1)
    return kept(desk, "searcher", newest[0][0] if newest else 0, lambda: _fresh(archive, desk))


def _fresh(archive: Archive, desk: Desk) -> Searcher:
    from agent.searching import open_searcher  # noqa: PLC0415 - search and its model are loaded when first asked for

    known = _loaded.get(desk)
    made = open_searcher(archive, desk.settings) if known is None else known.renewed()
    _loaded[desk] = made
    return made
