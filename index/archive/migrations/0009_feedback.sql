-- What analysts said of alerts. settled_at: from when a verdict counts no more.
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY, alert TEXT NOT NULL, "change" TEXT NOT NULL, version TEXT NOT NULL,
    "trigger" TEXT NOT NULL, trigger_version TEXT NOT NULL, "right" INTEGER NOT NULL, note TEXT NOT NULL,
    model TEXT NOT NULL, "by" TEXT NOT NULL, at TEXT NOT NULL, settled_at TEXT);
CREATE INDEX feedback_version ON feedback (version, "trigger");
