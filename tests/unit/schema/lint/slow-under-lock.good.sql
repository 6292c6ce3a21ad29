-- migrate:up transaction:false
ALTER TABLE todos ADD COLUMN IF NOT EXISTS notes text;
UPDATE todos SET notes = '' WHERE notes IS NULL;

-- migrate:down
SELECT 1;
