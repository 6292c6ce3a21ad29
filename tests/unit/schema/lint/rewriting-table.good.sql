-- migrate:up
ALTER TABLE todos SET (fillfactor = 80);

-- migrate:down
SELECT 1;
