-- migrate:up
ALTER TABLE todos ADD COLUMN heading text;

-- migrate:down
SELECT 1;
