-- Tells tasks that were deleted with their project from those that were deleted before.

-- migrate:up
ALTER TABLE task ADD COLUMN deleted_at timestamptz;
COMMENT ON COLUMN task.deleted_at IS 'proto:22';
-- rowkeeper:allow slow-under-lock the table is small
UPDATE task SET deleted_at = updated_at WHERE is_deleted;

-- rowkeeper:allow require-concurrent-index-deletion the table is small
DROP INDEX task_project_id_status_idx, task_assignee_id_due_date_idx, task_board_column_id_idx;
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_project_id_status_idx ON task (project_id, status) WHERE deleted_at IS NULL AND NOT is_deleted;
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_assignee_id_due_date_idx ON task (assignee_id, due_date) WHERE deleted_at IS NULL AND NOT is_deleted;
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX task_board_column_id_idx ON task (board_column_id) WHERE deleted_at IS NULL AND NOT is_deleted;

-- migrate:down
DROP INDEX task_project_id_status_idx, task_assignee_id_due_date_idx, task_board_column_id_idx;
ALTER TABLE task DROP COLUMN deleted_at;
CREATE INDEX task_project_id_status_idx ON task (project_id, status) WHERE NOT is_deleted;
CREATE INDEX task_assignee_id_due_date_idx ON task (assignee_id, due_date) WHERE NOT is_deleted;
CREATE INDEX task_board_column_id_idx ON task (board_column_id) WHERE NOT is_deleted;
