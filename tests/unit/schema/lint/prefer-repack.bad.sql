-- migrate:up transaction:false
VACUUM (FULL, ANALYZE) todos;
CLUSTER todos USING ix_todos_title;

-- migrate:down
SELECT 1;
