-- PostgreSQL looks for all rows that reference a deleted one, soft-deleted rows too: it cannot use partial indexes.

-- migrate:up
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX ix_todos_owner_id ON todos (owner_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX ix_schedule_items_owner_id ON schedule_items (owner_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX ix_automation_jobs_owner_id ON automation_jobs (owner_id);
-- rowkeeper:allow require-concurrent-index-deletion the table is small
DROP INDEX ix_schedule_items_todo_id, ix_automation_jobs_llm_id;
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX ix_schedule_items_todo_id ON schedule_items (todo_id);
-- rowkeeper:allow require-concurrent-index-creation the table is small
CREATE INDEX ix_automation_jobs_llm_id ON automation_jobs (llm_id);

-- migrate:down
DROP INDEX ix_schedule_items_todo_id, ix_automation_jobs_llm_id;
CREATE INDEX ix_schedule_items_todo_id ON schedule_items (todo_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_automation_jobs_llm_id ON automation_jobs (llm_id) WHERE deleted_at IS NULL;
DROP INDEX ix_todos_owner_id, ix_schedule_items_owner_id, ix_automation_jobs_owner_id;
