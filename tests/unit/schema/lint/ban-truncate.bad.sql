-- migrate:up
TRUNCATE todos;

-- migrate:down
SELECT 1;
