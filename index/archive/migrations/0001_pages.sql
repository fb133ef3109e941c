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
