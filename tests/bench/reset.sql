-- Before each block: what the last one has written is gone.
DELETE FROM rowkeeper_bench.todos
  WHERE owner_id BETWEEN '00000000-0000-4000-8002-000000000000' AND '00000000-0000-4000-8002-000000000499';
UPDATE rowkeeper_bench.todos
  SET version = 1, deleted_at = NULL, title = 'water the plants', notes = 'all of them', status = 'OPEN', priority = 1,
    due_at = '2026-01-01Z', updated_at = '2026-01-01Z'
  WHERE id BETWEEN '00000000-0000-4000-8003-000000000000' AND '00000000-0000-4000-8003-000000016015'
    AND (version <> 1 OR deleted_at IS NOT NULL);
TRUNCATE rowkeeper_idempotency_keys;
VACUUM rowkeeper_bench.todos;
