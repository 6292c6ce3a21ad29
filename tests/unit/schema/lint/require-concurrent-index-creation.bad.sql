-- migrate:up
CREATE INDEX ix_todos_title ON todos (title);

-- migrate:down
SELECT 1;
