-- migrate:up
ALTER TABLE todos DROP COLUMN notes;

-- migrate:down
SELECT 1;
