-- migrate:up
DROP INDEX ix_todos_title;

-- migrate:down
SELECT 1;
