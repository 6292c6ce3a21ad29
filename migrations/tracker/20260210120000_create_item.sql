-- migrate:up
CREATE TABLE item (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  parent_id uuid,
  name varchar(200) NOT NULL,
  description text,
  status varchar(50) NOT NULL DEFAULT 'new',
  metadata jsonb NOT NULL DEFAULT 'null',
  weight_kg double precision,
  checklist boolean[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  FOREIGN KEY (parent_id) REFERENCES item (id) ON DELETE CASCADE
);

CREATE INDEX item_status_created_at_idx ON item (status, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX item_parent_id_idx ON item (parent_id) WHERE deleted_at IS NULL;

COMMENT ON COLUMN item.id IS 'proto:1';
COMMENT ON COLUMN item.parent_id IS 'proto:2';
COMMENT ON COLUMN item.name IS 'proto:3';
COMMENT ON COLUMN item.description IS 'proto:4';
COMMENT ON COLUMN item.status IS 'proto:5';
COMMENT ON COLUMN item.metadata IS 'proto:6';
COMMENT ON COLUMN item.weight_kg IS 'proto:7';
COMMENT ON COLUMN item.checklist IS 'proto:8';
COMMENT ON COLUMN item.created_at IS 'proto:20';
COMMENT ON COLUMN item.updated_at IS 'proto:21';
COMMENT ON COLUMN item.deleted_at IS 'proto:22';
COMMENT ON COLUMN item.version IS 'proto:23';

-- migrate:down
DROP TABLE item;
