-- migrate:up
CREATE TABLE project_user (
  project_id uuid NOT NULL,
  user_id uuid NOT NULL,
  allocation real NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, user_id),
  FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE INDEX project_user_user_id_idx ON project_user (user_id);

COMMENT ON COLUMN project_user.project_id IS 'proto:1';
COMMENT ON COLUMN project_user.user_id IS 'proto:2';
COMMENT ON COLUMN project_user.allocation IS 'proto:3';
COMMENT ON COLUMN project_user.created_at IS 'proto:20';
COMMENT ON COLUMN project_user.updated_at IS 'proto:21';

-- migrate:down
DROP TABLE project_user;
