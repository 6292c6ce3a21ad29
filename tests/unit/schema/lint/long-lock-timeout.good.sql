-- migrate:up
SET LOCAL lock_timeout = '900ms';
ALTER TABLE todos ADD COLUMN notes text;

-- migrate:down
SELECT 1;
