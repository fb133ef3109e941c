"""What the machine records: records, archive, diff, embedding, vectors, search.

May import `config`. Only `index.archive` holds SQL, only `index.embedding` loads a model, only `index.segments` knows
faiss; everything else here is pure functions over the frozen values of `index.records` and `index.relations`.

Where to look:

- **into the archive**: `ingest` (from a page that was read to what changed), `cleaning`, `identity`, `blobs`, `replay`;
- **what changed**: `clauses` and `markers` (legal structure), `alignment` and `matching`, `spans`, `typed_fields`,
  `metadata`, `attached`, `numerals`, put together by `diff`, shown by `diff_view`, told by `events`;
- **how works hang together**: `works`, `reprints` and `signature` (near texts), `citations`, `repeals`, `dated`;
- **search**: `query`, `search` with `ranking`, `lexis`, `bigrams`, `exact`, `titles`, `catalog`, `results`, `hits`,
  `quoting`; `state` and `past` for a day gone by, `altering` and `altered_search` for changes alone;
- **vectors**: `embedding` and `e5` (the model), `passages`, `space`, `vectors`, `vector_index`, `segments`,
  `generations`, `holdings`, `indexing`;
- **evidence**: `merkle`, and the log in `index.archive.log`.

Decisions (November 2026): ids are hashes of meaning, so that every stage may run twice; text decides whether something
changed, never a date or a header; what only our own new extractor explains has the cause tooling and alerts nobody.
"""
