-- migrate:up
ALTER INDEX ix_todos RENAME TO ix_todos_title;

-- migrate:down
SELECT 1;
