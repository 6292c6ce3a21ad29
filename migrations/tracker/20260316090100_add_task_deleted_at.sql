-- Tells tasks that were deleted with their project from those that were deleted before.

-- migrate:up
ALTER TABLE task ADD COLUMN deleted_at timestamptz;
COMMENT ON COLUMN task.deleted_at IS 'proto:22';
UPDATE task SET deleted_at = updated_at WHERE is_deleted;

-- migrate:down
ALTER TABLE task DROP COLUMN deleted_at;
