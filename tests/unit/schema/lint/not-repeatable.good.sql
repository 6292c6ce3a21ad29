-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS ix_todos_title;
CREATE INDEX CONCURRENTLY ix_todos_title ON todos (title);
ALTER TABLE todos ADD COLUMN IF NOT EXISTS notes text;
SELECT 1;

-- migrate:down
SELECT 1;
