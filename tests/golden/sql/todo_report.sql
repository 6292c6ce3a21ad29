-- planner.v1.TodoReportRepository.Workload
SELECT * FROM (SELECT p.id AS owner_id, p.display_name, count(t.id) AS open_todos,       count(t.id) FILTER (WHERE t.due_at < ($2::timestamp with time zone)) AS overdue_todos,       coalesce(sum(t.estimate), interval '0') AS estimate, max(t.priority) AS top_priority  FROM profiles p  LEFT JOIN todos t ON t.owner_id = p.id AND t.status <> 'DONE' AND t.deleted_at IS NULL WHERE p.deleted_at IS NULL AND (p.id = ANY (($1::uuid[])) OR cardinality(($1::uuid[])) = 0) GROUP BY p.id ORDER BY overdue_todos DESC, open_todos DESC, p.id LIMIT ($3::integer)) AS "#rows" LIMIT $4::bigint
--   $1 owner_ids
--   $2 due_before
--   $3 most
--   $4 limit

-- planner.v1.TodoReportRepository.NextUp
SELECT * FROM (WITH ranked AS (  SELECT t.*, row_number() OVER (PARTITION BY owner_id ORDER BY due_at NULLS LAST, id) AS place    FROM todos t   WHERE owner_id = ANY (($1::uuid[])) AND status <> 'DONE' AND deleted_at IS NULL) SELECT owner_id, place, id, title, due_at FROM ranked  WHERE place <= ($2::bigint) ORDER BY owner_id, place) AS "#rows" LIMIT $3::bigint
--   $1 owner_ids
--   $2 most_each
--   $3 limit

-- planner.v1.TodoReportRepository.Postpone
UPDATE todos SET due_at = due_at + ($2::interval), updated_at = now(), version = version + 1 WHERE owner_id = ($1::uuid) AND status <> 'DONE' AND due_at IS NOT NULL AND deleted_at IS NULL RETURNING id, title, due_at, version, CASE WHEN NOT ("todos"."due_at" >= '0001-01-01 00:00:00+00' AND "todos"."due_at" < '10000-01-01 00:00:00+00') THEN jsonb_path_exists('{}', ('strict $.' || left("todos"."due_at"::text, 0) || '"rk:1:0:5:0"')::jsonpath) WHEN NOT ("todos"."updated_at" >= '0001-01-01 00:00:00+00' AND "todos"."updated_at" < '10000-01-01 00:00:00+00') THEN jsonb_path_exists('{}', ('strict $.' || left("todos"."updated_at"::text, 0) || '"rk:1:0:11:0"')::jsonpath) END AS "#fits"
--   $1 owner_id
--   $2 by

-- planner.v1.TodoReportRepository.Archive
WITH "#written" AS (UPDATE todos SET deleted_at = now(), updated_at = now(), version = version + 1 WHERE status = ($1::text) AND updated_at < ($2::timestamp with time zone) AND deleted_at IS NULL RETURNING CASE WHEN NOT ("todos"."updated_at" >= '0001-01-01 00:00:00+00' AND "todos"."updated_at" < '10000-01-01 00:00:00+00') THEN jsonb_path_exists('{}', ('strict $.' || left("todos"."updated_at"::text, 0) || '"rk:1:0:11:0"')::jsonpath) WHEN NOT ("todos"."deleted_at" >= '0001-01-01 00:00:00+00' AND "todos"."deleted_at" < '10000-01-01 00:00:00+00') THEN jsonb_path_exists('{}', ('strict $.' || left("todos"."deleted_at"::text, 0) || '"rk:1:0:12:0"')::jsonpath) END AS "#fits") SELECT count(*) AS "#affected" FROM "#written"
--   $1 status
--   $2 before

