-- migrate:up
CREATE TYPE schedule_item_kind AS ENUM ('MEETING', 'FOCUS', 'TRAVEL');

CREATE TABLE schedule_items (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  owner_id uuid NOT NULL,
  todo_id uuid,
  title varchar(200) NOT NULL,
  kind schedule_item_kind NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  is_all_day boolean NOT NULL,
  address varchar(500),
  meeting_url text,
  recurrence jsonb NOT NULL DEFAULT '{}',
  reminders interval[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT pk_schedule_items PRIMARY KEY (id),
  CONSTRAINT ck_schedule_items_place CHECK (num_nonnulls(address, meeting_url) <= 1),
  CONSTRAINT fk_schedule_items_owner_id_profiles FOREIGN KEY (owner_id)
    REFERENCES profiles (id) ON DELETE CASCADE,
  CONSTRAINT fk_schedule_items_todo_id_todos FOREIGN KEY (todo_id) REFERENCES todos (id) ON DELETE SET NULL
);

CREATE INDEX ix_schedule_items_owner_id_starts_at ON schedule_items (owner_id, starts_at)
  WHERE deleted_at IS NULL;
CREATE INDEX ix_schedule_items_todo_id ON schedule_items (todo_id) WHERE deleted_at IS NULL;

COMMENT ON COLUMN schedule_items.id IS 'proto:1';
COMMENT ON COLUMN schedule_items.owner_id IS 'proto:2';
COMMENT ON COLUMN schedule_items.todo_id IS 'proto:3';
COMMENT ON COLUMN schedule_items.title IS 'proto:4';
COMMENT ON COLUMN schedule_items.kind IS 'proto:5';
COMMENT ON COLUMN schedule_items.starts_at IS 'proto:6';
COMMENT ON COLUMN schedule_items.ends_at IS 'proto:7';
COMMENT ON COLUMN schedule_items.is_all_day IS 'proto:8';
COMMENT ON COLUMN schedule_items.address IS 'proto:9';
COMMENT ON COLUMN schedule_items.meeting_url IS 'proto:10';
COMMENT ON COLUMN schedule_items.recurrence IS 'proto:11';
COMMENT ON COLUMN schedule_items.reminders IS 'proto:12';
COMMENT ON COLUMN schedule_items.created_at IS 'proto:20';
COMMENT ON COLUMN schedule_items.updated_at IS 'proto:21';
COMMENT ON COLUMN schedule_items.deleted_at IS 'proto:22';
COMMENT ON COLUMN schedule_items.version IS 'proto:23';

-- migrate:down
DROP TABLE schedule_items;
DROP TYPE schedule_item_kind;
