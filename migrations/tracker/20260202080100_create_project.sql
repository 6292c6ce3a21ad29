-- migrate:up
CREATE TABLE project (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL,
  slug varchar(255) NOT NULL,
  owner_id uuid NOT NULL,
  budget numeric(14,2),
  start_date date,
  end_date date,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  FOREIGN KEY (owner_id) REFERENCES "user" (id)
);

CREATE UNIQUE INDEX project_slug_key ON project (slug) WHERE deleted_at IS NULL;
CREATE INDEX project_owner_id_idx ON project (owner_id) WHERE deleted_at IS NULL;

COMMENT ON COLUMN project.id IS 'proto:1';
COMMENT ON COLUMN project.name IS 'proto:2';
COMMENT ON COLUMN project.slug IS 'proto:3';
COMMENT ON COLUMN project.owner_id IS 'proto:4';
COMMENT ON COLUMN project.budget IS 'proto:5';
COMMENT ON COLUMN project.start_date IS 'proto:6';
COMMENT ON COLUMN project.end_date IS 'proto:7';
COMMENT ON COLUMN project.created_at IS 'proto:20';
COMMENT ON COLUMN project.updated_at IS 'proto:21';
COMMENT ON COLUMN project.deleted_at IS 'proto:22';
COMMENT ON COLUMN project.version IS 'proto:23';

-- migrate:down
DROP TABLE project;
