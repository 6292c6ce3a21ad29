-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_todos_title ON todos (title);
ALTER TABLE todos ADD COLUMN notes text;
SELECT 1;

-- migrate:down
SELECT 1;
