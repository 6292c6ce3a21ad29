-- migrate:up
DROP SCHEMA old CASCADE;

-- migrate:down
SELECT 1;
