-- tracker.v1.ProjectReportRepository.Progress
SELECT * FROM (SELECT p.name, u.email AS owner_email, count(t.id) AS tasks,       count(t.id) FILTER (WHERE t.status = 'DONE') AS done,       min(t.due_date) FILTER (WHERE t.status NOT IN ('DONE', 'CANCELLED')) AS next_due_date,       coalesce(sum(t.estimate) FILTER (WHERE t.status <> 'DONE'), interval '0') AS remaining  FROM project p  JOIN "user" u ON u.id = p.owner_id AND u.deleted_at IS NULL  LEFT JOIN task t ON t.project_id = p.id AND NOT t.is_deleted WHERE p.slug = ($1::text) AND p.deleted_at IS NULL GROUP BY p.id, u.email) AS "#rows" LIMIT $2::bigint
--   $1 slug
--   $2 limit

-- tracker.v1.ProjectReportRepository.Subtree
SELECT * FROM (WITH RECURSIVE tree AS (  SELECT i.id, 0 AS depth FROM item i WHERE i.id = ($1::uuid) AND i.deleted_at IS NULL  UNION ALL  SELECT i.id, t.depth + 1 FROM item i JOIN tree t ON i.parent_id = t.id   WHERE i.deleted_at IS NULL AND t.depth < 50) SELECT i.* FROM tree t JOIN item i ON i.id = t.id AND i.deleted_at IS NULL  ORDER BY t.depth, i.name, i.id) AS "#rows" LIMIT $2::bigint
--   $1 root_id
--   $2 limit

-- tracker.v1.ProjectReportRepository.AddTask
INSERT INTO task (project_id, title, description, priority, position) SELECT p.id, ($2::text), ($3::text), coalesce(($4::"task_priority"), 'NORMAL'),        coalesce((SELECT max(t.position) FROM task t WHERE t.project_id = p.id AND NOT t.is_deleted), 0) + 1   FROM project p WHERE p.slug = ($1::text) AND p.deleted_at IS NULL RETURNING id, project_id, priority, position, CASE WHEN NOT ("task"."priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN jsonb_path_exists('{}', ('strict $.' || left("task"."priority"::text, 0) || '"rk:1:0:7:0"')::jsonpath) END AS "#fits"
--   $1 slug
--   $2 title
--   $3 description
--   $4 priority

-- tracker.v1.ProjectReportRepository.HandOver
WITH "#written" AS (UPDATE task SET assignee_id = ($2::uuid), updated_at = now(), version = version + 1 WHERE assignee_id = ($1::uuid) AND status <> ALL (($3::text[])) AND NOT is_deleted RETURNING CASE WHEN NOT ("task"."updated_at" >= '0001-01-01 00:00:00+00' AND "task"."updated_at" < '10000-01-01 00:00:00+00') THEN jsonb_path_exists('{}', ('strict $.' || left("task"."updated_at"::text, 0) || '"rk:1:0:13:0"')::jsonpath) END AS "#fits") SELECT count(*) AS "#affected" FROM "#written"
--   $1 from_id
--   $2 to_id
--   $3 except_statuses

