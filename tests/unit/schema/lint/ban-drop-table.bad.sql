-- migrate:up
DROP TABLE todos;

-- migrate:down
SELECT 1;
