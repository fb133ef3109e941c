CREATE TABLE works (id TEXT PRIMARY KEY, title TEXT NOT NULL, first_source TEXT NOT NULL, first_url TEXT NOT NULL,
    first_seen TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT NOT NULL, work TEXT NOT NULL REFERENCES works (id),
    first_seen TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'live', latest TEXT);
CREATE INDEX documents_work ON documents (work);
CREATE INDEX documents_source ON documents (source);
CREATE TABLE versions (
    id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents (id), work TEXT NOT NULL, source TEXT NOT NULL,
    number INTEGER NOT NULL, previous TEXT, page_sha256 TEXT NOT NULL, first_seen TEXT NOT NULL,
    extractor TEXT NOT NULL, digest TEXT NOT NULL, text_digest TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
    text BLOB NOT NULL, lang TEXT NOT NULL, published TEXT, written TEXT, effective TEXT, expires TEXT,
    comments_close TEXT, issuer TEXT, doc_number TEXT, index_number TEXT, attachments TEXT NOT NULL DEFAULT '[]',
    UNIQUE (document, number));
CREATE INDEX versions_text ON versions (text_digest);
CREATE INDEX versions_doc_number ON versions (doc_number) WHERE doc_number IS NOT NULL;
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, cause TEXT NOT NULL, document TEXT NOT NULL,
    work TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL, before TEXT, after TEXT,
    baseline INTEGER NOT NULL, silent INTEGER NOT NULL, repost INTEGER NOT NULL, diff TEXT NOT NULL);
CREATE INDEX changes_document ON changes (document);
CREATE INDEX changes_work ON changes (work);
CREATE INDEX changes_at ON changes (at);
