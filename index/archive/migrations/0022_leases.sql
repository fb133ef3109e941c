-- leases: which worker has which part of the work (a host, a document), until when; after that anyone may take it.
CREATE TABLE leases (part TEXT PRIMARY KEY, holder TEXT NOT NULL, until TEXT NOT NULL);
CREATE INDEX leases_holder ON leases (holder);
