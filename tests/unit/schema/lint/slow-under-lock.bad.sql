-- migrate:up
ALTER TABLE todos ADD COLUMN notes text;
UPDATE todos SET notes = '' WHERE notes IS NULL;

-- migrate:down
SELECT 1;
