-- migrate:up
TRUNCATE profiles CASCADE;

-- migrate:down
SELECT 1;
