-- migrate:up
ALTER TABLE todos RENAME COLUMN title TO heading;

-- migrate:down
SELECT 1;
