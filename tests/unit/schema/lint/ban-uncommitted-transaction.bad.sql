-- migrate:up transaction:false
BEGIN;
UPDATE todos SET title = '' WHERE title IS NULL;

-- migrate:down
SELECT 1;
