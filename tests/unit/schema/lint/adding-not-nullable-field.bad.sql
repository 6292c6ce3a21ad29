-- migrate:up
ALTER TABLE todos ALTER COLUMN title SET NOT NULL;

-- migrate:down
SELECT 1;
