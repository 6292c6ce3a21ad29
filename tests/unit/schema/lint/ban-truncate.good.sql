-- migrate:up
DELETE FROM todos WHERE deleted_at < now() - interval '90 days';

-- migrate:down
SELECT 1;
