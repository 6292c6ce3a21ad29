-- migrate:up
ALTER TABLE todos ADD CONSTRAINT uq_todos_title UNIQUE USING INDEX uq_todos_title;

-- migrate:down
SELECT 1;
