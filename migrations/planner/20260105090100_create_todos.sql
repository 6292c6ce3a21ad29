-- migrate:up
CREATE TABLE todos (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  owner_id uuid NOT NULL,
  title varchar(200) NOT NULL,
  notes text,
  status text NOT NULL DEFAULT 'OPEN',
  due_at timestamptz,
  labels jsonb NOT NULL DEFAULT '{}',
  priority integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT pk_todos PRIMARY KEY (id),
  CONSTRAINT ck_todos_status CHECK (status IN ('OPEN', 'IN_PROGRESS', 'DONE')),
  CONSTRAINT fk_todos_owner_id_profiles FOREIGN KEY (owner_id) REFERENCES profiles (id) ON DELETE CASCADE
);

CREATE INDEX ix_todos_owner_id_due_at ON todos (owner_id, due_at) WHERE deleted_at IS NULL;

COMMENT ON COLUMN todos.id IS 'proto:1';
COMMENT ON COLUMN todos.owner_id IS 'proto:2';
COMMENT ON COLUMN todos.title IS 'proto:3';
COMMENT ON COLUMN todos.notes IS 'proto:4';
COMMENT ON COLUMN todos.status IS 'proto:5';
COMMENT ON COLUMN todos.due_at IS 'proto:6';
COMMENT ON COLUMN todos.labels IS 'proto:7';
COMMENT ON COLUMN todos.priority IS 'proto:8';
COMMENT ON COLUMN todos.created_at IS 'proto:20';
COMMENT ON COLUMN todos.updated_at IS 'proto:21';
COMMENT ON COLUMN todos.deleted_at IS 'proto:22';
COMMENT ON COLUMN todos.version IS 'proto:23';

-- migrate:down
DROP TABLE todos;
