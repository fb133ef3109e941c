"""Search for a server that runs for months: the model is loaded once, what is archived meanwhile is found."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from config.declarations import Declarations
from config.settings import Settings
from index.archive.archive import Archive

if TYPE_CHECKING:
    from index.embedding import Encoder
    from index.search import Searcher

PAUSE = 2.0
"""Seconds between looks at whether the archive has grown."""

log = logging.getLogger("vedette")


class Finder:
    """`searcher(archive)` for one thread and its one archive: `Desk.slowly` holds both."""

    def __init__(self, declared: Declarations, settings: Settings, seconds: Callable[[], float] = monotonic) -> None:
        self._declared, self._settings, self._seconds = declared, settings, seconds
        self._encoder: Encoder | None = None
        self._searcher: Searcher | None = None
        self._mark: tuple[int, ...] = ()
        self._looked = 0.0

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return self._encoder is not None

    def searcher(self, archive: Archive) -> Searcher:
        """A searcher over the archive as it was at most PAUSE seconds ago; the first call takes seconds."""
        now = self._seconds()
        if self._searcher is not None and now - self._looked < PAUSE:
            return self._searcher
        mark = archive.catalogue.mark()
        if self._searcher is None or mark != self._mark:
            self._searcher = self._made(archive)
        self._mark, self._looked = mark, now
        return self._searcher

    def _made(self, archive: Archive) -> Searcher:
        # torch and faiss take seconds: only who searches waits for them
        from agent.judge import encoder  # noqa: PLC0415
        from config import glossary  # noqa: PLC0415
        from index.pgvectors import open_index  # noqa: PLC0415
        from index.query import Declared  # noqa: PLC0415
        from index.search import Searcher  # noqa: PLC0415

        if self._encoder is None:
            log.info("search: loading the model; the first answer takes some seconds")
            began = self._seconds()
            self._encoder = encoder(self._settings)
            log.info("search: ready after %.1f s", self._seconds() - began)
        vectors = open_index(archive, self._encoder, self._settings.home / "vectors")
        if self._searcher is not None:
            return self._searcher.renewed(vectors)
        names = Declared(self._declared.sources, self._declared.triggers)
        return Searcher(archive.passages, self._encoder, vectors, glossary.load(), names)
