-- migrate:up
CREATE TABLE "user" (
  internal_id bigint GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  email varchar(320) NOT NULL,
  display_name varchar(200) NOT NULL,
  role text NOT NULL DEFAULT 'MEMBER',
  status text NOT NULL DEFAULT 'INVITED',
  directory_id uuid,
  last_login_at timestamptz,
  avatar bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (internal_id),
  UNIQUE (id),
  CHECK (role IN ('ADMIN', 'MEMBER', 'GUEST')),
  CHECK (status IN ('ACTIVE', 'INVITED', 'SUSPENDED'))
);

CREATE UNIQUE INDEX user_email_key ON "user" (email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX user_directory_id_key ON "user" (directory_id) WHERE deleted_at IS NULL;

COMMENT ON COLUMN "user".id IS 'proto:1';
COMMENT ON COLUMN "user".email IS 'proto:2';
COMMENT ON COLUMN "user".display_name IS 'proto:3';
COMMENT ON COLUMN "user".role IS 'proto:4';
COMMENT ON COLUMN "user".status IS 'proto:5';
COMMENT ON COLUMN "user".directory_id IS 'proto:6';
COMMENT ON COLUMN "user".last_login_at IS 'proto:7';
COMMENT ON COLUMN "user".avatar IS 'proto:8';
COMMENT ON COLUMN "user".created_at IS 'proto:20';
COMMENT ON COLUMN "user".updated_at IS 'proto:21';
COMMENT ON COLUMN "user".deleted_at IS 'proto:22';
COMMENT ON COLUMN "user".version IS 'proto:23';

-- migrate:down
DROP TABLE "user";
