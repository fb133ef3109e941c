-- log: what was ever written down, in order: the RFC 9162 leaf of each page, version, change, alert and release.
-- log_state: the size of the log and its peaks (32 bytes each), so that adding costs no look at what is there.
-- heads: the root at some sizes, as it was told to others. released: bytes given up by the retention setting.
CREATE TABLE log (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, leaf BLOB NOT NULL);
CREATE UNIQUE INDEX log_subject ON log (subject, kind);
CREATE TABLE log_state (id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, peaks BLOB NOT NULL);
INSERT INTO log_state (id, size, peaks) VALUES (1, 0, x'');
CREATE TABLE heads (size INTEGER PRIMARY KEY, root TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE released (sha256 TEXT PRIMARY KEY, at TEXT NOT NULL);
