-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS ix_todos_title;
CREATE INDEX CONCURRENTLY ix_todos_title ON todos (title);

-- migrate:down
SELECT 1;
