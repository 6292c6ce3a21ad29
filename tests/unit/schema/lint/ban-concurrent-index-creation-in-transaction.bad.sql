-- migrate:up
CREATE INDEX CONCURRENTLY ix_todos_title ON todos (title);

-- migrate:down
SELECT 1;
