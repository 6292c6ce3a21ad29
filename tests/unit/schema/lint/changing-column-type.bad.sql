-- migrate:up
ALTER TABLE todos ALTER COLUMN priority TYPE bigint;

-- migrate:down
SELECT 1;
