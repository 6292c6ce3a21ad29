-- migrate:up
ALTER TABLE todos ADD COLUMN estimate interval;
COMMENT ON COLUMN todos.estimate IS 'proto:10';

-- migrate:down
ALTER TABLE todos DROP COLUMN estimate;
