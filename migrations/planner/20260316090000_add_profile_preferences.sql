-- migrate:up
ALTER TABLE profiles ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN profiles.preferences IS 'proto:8';

-- migrate:down
ALTER TABLE profiles DROP COLUMN preferences;
