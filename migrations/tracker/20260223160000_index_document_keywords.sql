-- migrate:up transaction:false
-- rowkeeper:allow not-repeatable an index that is left invalid is dropped by hand
CREATE INDEX CONCURRENTLY document_keywords_idx ON document USING gin (keywords) WHERE deleted_at IS NULL;

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY document_keywords_idx;
