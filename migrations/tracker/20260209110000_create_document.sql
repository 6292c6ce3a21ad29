-- migrate:up
CREATE TABLE document (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  project_id uuid,
  title varchar(255) NOT NULL,
  content bytea NOT NULL,
  size_bytes numeric(20,0) NOT NULL,
  checksum bigint NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  outline jsonb NOT NULL DEFAULT '[]',
  keywords text[] NOT NULL DEFAULT '{}',
  page_offsets bigint[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  CHECK (size_bytes BETWEEN 0 AND 18446744073709551615),
  CHECK (checksum BETWEEN 0 AND 4294967295),
  FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE
);

CREATE INDEX document_metadata_idx ON document USING gin (metadata) WHERE deleted_at IS NULL;
CREATE INDEX document_created_at_idx ON document (created_at DESC);
CREATE INDEX document_project_id_idx ON document (project_id) WHERE deleted_at IS NULL;

COMMENT ON COLUMN document.id IS 'proto:1';
COMMENT ON COLUMN document.project_id IS 'proto:2';
COMMENT ON COLUMN document.title IS 'proto:3';
COMMENT ON COLUMN document.content IS 'proto:4';
COMMENT ON COLUMN document.size_bytes IS 'proto:5';
COMMENT ON COLUMN document.checksum IS 'proto:6';
COMMENT ON COLUMN document.metadata IS 'proto:7';
COMMENT ON COLUMN document.outline IS 'proto:8';
COMMENT ON COLUMN document.keywords IS 'proto:9';
COMMENT ON COLUMN document.page_offsets IS 'proto:10';
COMMENT ON COLUMN document.created_at IS 'proto:20';
COMMENT ON COLUMN document.updated_at IS 'proto:21';
COMMENT ON COLUMN document.deleted_at IS 'proto:22';
COMMENT ON COLUMN document.version IS 'proto:23';

-- migrate:down
DROP TABLE document;
