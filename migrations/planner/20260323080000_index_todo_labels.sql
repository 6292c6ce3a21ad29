-- migrate:up transaction:false
-- rowkeeper:allow not-repeatable an index that is left invalid is dropped by hand
CREATE INDEX CONCURRENTLY ix_todos_labels ON todos USING gin (labels) WHERE deleted_at IS NULL;

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY ix_todos_labels;
