-- What was learnt of sites whose declaration names no body (crawlers.template). `retired_at`: the site was rebuilt.
-- rebuilt: the page to compare a document with, where its site was rebuilt around the same text.
CREATE TABLE templates (
    source TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, retired_at TEXT, template BLOB NOT NULL,
    PRIMARY KEY (source, number));
CREATE TABLE rebuilt (document TEXT PRIMARY KEY, version TEXT NOT NULL, page_sha256 TEXT NOT NULL);
