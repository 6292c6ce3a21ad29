-- migrate:up
REINDEX TABLE todos;

-- migrate:down
SELECT 1;
