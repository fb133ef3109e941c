CREATE TABLE runs (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, requests INTEGER NOT NULL,
    bytes INTEGER NOT NULL, listed INTEGER NOT NULL, new INTEGER NOT NULL, amended INTEGER NOT NULL,
    unchanged INTEGER NOT NULL, problems INTEGER NOT NULL);
CREATE INDEX runs_source ON runs (source, started_at);
CREATE TABLE problems (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL, message TEXT NOT NULL,
    opened_at TEXT NOT NULL, closed_at TEXT);
CREATE UNIQUE INDEX problems_open ON problems (source, kind, url) WHERE closed_at IS NULL;
