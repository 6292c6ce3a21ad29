-- migrate:up
ALTER TABLE todos ADD COLUMN title text NOT NULL;

-- migrate:down
SELECT 1;
