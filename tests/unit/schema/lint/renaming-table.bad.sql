-- migrate:up
ALTER TABLE todos RENAME TO tasks;

-- migrate:down
SELECT 1;
