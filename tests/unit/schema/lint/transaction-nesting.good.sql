-- migrate:up transaction:false
BEGIN;
ALTER TABLE todos ADD COLUMN notes text;
COMMIT;

-- migrate:down
SELECT 1;
