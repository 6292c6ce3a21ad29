-- migrate:up transaction:false
REINDEX (CONCURRENTLY) TABLE todos;

-- migrate:down
SELECT 1;
