-- migrate:up
ALTER TABLE task ADD COLUMN custom_numbers jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN task.custom_numbers IS 'proto:12';

-- migrate:down
ALTER TABLE task DROP COLUMN custom_numbers;
