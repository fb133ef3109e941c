"""The tables, as numbered migrations: a released one is never edited, a change is a new one at the end.

Texts are zlib blobs (`rows.pack`): a Chinese document of 3,000 characters is 9 kB in UTF-8 and about 4 kB packed.
Times are ISO 8601 text in UTC, dates ISO text. No table that sqlite-utils fills is WITHOUT ROWID: version 4.2 cannot
`insert(ignore=True)` into one ("no such column: rowid", tried November 2026).
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("vedette")

_PAGES = """
CREATE TABLE pages (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL, source TEXT NOT NULL, fetched_at TEXT NOT NULL, status INTEGER NOT NULL,
    headers TEXT NOT NULL, sha256 TEXT NOT NULL, final_url TEXT NOT NULL, size INTEGER NOT NULL,
    UNIQUE (url, sha256, fetched_at));
CREATE INDEX pages_sha256 ON pages (sha256);
CREATE TABLE fetches (
    url TEXT PRIMARY KEY, source TEXT NOT NULL, document TEXT, etag TEXT, last_modified TEXT, sha256 TEXT,
    status INTEGER NOT NULL, checked_at TEXT NOT NULL, missing_since TEXT, read_at TEXT);
CREATE INDEX fetches_document ON fetches (document);
CREATE INDEX fetches_source ON fetches (source);
"""

_DOCUMENTS = """
CREATE TABLE works (id TEXT PRIMARY KEY, title TEXT NOT NULL, first_source TEXT NOT NULL, first_url TEXT NOT NULL,
    first_seen TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT NOT NULL, work TEXT NOT NULL REFERENCES works (id),
    first_seen TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'live', latest TEXT);
CREATE INDEX documents_work ON documents (work);
CREATE INDEX documents_source ON documents (source);
CREATE TABLE versions (
    id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents (id), work TEXT NOT NULL, source TEXT NOT NULL,
    number INTEGER NOT NULL, previous TEXT, page_sha256 TEXT NOT NULL, first_seen TEXT NOT NULL,
    extractor TEXT NOT NULL, digest TEXT NOT NULL, text_digest TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
    text BLOB NOT NULL, lang TEXT NOT NULL, published TEXT, written TEXT, effective TEXT, expires TEXT,
    comments_close TEXT, issuer TEXT, doc_number TEXT, index_number TEXT, attachments TEXT NOT NULL DEFAULT '[]',
    UNIQUE (document, number));
CREATE INDEX versions_text ON versions (text_digest);
CREATE INDEX versions_doc_number ON versions (doc_number) WHERE doc_number IS NOT NULL;
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, cause TEXT NOT NULL, document TEXT NOT NULL,
    work TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL, before TEXT, after TEXT,
    baseline INTEGER NOT NULL, silent INTEGER NOT NULL, repost INTEGER NOT NULL, diff TEXT NOT NULL);
CREATE INDEX changes_document ON changes (document);
CREATE INDEX changes_work ON changes (work);
CREATE INDEX changes_at ON changes (at);
"""

_JUDGEMENTS = """
CREATE TABLE done (stage TEXT NOT NULL, change TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (stage, change));
CREATE TABLE tags (
    change TEXT NOT NULL REFERENCES changes (id), trigger TEXT NOT NULL, trigger_version TEXT NOT NULL,
    model TEXT NOT NULL, score REAL NOT NULL, fires INTEGER NOT NULL, direction TEXT NOT NULL, evidence TEXT NOT NULL,
    scope TEXT NOT NULL, PRIMARY KEY (change, trigger));
CREATE INDEX tags_trigger ON tags (trigger, fires);
CREATE TABLE facts (
    version TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, "values" TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, PRIMARY KEY (version, position));
"""

_TELLING = """
CREATE TABLE alerts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE, change TEXT NOT NULL,
    trigger TEXT NOT NULL, work TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL);
CREATE INDEX alerts_change ON alerts (change);
CREATE INDEX alerts_work ON alerts (work, trigger);
CREATE INDEX alerts_at ON alerts (at);
CREATE TABLE digests (
    issue TEXT PRIMARY KEY, subscription TEXT NOT NULL, made_at TEXT NOT NULL, folder TEXT NOT NULL,
    subject TEXT NOT NULL);
CREATE TABLE digest_items (
    subscription TEXT NOT NULL, alert TEXT NOT NULL, issue TEXT NOT NULL, PRIMARY KEY (subscription, alert));
CREATE TABLE deliveries (
    key TEXT PRIMARY KEY, subscription TEXT NOT NULL, issue TEXT NOT NULL, channel TEXT NOT NULL,
    receiver TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, next_at TEXT, last_error TEXT,
    settled_at TEXT);
CREATE INDEX deliveries_status ON deliveries (status, next_at);
"""

_HEALTH = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, requests INTEGER NOT NULL,
    bytes INTEGER NOT NULL, listed INTEGER NOT NULL, new INTEGER NOT NULL, amended INTEGER NOT NULL,
    unchanged INTEGER NOT NULL, problems INTEGER NOT NULL);
CREATE INDEX runs_source ON runs (source, started_at);
CREATE TABLE problems (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL, message TEXT NOT NULL,
    opened_at TEXT NOT NULL, closed_at TEXT);
CREATE UNIQUE INDEX problems_open ON problems (source, kind, url) WHERE closed_at IS NULL;
"""

_PASSAGES = """
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, version TEXT NOT NULL REFERENCES versions (id), document TEXT NOT NULL, lang TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sha TEXT NOT NULL, current INTEGER NOT NULL DEFAULT 1);
CREATE INDEX passages_version ON passages (version);
CREATE INDEX passages_document ON passages (document);
CREATE INDEX passages_sha ON passages (sha);
CREATE VIRTUAL TABLE passages_fts USING fts5 (tokens, content = '', tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE vectors (model TEXT NOT NULL, sha TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (model, sha));
"""

# names: what a work is cited by. bands: each signed version stands in 16 of them, found by any. repeals: what a notice
# or the page itself says of a work's end, with the change once it is told.
_KINSHIP = """
CREATE TABLE names (key TEXT NOT NULL, work TEXT NOT NULL, PRIMARY KEY (key, work)) WITHOUT ROWID;
CREATE INDEX names_work ON names (work);
CREATE TABLE citations (
    version TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL,
    quote TEXT NOT NULL, PRIMARY KEY (version, start)) WITHOUT ROWID;
CREATE INDEX citations_key ON citations (key);
CREATE TABLE signatures (version INTEGER PRIMARY KEY, signature BLOB NOT NULL);
CREATE TABLE bands (band INTEGER NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (band, version)) WITHOUT ROWID;
CREATE TABLE repeals (
    work TEXT PRIMARY KEY, document TEXT NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, seen TEXT NOT NULL,
    due TEXT, change TEXT);
CREATE TABLE reminders (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, role TEXT NOT NULL, document TEXT NOT NULL,
    work TEXT NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, day TEXT NOT NULL, lead INTEGER NOT NULL,
    at TEXT NOT NULL);
CREATE INDEX versions_effective ON versions (effective) WHERE effective IS NOT NULL;
CREATE INDEX versions_expires ON versions (expires) WHERE expires IS NOT NULL;
CREATE INDEX versions_comments_close ON versions (comments_close) WHERE comments_close IS NOT NULL;
CREATE INDEX changes_before ON changes (before) WHERE before IS NOT NULL;
"""

# silenced: receivers who are told no more, because they unsubscribed or because their address answered 410.
_CONSUMERS = """
CREATE TABLE silenced (
    subscription TEXT NOT NULL, receiver TEXT NOT NULL, cause TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (subscription, receiver));
CREATE INDEX deliveries_receiver ON deliveries (subscription, receiver) WHERE status = 'pending';
"""

# feedback: what analysts said of alerts. settled_at: from when a verdict counts no more.
_FEEDBACK = """
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY, alert TEXT NOT NULL, "change" TEXT NOT NULL, version TEXT NOT NULL,
    "trigger" TEXT NOT NULL, trigger_version TEXT NOT NULL, "right" INTEGER NOT NULL, note TEXT NOT NULL,
    model TEXT NOT NULL, "by" TEXT NOT NULL, at TEXT NOT NULL, settled_at TEXT);
CREATE INDEX feedback_version ON feedback (version, "trigger");
"""


def _step(name: str, script: str) -> None:
    @MIGRATIONS(name=name)
    def apply(db: Database) -> None:
        for statement in script.split(";\n"):
            if statement.strip():
                db.conn.execute(statement)


for _name, _script in (
    ("0001_pages", _PAGES),
    ("0002_documents", _DOCUMENTS),
    ("0003_judgements", _JUDGEMENTS),
    ("0004_telling", _TELLING),
    ("0005_health", _HEALTH),
    ("0006_passages", _PASSAGES),
    ("0007_kinship", _KINSHIP),
    ("0008_consumers", _CONSUMERS),
    ("0009_feedback", _FEEDBACK),
):
    _step(_name, _script)
