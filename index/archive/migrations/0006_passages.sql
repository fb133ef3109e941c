CREATE TABLE passages (
    id INTEGER PRIMARY KEY, version TEXT NOT NULL REFERENCES versions (id), document TEXT NOT NULL, lang TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, sha TEXT NOT NULL, current INTEGER NOT NULL DEFAULT 1);
CREATE INDEX passages_version ON passages (version);
CREATE INDEX passages_document ON passages (document);
CREATE INDEX passages_sha ON passages (sha);
CREATE VIRTUAL TABLE passages_fts USING fts5 (tokens, content = '', tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE vectors (model TEXT NOT NULL, sha TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (model, sha));
