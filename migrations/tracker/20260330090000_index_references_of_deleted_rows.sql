-- PostgreSQL looks for all rows that reference a deleted one, soft-deleted rows too: it cannot use partial indexes.

-- migrate:up
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_project_id_idx ON task (project_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_assignee_id_idx ON task (assignee_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_board_project_id_idx ON task_board (project_id);
-- rowkeeper:allow require-concurrent-index-deletion the table is small
DROP INDEX project_owner_id_idx, conversation_owner_id_idx, document_project_id_idx, item_parent_id_idx,
  task_comment_task_id_idx, task_comment_author_id_idx, task_board_column_id_idx;
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX project_owner_id_idx ON project (owner_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX conversation_owner_id_idx ON conversation (owner_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX document_project_id_idx ON document (project_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX item_parent_id_idx ON item (parent_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_comment_task_id_idx ON task_comment (task_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_comment_author_id_idx ON task_comment (author_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_board_column_id_idx ON task (board_column_id);

-- migrate:down
DROP INDEX project_owner_id_idx, conversation_owner_id_idx, document_project_id_idx, item_parent_id_idx,
  task_comment_task_id_idx, task_comment_author_id_idx, task_board_column_id_idx;
CREATE INDEX project_owner_id_idx ON project (owner_id) WHERE deleted_at IS NULL;
CREATE INDEX conversation_owner_id_idx ON conversation (owner_id) WHERE deleted_at IS NULL;
CREATE INDEX document_project_id_idx ON document (project_id) WHERE deleted_at IS NULL;
CREATE INDEX item_parent_id_idx ON item (parent_id) WHERE deleted_at IS NULL;
CREATE INDEX task_comment_task_id_idx ON task_comment (task_id) WHERE deleted_at IS NULL;
CREATE INDEX task_comment_author_id_idx ON task_comment (author_id) WHERE deleted_at IS NULL;
CREATE INDEX task_board_column_id_idx ON task (board_column_id) WHERE deleted_at IS NULL AND NOT is_deleted;
DROP INDEX task_project_id_idx, task_assignee_id_idx, task_board_project_id_idx;
