-- What PostgreSQL lacks for the shelves' SQL: FTS5's expressions and its BM25, over tsvector columns named `tokens`.
-- Run before the migrations whenever this file has changed; each statement may run again.
CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS blobs (sha256 TEXT PRIMARY KEY, packed BYTEA NOT NULL);
ALTER TABLE blobs ALTER COLUMN packed SET STORAGE EXTERNAL;
CREATE OR REPLACE FUNCTION fts5_vector(words TEXT) RETURNS TSVECTOR IMMUTABLE PARALLEL SAFE LANGUAGE SQL AS $$
    SELECT coalesce(string_agg(quote_literal(word) || ':' || least(place, 16383), ' '), '')::tsvector
    FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS t (word, place) WHERE word <> ''
$$;
-- The phrases of an expression `"a b" OR "c"*`, each as a tsquery of its own.
CREATE OR REPLACE FUNCTION fts5_phrases(expression TEXT) RETURNS SETOF TSQUERY IMMUTABLE PARALLEL SAFE LANGUAGE SQL AS $$
    SELECT ('''' || replace(m[1], ' ', ''' <-> ''') || '''' || CASE m[2] WHEN '*' THEN ':*' ELSE '' END)::tsquery
    FROM regexp_matches(expression, '"([^"]+)"(\*?)', 'g') AS m
$$;
CREATE OR REPLACE FUNCTION fts5_query(expression TEXT) RETURNS TSQUERY IMMUTABLE PARALLEL SAFE LANGUAGE SQL AS $$
    SELECT coalesce(string_agg('(' || phrase::text || ')', ' | '), '')::tsquery FROM fts5_phrases(expression) AS phrase
$$;
-- What BM25 knows before it sees a row: each phrase's words and inverse document frequency, and the usual length.
-- Rows with a phrase are counted up to 20,000: beyond that its weight is nearly nothing anyway.
CREATE OR REPLACE FUNCTION fts5_weights(shelf TEXT, expression TEXT) RETURNS JSONB STABLE LANGUAGE plpgsql AS $$
DECLARE
    phrase TSQUERY; holding BIGINT; rows_ BIGINT; usual DOUBLE PRECISION; terms JSONB := '[]';
BEGIN
    EXECUTE format('SELECT coalesce(max(rowid), 0) FROM %I', shelf) INTO rows_;
    EXECUTE format('SELECT coalesce(avg(length(tokens)), 1) FROM (SELECT tokens FROM %I LIMIT 500) s', shelf) INTO usual;
    FOR phrase IN SELECT fts5_phrases(expression) LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT 1 FROM %I WHERE tokens @@ $1 LIMIT 20000) s', shelf)
            INTO holding USING phrase;
        terms := terms || jsonb_build_object(
            'words', to_jsonb(array(SELECT (regexp_matches(phrase::text, '''([^'']+)''', 'g'))[1])),
            'idf', greatest(ln((rows_ - holding + 0.5) / (holding + 0.5)), 1e-6),
            'prefix', phrase::text LIKE '%:*');
    END LOOP;
    RETURN jsonb_build_object('terms', terms, 'usual', greatest(usual, 1));
END $$;
-- BM25 with FTS5's k1 = 1.2 and b = 0.75; a phrase counts as often as the rarest of its words.
CREATE OR REPLACE FUNCTION fts5_score(held TSVECTOR, weights JSONB) RETURNS DOUBLE PRECISION
IMMUTABLE PARALLEL SAFE LANGUAGE SQL AS $$
    WITH counted AS (SELECT lexeme, array_length(positions, 1) AS often FROM unnest(held)),
    terms AS (SELECT (t ->> 'idf')::float8 AS idf, t -> 'words' AS words, (t ->> 'prefix')::boolean AS prefix
              FROM jsonb_array_elements(weights -> 'terms') AS t),
    found AS (
        SELECT idf, (SELECT min(coalesce((SELECT sum(often) FROM counted WHERE lexeme = word
                                          OR (prefix AND starts_with(lexeme, word))), 0))
                     FROM jsonb_array_elements_text(words) AS word) AS often FROM terms)
    SELECT coalesce(sum(idf * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * length(held) / (weights ->> 'usual')::float8))), 0)
    FROM found WHERE often > 0
$$;
