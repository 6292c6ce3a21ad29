-- migrate:up
CREATE SCHEMA IF NOT EXISTS archive;

-- migrate:down
SELECT 1;
