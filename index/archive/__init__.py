"""The archive: everything Vedette has seen and said, in one SQLite file and one folder of blobs.

The only place with SQL. `archive.Archive` opens it; its shelves (`pages`, `documents`, `kinship`, `judgements`, `feed`,
`ledger`, `told`, `health`, `passages`, `reminders`) are what the stages read and write, in frozen records. A stage
writes inside `archive.transaction()`: either all rows of one step are there, or none.

Decisions (November 2026): sqlite-utils for rows and migrations; WAL, so that the web pages read while a crawl writes;
BEGIN IMMEDIATE for writers, so that two processes wait for each other instead of failing half way; contentless FTS5
over CJK bigrams, since SQLite's own tokenizers cannot find a two-character Chinese word.
"""
