"""A copy of the archive in one SQLite file with texts as text, for programs that know nothing of Vedette.

It holds what `Exports` gives and nothing of receivers, tokens or deliveries. Clauses and evidence get tables of their
own; texts can be searched by any three characters (FTS5, trigram).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from index.archive.exports import TABLES, Chosen, Exports

_AT_ONCE = 500
_SCHEMA = """
CREATE TABLE sources (
    id TEXT PRIMARY KEY, title TEXT, title_en TEXT, authority TEXT, tier TEXT, region TEXT, language TEXT);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, url TEXT, source TEXT REFERENCES sources (id), work TEXT, state TEXT, first_seen TEXT,
    version TEXT, versions INTEGER, title TEXT, lang TEXT, published TEXT, written TEXT, effective TEXT, expires TEXT,
    comments_close TEXT, issuer TEXT, doc_number TEXT, index_number TEXT);
CREATE TABLE versions (
    id TEXT PRIMARY KEY, document TEXT REFERENCES documents (id), work TEXT, source TEXT, number INTEGER, previous TEXT,
    first_seen TEXT, extractor TEXT, page_sha256 TEXT, url TEXT, title TEXT, lang TEXT, published TEXT, written TEXT,
    effective TEXT, expires TEXT, comments_close TEXT, issuer TEXT, doc_number TEXT, index_number TEXT,
    attachments TEXT, text TEXT);
CREATE TABLE changes (
    id TEXT PRIMARY KEY, kind TEXT, cause TEXT, document TEXT REFERENCES documents (id), work TEXT, source TEXT,
    at TEXT, before TEXT REFERENCES versions (id), after TEXT REFERENCES versions (id), baseline INTEGER,
    silent INTEGER, repost INTEGER, diff TEXT);
CREATE TABLE clauses (
    change TEXT REFERENCES changes (id), position INTEGER, op TEXT, locator TEXT, before TEXT, after TEXT,
    PRIMARY KEY (change, position));
CREATE TABLE tags (
    change TEXT REFERENCES changes (id), document TEXT REFERENCES documents (id), trigger TEXT, trigger_version TEXT,
    model TEXT, score REAL, fires INTEGER, direction TEXT, scope TEXT, evidence TEXT, PRIMARY KEY (change, trigger));
CREATE TABLE facts (
    version TEXT REFERENCES versions (id), document TEXT REFERENCES documents (id), position INTEGER, kind TEXT,
    "values" TEXT, start INTEGER, "end" INTEGER, quote TEXT, PRIMARY KEY (version, position));
CREATE TABLE alerts (
    seq INTEGER PRIMARY KEY, id TEXT, change TEXT REFERENCES changes (id), document TEXT REFERENCES documents (id),
    trigger TEXT, work TEXT, at TEXT, event TEXT);
CREATE TABLE citations (
    document TEXT REFERENCES documents (id), version TEXT REFERENCES versions (id), kind TEXT, key TEXT, quote TEXT,
    work TEXT);
"""
_AFTER = """
CREATE INDEX versions_document ON versions (document);
CREATE INDEX changes_document ON changes (document);
CREATE INDEX changes_at ON changes (at);
CREATE INDEX tags_trigger ON tags (trigger, fires);
CREATE INDEX facts_document ON facts (document);
CREATE INDEX citations_work ON citations (work);
CREATE VIRTUAL TABLE versions_fts USING fts5 (title, text, content = 'versions', tokenize = 'trigram');
INSERT INTO versions_fts (versions_fts) VALUES ('rebuild');
ANALYZE;
"""


def write_plain(exports: Exports, sources: Iterable[dict[str, Any]], path: Path, chosen: Chosen) -> Path:
    """Write the copy; what is there is replaced. `sources`: id, title, title_en, authority, tier, region, language.

    Raises OSError or sqlite3.OperationalError where there is no room.
    """
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    with closing(sqlite3.connect(beside)) as db:
        db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        _insert(db, "sources", iter(sources))
        for table in TABLES:
            _insert(db, table, exports.rows(table, chosen))
        _insert(db, "clauses", _clauses(exports.rows("changes", chosen)))
        _insert(db, "citations", exports.citations(chosen))
        db.executescript(_AFTER)
    beside.replace(path)
    return path


def _insert(db: sqlite3.Connection, table: str, found: Iterator[dict[str, Any]]) -> None:
    while block := list(islice(found, _AT_ONCE)):
        names = ", ".join(f'"{name}"' for name in block[0])
        marks = ", ".join("?" * len(block[0]))
        with db:
            db.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", map(_values, block))


def _values(row: Mapping[str, Any]) -> list[Any]:
    nested = (dict, list)
    return [json.dumps(value, ensure_ascii=False) if isinstance(value, nested) else value for value in row.values()]


def _clauses(changes: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for change in changes:
        for position, clause in enumerate(change["diff"]["clauses"]):
            yield {"change": change["id"], "position": position} | clause
