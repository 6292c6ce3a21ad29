-- migrate:up
ALTER TABLE todos ADD CONSTRAINT pk_todos PRIMARY KEY USING INDEX pk_todos;

-- migrate:down
SELECT 1;
