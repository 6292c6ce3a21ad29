-- migrate:up
ALTER TABLE todos ADD CONSTRAINT uq_todos_title UNIQUE (title);
ALTER TABLE todos ADD COLUMN code text UNIQUE;

-- migrate:down
SELECT 1;
