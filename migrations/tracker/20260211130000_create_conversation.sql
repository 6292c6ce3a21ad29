-- migrate:up
CREATE TABLE conversation (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  owner_id uuid NOT NULL,
  subject varchar(200) NOT NULL,
  messages jsonb NOT NULL DEFAULT '[]',
  metadata jsonb NOT NULL DEFAULT '{}',
  participant_ids uuid[] NOT NULL DEFAULT '{}',
  authors text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  CHECK (authors <@ ARRAY['PERSON', 'ASSISTANT']::text[]),
  FOREIGN KEY (owner_id) REFERENCES "user" (id) ON DELETE CASCADE
);

CREATE INDEX conversation_owner_id_idx ON conversation (owner_id) WHERE deleted_at IS NULL;

COMMENT ON COLUMN conversation.id IS 'proto:1';
COMMENT ON COLUMN conversation.owner_id IS 'proto:2';
COMMENT ON COLUMN conversation.subject IS 'proto:3';
COMMENT ON COLUMN conversation.messages IS 'proto:4';
COMMENT ON COLUMN conversation.metadata IS 'proto:5';
COMMENT ON COLUMN conversation.participant_ids IS 'proto:6';
COMMENT ON COLUMN conversation.authors IS 'proto:7';
COMMENT ON COLUMN conversation.created_at IS 'proto:20';
COMMENT ON COLUMN conversation.updated_at IS 'proto:21';
COMMENT ON COLUMN conversation.deleted_at IS 'proto:22';
COMMENT ON COLUMN conversation.version IS 'proto:23';

-- migrate:down
DROP TABLE conversation;
