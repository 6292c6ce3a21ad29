-- migrate:up
ALTER TABLE todos SET UNLOGGED;

-- migrate:down
SELECT 1;
