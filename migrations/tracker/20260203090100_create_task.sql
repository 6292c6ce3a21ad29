-- migrate:up
CREATE TYPE task_priority AS ENUM ('LOW', 'NORMAL', 'HIGH');

CREATE TABLE task (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL,
  assignee_id uuid,
  board_column_id uuid,
  title varchar(255) NOT NULL,
  description text NOT NULL,
  status text NOT NULL DEFAULT 'TODO',
  priority task_priority NOT NULL DEFAULT 'NORMAL',
  due_date date,
  estimate interval,
  position double precision NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1,
  is_deleted boolean NOT NULL DEFAULT false,
  PRIMARY KEY (id),
  CHECK (status IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')),
  FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE,
  FOREIGN KEY (assignee_id) REFERENCES "user" (id) ON DELETE SET NULL,
  FOREIGN KEY (board_column_id) REFERENCES board_column (id) ON DELETE SET NULL
);

CREATE INDEX task_project_id_status_idx ON task (project_id, status) WHERE NOT is_deleted;
CREATE INDEX task_assignee_id_due_date_idx ON task (assignee_id, due_date) WHERE NOT is_deleted;
CREATE INDEX task_board_column_id_idx ON task (board_column_id) WHERE NOT is_deleted;

COMMENT ON COLUMN task.id IS 'proto:1';
COMMENT ON COLUMN task.project_id IS 'proto:2';
COMMENT ON COLUMN task.assignee_id IS 'proto:3';
COMMENT ON COLUMN task.board_column_id IS 'proto:4';
COMMENT ON COLUMN task.title IS 'proto:5';
COMMENT ON COLUMN task.description IS 'proto:6';
COMMENT ON COLUMN task.status IS 'proto:7';
COMMENT ON COLUMN task.priority IS 'proto:8';
COMMENT ON COLUMN task.due_date IS 'proto:9';
COMMENT ON COLUMN task.estimate IS 'proto:10';
COMMENT ON COLUMN task.position IS 'proto:11';
COMMENT ON COLUMN task.created_at IS 'proto:20';
COMMENT ON COLUMN task.updated_at IS 'proto:21';
COMMENT ON COLUMN task.version IS 'proto:23';
COMMENT ON COLUMN task.is_deleted IS 'proto:24';

-- migrate:down
DROP TABLE task;
DROP TYPE task_priority;
