-- migrate:up
CREATE TABLE task_comment (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  task_id uuid NOT NULL,
  author_id uuid NOT NULL,
  body text NOT NULL,
  reactions jsonb NOT NULL DEFAULT '{}',
  is_pinned boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (id),
  FOREIGN KEY (task_id) REFERENCES task (id) ON DELETE CASCADE,
  FOREIGN KEY (author_id) REFERENCES "user" (id)
);

CREATE INDEX task_comment_task_id_idx ON task_comment (task_id) WHERE deleted_at IS NULL;
CREATE INDEX task_comment_author_id_idx ON task_comment (author_id) WHERE deleted_at IS NULL;

COMMENT ON COLUMN task_comment.id IS 'proto:1';
COMMENT ON COLUMN task_comment.task_id IS 'proto:2';
COMMENT ON COLUMN task_comment.author_id IS 'proto:3';
COMMENT ON COLUMN task_comment.body IS 'proto:4';
COMMENT ON COLUMN task_comment.reactions IS 'proto:5';
COMMENT ON COLUMN task_comment.is_pinned IS 'proto:6';
COMMENT ON COLUMN task_comment.created_at IS 'proto:20';
COMMENT ON COLUMN task_comment.updated_at IS 'proto:21';
COMMENT ON COLUMN task_comment.deleted_at IS 'proto:22';

-- migrate:down
DROP TABLE task_comment;
