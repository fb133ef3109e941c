-- names: what a work is cited by. bands: each signed version stands in 16 of them, found by any. repeals: what a
-- notice or the page itself says of a work's end, with the change once it is told.
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
