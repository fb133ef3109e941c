CREATE TABLE done (stage TEXT NOT NULL, change TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (stage, change));
CREATE TABLE tags (
    change TEXT NOT NULL REFERENCES changes (id), trigger TEXT NOT NULL, trigger_version TEXT NOT NULL,
    model TEXT NOT NULL, score REAL NOT NULL, fires INTEGER NOT NULL, direction TEXT NOT NULL, evidence TEXT NOT NULL,
    scope TEXT NOT NULL, PRIMARY KEY (change, trigger));
CREATE INDEX tags_trigger ON tags (trigger, fires);
CREATE TABLE facts (
    version TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, "values" TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, PRIMARY KEY (version, position));
