-- tokens: who may ask the API for what; only the sha256 of each is kept. The indexes serve lists, newest first.
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
    made_at TEXT NOT NULL, expires_at TEXT, used_at TEXT, revoked_at TEXT);
CREATE UNIQUE INDEX tokens_name ON tokens (name) WHERE revoked_at IS NULL;
CREATE INDEX changes_source ON changes (source, seq);
CREATE INDEX documents_seen ON documents (first_seen, id);
CREATE INDEX reminders_work ON reminders (work);
