-- migrate:up
SET lock_timeout = '1min';
ALTER TABLE todos ADD COLUMN notes text;
SET LOCAL lock_timeout = 0;
ALTER TABLE todos ADD COLUMN words text;

-- migrate:down
SELECT 1;
