-- migrate:up
CREATE TABLE profiles (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  email varchar(320) NOT NULL,
  handle varchar(60) NOT NULL,
  display_name varchar(200) NOT NULL,
  timezone varchar(64) NOT NULL DEFAULT 'UTC',
  settings jsonb NOT NULL DEFAULT '{}',
  birth_date date,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT pk_profiles PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_profiles_email ON profiles (email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_profiles_handle ON profiles (handle) WHERE deleted_at IS NULL;

COMMENT ON COLUMN profiles.id IS 'proto:1';
COMMENT ON COLUMN profiles.email IS 'proto:2';
COMMENT ON COLUMN profiles.handle IS 'proto:3';
COMMENT ON COLUMN profiles.display_name IS 'proto:4';
COMMENT ON COLUMN profiles.timezone IS 'proto:5';
COMMENT ON COLUMN profiles.settings IS 'proto:6';
COMMENT ON COLUMN profiles.birth_date IS 'proto:7';
COMMENT ON COLUMN profiles.created_at IS 'proto:20';
COMMENT ON COLUMN profiles.updated_at IS 'proto:21';
COMMENT ON COLUMN profiles.deleted_at IS 'proto:22';
COMMENT ON COLUMN profiles.version IS 'proto:23';

-- migrate:down
DROP TABLE profiles;
