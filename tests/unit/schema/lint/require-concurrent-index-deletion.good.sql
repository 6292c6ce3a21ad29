-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS ix_todos_title;

-- migrate:down
SELECT 1;
