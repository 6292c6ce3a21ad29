-- migrate:up transaction:false
BEGIN;
UPDATE todos SET title = '' WHERE title IS NULL;
COMMIT;

-- migrate:down
SELECT 1;
