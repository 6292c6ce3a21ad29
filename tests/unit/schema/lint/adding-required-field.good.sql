-- migrate:up
ALTER TABLE todos ADD COLUMN title text NOT NULL DEFAULT '';

-- migrate:down
SELECT 1;
