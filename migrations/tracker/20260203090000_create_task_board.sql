-- migrate:up
CREATE TABLE task_board (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL,
  name varchar(100) NOT NULL,
  is_default boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX task_board_project_id_name_key ON task_board (project_id, name) WHERE deleted_at IS NULL;

COMMENT ON COLUMN task_board.id IS 'proto:1';
COMMENT ON COLUMN task_board.project_id IS 'proto:2';
COMMENT ON COLUMN task_board.name IS 'proto:3';
COMMENT ON COLUMN task_board.is_default IS 'proto:4';
COMMENT ON COLUMN task_board.created_at IS 'proto:20';
COMMENT ON COLUMN task_board.updated_at IS 'proto:21';
COMMENT ON COLUMN task_board.deleted_at IS 'proto:22';
COMMENT ON COLUMN task_board.version IS 'proto:23';

CREATE TABLE board_column (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  board_id uuid NOT NULL,
  name varchar(100) NOT NULL,
  position integer NOT NULL,
  task_limit bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  UNIQUE (board_id, name),
  CHECK (task_limit BETWEEN 0 AND 4294967295),
  FOREIGN KEY (board_id) REFERENCES task_board (id) ON DELETE CASCADE
);

COMMENT ON COLUMN board_column.id IS 'proto:1';
COMMENT ON COLUMN board_column.board_id IS 'proto:2';
COMMENT ON COLUMN board_column.name IS 'proto:3';
COMMENT ON COLUMN board_column.position IS 'proto:4';
COMMENT ON COLUMN board_column.task_limit IS 'proto:5';
COMMENT ON COLUMN board_column.created_at IS 'proto:20';
COMMENT ON COLUMN board_column.updated_at IS 'proto:21';
COMMENT ON COLUMN board_column.version IS 'proto:23';

-- migrate:down
DROP TABLE board_column;
DROP TABLE task_board;
