-- altered: each clause that a change inserted or replaced, by its place in the change's diff. searches: questions kept,
-- each with its vector as a model gave it when it was first put. search_matches: the changes that answer them.
CREATE TABLE altered (
    id INTEGER PRIMARY KEY, "change" TEXT NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL,
    lang TEXT NOT NULL, sha TEXT NOT NULL, UNIQUE ("change", position));
CREATE VIRTUAL TABLE altered_fts USING fts5 (tokens, content = '', tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE searches (
    search TEXT NOT NULL, version TEXT NOT NULL, model TEXT NOT NULL, query TEXT NOT NULL, vector BLOB NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (search, version, model));
CREATE TABLE search_matches (
    search TEXT NOT NULL, version TEXT NOT NULL, "change" TEXT NOT NULL, score REAL NOT NULL, quotes TEXT NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (search, "change"));
CREATE INDEX search_matches_change ON search_matches ("change");
