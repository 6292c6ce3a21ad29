-- migrate:up
ALTER TABLE todos ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN todos.tags IS 'proto:9';

-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX ix_todos_tags ON todos USING gin (tags) WHERE deleted_at IS NULL;

-- migrate:down
DROP INDEX ix_todos_tags;
ALTER TABLE todos DROP COLUMN tags;
