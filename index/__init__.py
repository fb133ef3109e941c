"""What the machine records: records, archive, diff, embedding, vectors, search.

May import `config`. Only `index.archive` holds SQL, only `index.embedding` loads a model, only `index.vectors` knows
faiss; everything else here is pure functions over the frozen values of `index.records`.
"""
