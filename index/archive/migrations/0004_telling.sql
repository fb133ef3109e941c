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
