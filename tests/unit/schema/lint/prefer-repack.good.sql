-- migrate:up transaction:false
VACUUM (ANALYZE, FULL off) todos;

-- migrate:down
SELECT 1;
