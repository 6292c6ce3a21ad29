-- tracker.v1.TaskRepository.Create
WITH "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text, $7::text, $8::"task_priority", $9::date, $10::interval, $11::double precision, $12::jsonb) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $13::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM $12::jsonb OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $13::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.id
--   $2 task.project_id
--   $3 task.assignee_id
--   $4 task.board_column_id
--   $5 task.title
--   $6 task.description
--   $7 task.status
--   $8 task.priority
--   $9 task.due_date
--   $10 task.estimate
--   $11 task.position
--   $12 task.custom_numbers
--   $13 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Create, writing task.id
WITH "#written" AS (INSERT INTO "task" ("id") VALUES ($1::uuid) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $2::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $2::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.id
--   $2 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Create, writing task.custom_numbers
WITH "#written" AS (INSERT INTO "task" ("custom_numbers") VALUES ($1::jsonb) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $2::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM $1::jsonb OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $2::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.custom_numbers
--   $2 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Create, writing nothing
WITH "#written" AS (INSERT INTO "task" DEFAULT VALUES RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $1::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $1::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 room for the response, outside a transaction

-- tracker.v1.TaskRepository.GetById
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 id

-- tracker.v1.TaskRepository.GetById, including deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "id" = $1::uuid ORDER BY ("deleted_at" IS NULL AND NOT "is_deleted") DESC, "deleted_at" DESC LIMIT 1
--   $1 id

-- tracker.v1.TaskRepository.GetById, only deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL AND NOT "is_deleted") ORDER BY ("deleted_at" IS NULL AND NOT "is_deleted") DESC, "deleted_at" DESC LIMIT 1
--   $1 id

-- tracker.v1.TaskRepository.GetById, with relations alone
SELECT "project_id", "assignee_id", "board_column_id", "id" FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 id

-- tracker.v1.TaskRepository.GetById, relation project
SELECT "id", "name", "slug", "owner_id", "budget", "start_date", "end_date", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN "project" WHERE "id" = "#key" AND "deleted_at" IS NULL
--   $1 parent keys

-- tracker.v1.TaskRepository.GetById, relation assignee
SELECT "id", "email", "display_name", "role", "status", "directory_id", "last_login_at", "avatar", "preferences", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN "user" WHERE "id" = "#key" AND "deleted_at" IS NULL
--   $1 parent keys

-- tracker.v1.TaskRepository.GetById, relation board_column
SELECT "id", "board_id", "name", "position", "task_limit", "created_at", "updated_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN "board_column" WHERE "id" = "#key"
--   $1 parent keys

-- tracker.v1.TaskRepository.GetById, relation comments
SELECT "id", "task_id", "author_id", "body", "reactions", "is_pinned", "created_at", "updated_at", "deleted_at", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN LATERAL (SELECT "id", "task_id", "author_id", "body", "reactions", "is_pinned", "created_at", "updated_at", "deleted_at", row_number() OVER (ORDER BY "created_at" DESC, "id" DESC) AS "#n" FROM "task_comment" WHERE "task_id" = "#key" AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT 20) AS "#r" ORDER BY "#", "#n"
--   $1 parent keys

-- tracker.v1.TaskRepository.GetById, relation project.tasks
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN LATERAL (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", row_number() OVER (ORDER BY "position", "id") AS "#n" FROM "task" WHERE "project_id" = "#key" AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "position", "id" LIMIT 50) AS "#r" ORDER BY "#", "#n"
--   $1 parent keys

-- tracker.v1.TaskRepository.GetById, relation project.members
SELECT "id", "email", "display_name", "role", "status", "directory_id", "last_login_at", "avatar", "preferences", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN LATERAL (SELECT "id", "email", "display_name", "role", "status", "directory_id", "last_login_at", "avatar", "preferences", "created_at", "updated_at", "deleted_at", "version", row_number() OVER (ORDER BY "email", "id") AS "#n" FROM "user" WHERE "id" IN (SELECT "#through"."user_id" FROM "project_user" AS "#through" WHERE "#through"."project_id" = "#key") AND "deleted_at" IS NULL ORDER BY "email", "id" LIMIT 100) AS "#r" ORDER BY "#", "#n"
--   $1 parent keys

-- tracker.v1.TaskRepository.GetById, relation project.done_tasks
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN LATERAL (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", row_number() OVER (ORDER BY "updated_at" DESC, "id" DESC) AS "#n" FROM "task" WHERE "project_id" = "#key" AND "deleted_at" IS NULL AND NOT "is_deleted" AND "status" = $2::text ORDER BY "updated_at" DESC, "id" DESC LIMIT 10) AS "#r" ORDER BY "#", "#n"
--   $1 parent keys
--   $2 computed 0

-- tracker.v1.TaskRepository.GetById, of many calls
SELECT "#row".*, "#calls"."#" FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS "#calls" ("#0", "#") CROSS JOIN LATERAL (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "id" = "#calls"."#0" AND "deleted_at" IS NULL AND NOT "is_deleted") AS "#row"
--   $1 id

-- tracker.v1.TaskRepository.List
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, without status
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "priority" = $1::"task_priority" AND "title" LIKE $2::text AND "status" <> ALL($3::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $4::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 priority
--   $2 title_like
--   $3 without_statuses
--   $4 custom_numbers
--   $5 limit

-- tracker.v1.TaskRepository.List, without title_like
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "status" <> ALL($3::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $4::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 status
--   $2 priority
--   $3 without_statuses
--   $4 custom_numbers
--   $5 limit

-- tracker.v1.TaskRepository.List, without without_statuses
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "assignee_id" IS NULL AND "custom_numbers" @> $4::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 custom_numbers
--   $5 limit

-- tracker.v1.TaskRepository.List, without unassigned
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, with unassigned false
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NOT NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, without custom_numbers
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 limit

-- tracker.v1.TaskRepository.List, including deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, only deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT ("deleted_at" IS NULL AND NOT "is_deleted") ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("created_at", "id") < ($6::timestamp with time zone, $7::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by id
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by id, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("id") > ($6::uuid) ORDER BY "id" LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by id desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by id desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("id") < ($6::uuid) ORDER BY "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by title
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "title", "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by title, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("title", "id") > ($6::text, $7::uuid) ORDER BY "title", "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND ((("due_date" > $6::date OR "due_date" IS NULL)) OR ("due_date" = $6::date AND "id" > $7::uuid)) ORDER BY "due_date", "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND (("due_date" IS NULL AND "id" > $6::uuid)) ORDER BY "due_date", "id" LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 1
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by due_date nulls first
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "due_date" NULLS FIRST, "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by due_date nulls first, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND "due_date" >= $6::date AND (("due_date" > $6::date) OR ("due_date" = $6::date AND "id" > $7::uuid)) ORDER BY "due_date" NULLS FIRST, "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date nulls first, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND (("due_date" IS NOT NULL) OR ("due_date" IS NULL AND "id" > $6::uuid)) ORDER BY "due_date" NULLS FIRST, "id" LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 1
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND "due_date" <= $6::date AND (("due_date" < $6::date) OR ("due_date" = $6::date AND "id" < $7::uuid)) ORDER BY "due_date" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND (("due_date" IS NOT NULL) OR ("due_date" IS NULL AND "id" < $6::uuid)) ORDER BY "due_date" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 1
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc nulls last
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc nulls last, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND ((("due_date" < $6::date OR "due_date" IS NULL)) OR ("due_date" = $6::date AND "id" < $7::uuid)) ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc nulls last, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND (("due_date" IS NULL AND "id" < $6::uuid)) ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 1
--   $7 limit

-- tracker.v1.TaskRepository.List, with relations alone
SELECT "created_at", "id", "project_id", "assignee_id", "board_column_id" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, filtered by project_id
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND (("project_id" = $6::uuid OR "project_id" IS DISTINCT FROM $7::uuid) AND (("project_id" = $8::uuid OR "project_id" IS DISTINCT FROM $9::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $10::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 computed 0
--   $7 computed 1
--   $8 computed 0
--   $9 computed 1
--   $10 limit

-- tracker.v1.TaskRepository.List, filtered by assignee_id
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND (("assignee_id" IS NULL OR "assignee_id" IS NOT NULL OR "assignee_id" = $6::uuid OR "assignee_id" IS DISTINCT FROM $7::uuid) AND (("assignee_id" IS NULL OR "assignee_id" IS NOT NULL OR "assignee_id" = $8::uuid OR "assignee_id" IS DISTINCT FROM $9::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $10::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 computed 0
--   $7 computed 1
--   $8 computed 0
--   $9 computed 1
--   $10 limit

-- tracker.v1.TaskRepository.List, filtered by title
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND (("title" = $6::text OR "title" IS DISTINCT FROM $7::text OR "title" LIKE $8::text OR "title" < $9::text OR "title" <= $10::text OR "title" > $11::text OR "title" >= $12::text) AND (("title" = $13::text OR "title" IS DISTINCT FROM $14::text OR "title" LIKE $15::text OR "title" < $16::text OR "title" <= $17::text OR "title" > $18::text OR "title" >= $19::text)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $20::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2
--   $9 computed 3
--   $10 computed 4
--   $11 computed 5
--   $12 computed 6
--   $13 computed 0
--   $14 computed 1
--   $15 computed 2
--   $16 computed 3
--   $17 computed 4
--   $18 computed 5
--   $19 computed 6
--   $20 limit

-- tracker.v1.TaskRepository.List, filtered by priority
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND (("priority" = $6::"task_priority" OR "priority" IS DISTINCT FROM $7::"task_priority" OR "priority" < $8::"task_priority" OR "priority" <= $9::"task_priority" OR "priority" > $10::"task_priority" OR "priority" >= $11::"task_priority") AND (("priority" = $12::"task_priority" OR "priority" IS DISTINCT FROM $13::"task_priority" OR "priority" < $14::"task_priority" OR "priority" <= $15::"task_priority" OR "priority" > $16::"task_priority" OR "priority" >= $17::"task_priority")) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $18::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2
--   $9 computed 3
--   $10 computed 4
--   $11 computed 5
--   $12 computed 0
--   $13 computed 1
--   $14 computed 2
--   $15 computed 3
--   $16 computed 4
--   $17 computed 5
--   $18 limit

-- tracker.v1.TaskRepository.List, filtered by due_date
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND (("due_date" IS NULL OR "due_date" IS NOT NULL OR "due_date" = $6::date OR "due_date" IS DISTINCT FROM $7::date OR "due_date" < $8::date OR "due_date" <= $9::date OR "due_date" > $10::date OR "due_date" >= $11::date) AND (("due_date" IS NULL OR "due_date" IS NOT NULL OR "due_date" = $12::date OR "due_date" IS DISTINCT FROM $13::date OR "due_date" < $14::date OR "due_date" <= $15::date OR "due_date" > $16::date OR "due_date" >= $17::date)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $18::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2
--   $9 computed 3
--   $10 computed 4
--   $11 computed 5
--   $12 computed 0
--   $13 computed 1
--   $14 computed 2
--   $15 computed 3
--   $16 computed 4
--   $17 computed 5
--   $18 limit

-- tracker.v1.TaskRepository.List, filtered by custom_numbers
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND (("custom_numbers" <> '{}' OR "custom_numbers" ? $6::text OR ("custom_numbers" #>> $7::text[]) IS NOT NULL OR "custom_numbers" @> $8::jsonb) AND (("custom_numbers" <> '{}' OR "custom_numbers" ? $9::text OR ("custom_numbers" #>> $10::text[]) IS NOT NULL OR "custom_numbers" @> $11::jsonb)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2
--   $9 computed 0
--   $10 computed 1
--   $11 computed 2
--   $12 limit

-- tracker.v1.TaskRepository.List, with a skip
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint OFFSET $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit
--   $7 skip

-- tracker.v1.TaskRepository.List, next page, with a skip
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("created_at", "id") < ($6::timestamp with time zone, $7::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $8::bigint OFFSET $9::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit
--   $9 skip

-- tracker.v1.TaskRepository.List, total size
SELECT count(*) FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers

-- tracker.v1.TaskRepository.ListByStatuses
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, including deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) ORDER BY "created_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, only deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT ("deleted_at" IS NULL AND NOT "is_deleted") ORDER BY "created_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("created_at", "id") < ($3::timestamp with time zone, $4::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by id
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by id, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("id") > ($3::uuid) ORDER BY "id" LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by id desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by id desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("id") < ($3::uuid) ORDER BY "id" DESC LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by title
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "title", "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by title, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("title", "id") > ($3::text, $4::uuid) ORDER BY "title", "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND ((("due_date" > $3::date OR "due_date" IS NULL)) OR ("due_date" = $3::date AND "id" > $4::uuid)) ORDER BY "due_date", "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND (("due_date" IS NULL AND "id" > $3::uuid)) ORDER BY "due_date", "id" LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 1
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date nulls first
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "due_date" NULLS FIRST, "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date nulls first, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND "due_date" >= $3::date AND (("due_date" > $3::date) OR ("due_date" = $3::date AND "id" > $4::uuid)) ORDER BY "due_date" NULLS FIRST, "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date nulls first, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND (("due_date" IS NOT NULL) OR ("due_date" IS NULL AND "id" > $3::uuid)) ORDER BY "due_date" NULLS FIRST, "id" LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 1
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND "due_date" <= $3::date AND (("due_date" < $3::date) OR ("due_date" = $3::date AND "id" < $4::uuid)) ORDER BY "due_date" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND (("due_date" IS NOT NULL) OR ("due_date" IS NULL AND "id" < $3::uuid)) ORDER BY "due_date" DESC, "id" DESC LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 1
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc nulls last
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc nulls last, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND ((("due_date" < $3::date OR "due_date" IS NULL)) OR ("due_date" = $3::date AND "id" < $4::uuid)) ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc nulls last, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND (("due_date" IS NULL AND "id" < $3::uuid)) ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 1
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, with relations alone
SELECT "created_at", "id", "project_id", "assignee_id", "board_column_id" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, total size
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 project_id
--   $2 statuses

-- tracker.v1.TaskRepository.Count
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 project_id
--   $2 assignee_id
--   $3 status

-- tracker.v1.TaskRepository.Count, without project_id
SELECT count(*) FROM "task" WHERE "assignee_id" = $1::uuid AND "status" = $2::text AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 assignee_id
--   $2 status

-- tracker.v1.TaskRepository.Count, including deleted
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text
--   $1 project_id
--   $2 assignee_id
--   $3 status

-- tracker.v1.TaskRepository.Count, only deleted
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text AND NOT ("deleted_at" IS NULL AND NOT "is_deleted")
--   $1 project_id
--   $2 assignee_id
--   $3 status

-- tracker.v1.TaskRepository.Count, filtered by project_id
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text AND (("project_id" = $4::uuid OR "project_id" IS DISTINCT FROM $5::uuid) AND (("project_id" = $6::uuid OR "project_id" IS DISTINCT FROM $7::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 project_id
--   $2 assignee_id
--   $3 status
--   $4 computed 0
--   $5 computed 1
--   $6 computed 0
--   $7 computed 1

-- tracker.v1.TaskRepository.Count, filtered by assignee_id
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text AND (("assignee_id" IS NULL OR "assignee_id" IS NOT NULL OR "assignee_id" = $4::uuid OR "assignee_id" IS DISTINCT FROM $5::uuid) AND (("assignee_id" IS NULL OR "assignee_id" IS NOT NULL OR "assignee_id" = $6::uuid OR "assignee_id" IS DISTINCT FROM $7::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 project_id
--   $2 assignee_id
--   $3 status
--   $4 computed 0
--   $5 computed 1
--   $6 computed 0
--   $7 computed 1

-- tracker.v1.TaskRepository.Count, filtered by title
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text AND (("title" = $4::text OR "title" IS DISTINCT FROM $5::text OR "title" LIKE $6::text OR "title" < $7::text OR "title" <= $8::text OR "title" > $9::text OR "title" >= $10::text) AND (("title" = $11::text OR "title" IS DISTINCT FROM $12::text OR "title" LIKE $13::text OR "title" < $14::text OR "title" <= $15::text OR "title" > $16::text OR "title" >= $17::text)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 project_id
--   $2 assignee_id
--   $3 status
--   $4 computed 0
--   $5 computed 1
--   $6 computed 2
--   $7 computed 3
--   $8 computed 4
--   $9 computed 5
--   $10 computed 6
--   $11 computed 0
--   $12 computed 1
--   $13 computed 2
--   $14 computed 3
--   $15 computed 4
--   $16 computed 5
--   $17 computed 6

-- tracker.v1.TaskRepository.Count, filtered by priority
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text AND (("priority" = $4::"task_priority" OR "priority" IS DISTINCT FROM $5::"task_priority" OR "priority" < $6::"task_priority" OR "priority" <= $7::"task_priority" OR "priority" > $8::"task_priority" OR "priority" >= $9::"task_priority") AND (("priority" = $10::"task_priority" OR "priority" IS DISTINCT FROM $11::"task_priority" OR "priority" < $12::"task_priority" OR "priority" <= $13::"task_priority" OR "priority" > $14::"task_priority" OR "priority" >= $15::"task_priority")) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 project_id
--   $2 assignee_id
--   $3 status
--   $4 computed 0
--   $5 computed 1
--   $6 computed 2
--   $7 computed 3
--   $8 computed 4
--   $9 computed 5
--   $10 computed 0
--   $11 computed 1
--   $12 computed 2
--   $13 computed 3
--   $14 computed 4
--   $15 computed 5

-- tracker.v1.TaskRepository.Count, filtered by due_date
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text AND (("due_date" IS NULL OR "due_date" IS NOT NULL OR "due_date" = $4::date OR "due_date" IS DISTINCT FROM $5::date OR "due_date" < $6::date OR "due_date" <= $7::date OR "due_date" > $8::date OR "due_date" >= $9::date) AND (("due_date" IS NULL OR "due_date" IS NOT NULL OR "due_date" = $10::date OR "due_date" IS DISTINCT FROM $11::date OR "due_date" < $12::date OR "due_date" <= $13::date OR "due_date" > $14::date OR "due_date" >= $15::date)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 project_id
--   $2 assignee_id
--   $3 status
--   $4 computed 0
--   $5 computed 1
--   $6 computed 2
--   $7 computed 3
--   $8 computed 4
--   $9 computed 5
--   $10 computed 0
--   $11 computed 1
--   $12 computed 2
--   $13 computed 3
--   $14 computed 4
--   $15 computed 5

-- tracker.v1.TaskRepository.Count, filtered by custom_numbers
SELECT count(*) FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" = $2::uuid AND "status" = $3::text AND (("custom_numbers" <> '{}' OR "custom_numbers" ? $4::text OR ("custom_numbers" #>> $5::text[]) IS NOT NULL OR "custom_numbers" @> $6::jsonb) AND (("custom_numbers" <> '{}' OR "custom_numbers" ? $7::text OR ("custom_numbers" #>> $8::text[]) IS NOT NULL OR "custom_numbers" @> $9::jsonb)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted"
--   $1 project_id
--   $2 assignee_id
--   $3 status
--   $4 computed 0
--   $5 computed 1
--   $6 computed 2
--   $7 computed 0
--   $8 computed 1
--   $9 computed 2

-- tracker.v1.TaskRepository.Count, of many calls
SELECT "#row".*, "#calls"."#" FROM unnest((SELECT $1::uuid[]), (SELECT $2::uuid[]), (SELECT $3::text[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#2", "#") CROSS JOIN LATERAL (SELECT count(*) FROM "task" WHERE "project_id" = "#calls"."#0" AND "assignee_id" = "#calls"."#1" AND "status" = "#calls"."#2" AND "deleted_at" IS NULL AND NOT "is_deleted") AS "#row"
--   $1 project_id
--   $2 assignee_id
--   $3 status

-- tracker.v1.TaskRepository.Update
WITH "#written" AS (UPDATE "task" SET "assignee_id" = $1::uuid, "board_column_id" = $2::uuid, "title" = $3::text, "description" = $4::text, "status" = $5::text, "priority" = $6::"task_priority", "due_date" = $7::date, "estimate" = $8::interval, "position" = $9::double precision, "custom_numbers" = $10::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $11::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "project_id" IS NOT DISTINCT FROM $12::uuid RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $13::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM $10::jsonb OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $13::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($13::bigint IS NOT NULL AND EXISTS (SELECT FROM "task" WHERE "id" = $11::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "project_id" IS NOT DISTINCT FROM $12::uuid)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.assignee_id
--   $2 task.board_column_id
--   $3 task.title
--   $4 task.description
--   $5 task.status
--   $6 task.priority
--   $7 task.due_date
--   $8 task.estimate
--   $9 task.position
--   $10 task.custom_numbers
--   $11 task.id
--   $12 task.project_id
--   $13 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Update, writing task.assignee_id
WITH "#written" AS (UPDATE "task" SET "assignee_id" = $1::uuid, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $3::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $3::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "task" WHERE "id" = $2::uuid AND "deleted_at" IS NULL AND NOT "is_deleted")) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.assignee_id
--   $2 task.id
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Update, writing task.custom_numbers
WITH "#written" AS (UPDATE "task" SET "custom_numbers" = $1::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $3::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM $1::jsonb OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $3::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "task" WHERE "id" = $2::uuid AND "deleted_at" IS NULL AND NOT "is_deleted")) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.custom_numbers
--   $2 task.id
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Update, writing nothing
WITH "#written" AS (UPDATE "task" SET "id" = "id" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "project_id" IS NOT DISTINCT FROM $2::uuid RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $3::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $3::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "project_id" IS NOT DISTINCT FROM $2::uuid)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.id
--   $2 task.project_id
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Update, writing parts of custom_numbers
WITH "#written" AS (UPDATE "task" SET "custom_numbers" = (((((CASE jsonb_typeof("custom_numbers") WHEN 'object' THEN "custom_numbers" ELSE '{}'::jsonb END) - CASE WHEN (CASE jsonb_typeof($1::jsonb) WHEN 'object' THEN $1::jsonb ELSE '{}'::jsonb END) ? $2::text THEN $3::text[] ELSE '{}'::text[] END) - $4::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof($1::jsonb) WHEN 'object' THEN $1::jsonb ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($4::text[]))) || CASE WHEN (CASE jsonb_typeof($1::jsonb) WHEN 'object' THEN $1::jsonb ELSE '{}'::jsonb END) ? $5::text OR jsonb_typeof(("custom_numbers" -> $5::text)) = 'object' AND NOT (CASE jsonb_typeof($1::jsonb) WHEN 'object' THEN $1::jsonb ELSE '{}'::jsonb END) ?| $6::text[] THEN jsonb_build_object($5::text, (((CASE jsonb_typeof(("custom_numbers" -> $5::text)) WHEN 'object' THEN ("custom_numbers" -> $5::text) ELSE '{}'::jsonb END) - $7::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof(($1::jsonb -> $5::text)) WHEN 'object' THEN ($1::jsonb -> $5::text) ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($7::text[])))) ELSE '{}'::jsonb END), "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $8::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $9::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $9::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($9::bigint IS NOT NULL AND EXISTS (SELECT FROM "task" WHERE "id" = $8::uuid AND "deleted_at" IS NULL AND NOT "is_deleted")) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.custom_numbers
--   $2 computed 0
--   $3 computed 1
--   $4 computed 2
--   $5 computed 3
--   $6 computed 4
--   $7 computed 5
--   $8 task.id
--   $9 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Update, with a version
WITH "#written" AS (UPDATE "task" SET "assignee_id" = $1::uuid, "board_column_id" = $2::uuid, "title" = $3::text, "description" = $4::text, "status" = $5::text, "priority" = $6::"task_priority", "due_date" = $7::date, "estimate" = $8::interval, "position" = $9::double precision, "custom_numbers" = $10::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $11::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "version" = $12::bigint AND "project_id" IS NOT DISTINCT FROM $13::uuid RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN ':6:0' WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN ':7:0' WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':13:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':14:0' WHEN $14::bigint IS NOT NULL AND ("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM $10::jsonb OR 1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0) > $14::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($14::bigint IS NOT NULL AND EXISTS (SELECT FROM "task" WHERE "id" = $11::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "version" = $12::bigint AND "project_id" IS NOT DISTINCT FROM $13::uuid)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 task.assignee_id
--   $2 task.board_column_id
--   $3 task.title
--   $4 task.description
--   $5 task.status
--   $6 task.priority
--   $7 task.due_date
--   $8 task.estimate
--   $9 task.position
--   $10 task.custom_numbers
--   $11 task.id
--   $12 version
--   $13 task.project_id
--   $14 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Update, why no row was found
SELECT "deleted_at" IS NULL AND NOT "is_deleted", "version" = $1::bigint, "project_id" IS NOT DISTINCT FROM $2::uuid FROM "task" WHERE "id" = $3::uuid ORDER BY ("deleted_at" IS NULL AND NOT "is_deleted") DESC, "deleted_at" DESC LIMIT 1
--   $1 version
--   $2 task.project_id
--   $3 task.id

-- tracker.v1.TaskRepository.SoftDelete
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" UNION SELECT "#n".* FROM "#doomed" CROSS JOIN LATERAL (SELECT 1, "id"::uuid FROM "task_comment" WHERE "#e" = 0 AND "task_id" = "#s0" AND "deleted_at" IS NULL) AS "#n"), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND "deleted_at" IS NULL AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = "#at", "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = "#at", "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target") AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 14 END) AS "#bad", $2::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $2::bigint) AS "#unsure" FROM "#changed") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", NULL::integer AS "#b" FROM "#changed" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 room for the response, outside a transaction

-- tracker.v1.TaskRepository.SoftDelete, with a version
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "version" = $2::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" UNION SELECT "#n".* FROM "#doomed" CROSS JOIN LATERAL (SELECT 1, "id"::uuid FROM "task_comment" WHERE "#e" = 0 AND "task_id" = "#s0" AND "deleted_at" IS NULL) AS "#n"), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND "deleted_at" IS NULL AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = "#at", "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = "#at", "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target") AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 14 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $3::bigint) AS "#unsure" FROM "#changed") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", NULL::integer AS "#b" FROM "#changed" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 version
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.SoftDelete, why no row was found
SELECT "deleted_at" IS NULL AND NOT "is_deleted", "version" = $1::bigint FROM "task" WHERE "id" = $2::uuid ORDER BY ("deleted_at" IS NULL AND NOT "is_deleted") DESC, "deleted_at" DESC LIMIT 1
--   $1 version
--   $2 id

-- tracker.v1.TaskRepository.Restore
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "task" WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL AND NOT "is_deleted") FOR NO KEY UPDATE), "#doomed"("#e", "#s0", "#dat") AS (SELECT 0, "#t0"::uuid, "#tat" FROM "#target" UNION SELECT "#ne", "#n0", COALESCE("#dat", "#nat") FROM "#doomed" JOIN (SELECT 1, "id"::uuid, "deleted_at"::timestamp with time zone, 0, "task_id"::uuid FROM "task_comment" WHERE NOT ("deleted_at" IS NULL)) AS "#n"("#ne", "#n0", "#nat", "#np", "#r0") ON "#np" = "#e" AND "#r0" = "#s0" AND ("#dat" IS NULL OR "#nat" IS NULL OR "#nat" = "#dat")), "#held"("#e", "#s0", "#b") AS ((SELECT "#e", "#s0", 0 FROM "#doomed" JOIN "task" ON "id" = "#s0" AND "#e" = 0 WHERE "project_id" IN (SELECT "#parent"."id" FROM "project" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL)) UNION ALL SELECT "#e", "#s0", 1 FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1 WHERE "task_id" IN (SELECT "#parent"."id" FROM "task" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL AND NOT "#parent"."is_deleted") AND "#parent"."id" NOT IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) UNION ALL SELECT "#e", "#s0", 2 FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1 WHERE "author_id" IN (SELECT "#parent"."id" FROM "user" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL))) UNION SELECT "#ne", "#n0", "#nb" FROM "#held" JOIN (SELECT "#e", "#s0", 1, 0, "task_id"::uuid FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1) AS "#n"("#ne", "#n0", "#nb", "#np", "#r0") ON "#np" = "#e" AND "#r0" = "#s0"), "#blocked"("#b") AS MATERIALIZED (SELECT "#b" FROM "#held" JOIN "#target" ON "#e" = 0 AND "#s0" = "#t0" ORDER BY "#b" LIMIT 1), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND NOT ("deleted_at" IS NULL) AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE AND "id" NOT IN (SELECT "#s0" FROM "#held" WHERE "#e" = 1) AND ("deleted_at"::timestamp with time zone IS NULL OR ("id", "deleted_at"::timestamp with time zone) IN (SELECT "#s0", "#dat" FROM "#doomed" WHERE "#e" = 1)) AND NOT EXISTS (SELECT FROM "#blocked") ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT "#b" FROM "#blocked" UNION ALL SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") AND ("#s0") NOT IN (SELECT "#s0" FROM "#held" WHERE "#e" = 1) AND NOT EXISTS (SELECT FROM "#blocked") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = NULL, "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = NULL, "is_deleted" = false, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target") AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 14 END) AS "#bad", $2::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $2::bigint) AS "#unsure" FROM "#changed") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", NULL::integer AS "#b" FROM "#changed" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Restore, with a version
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "task" WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL AND NOT "is_deleted") AND "version" = $2::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0", "#dat") AS (SELECT 0, "#t0"::uuid, "#tat" FROM "#target" UNION SELECT "#ne", "#n0", COALESCE("#dat", "#nat") FROM "#doomed" JOIN (SELECT 1, "id"::uuid, "deleted_at"::timestamp with time zone, 0, "task_id"::uuid FROM "task_comment" WHERE NOT ("deleted_at" IS NULL)) AS "#n"("#ne", "#n0", "#nat", "#np", "#r0") ON "#np" = "#e" AND "#r0" = "#s0" AND ("#dat" IS NULL OR "#nat" IS NULL OR "#nat" = "#dat")), "#held"("#e", "#s0", "#b") AS ((SELECT "#e", "#s0", 0 FROM "#doomed" JOIN "task" ON "id" = "#s0" AND "#e" = 0 WHERE "project_id" IN (SELECT "#parent"."id" FROM "project" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL)) UNION ALL SELECT "#e", "#s0", 1 FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1 WHERE "task_id" IN (SELECT "#parent"."id" FROM "task" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL AND NOT "#parent"."is_deleted") AND "#parent"."id" NOT IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) UNION ALL SELECT "#e", "#s0", 2 FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1 WHERE "author_id" IN (SELECT "#parent"."id" FROM "user" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL))) UNION SELECT "#ne", "#n0", "#nb" FROM "#held" JOIN (SELECT "#e", "#s0", 1, 0, "task_id"::uuid FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1) AS "#n"("#ne", "#n0", "#nb", "#np", "#r0") ON "#np" = "#e" AND "#r0" = "#s0"), "#blocked"("#b") AS MATERIALIZED (SELECT "#b" FROM "#held" JOIN "#target" ON "#e" = 0 AND "#s0" = "#t0" ORDER BY "#b" LIMIT 1), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND NOT ("deleted_at" IS NULL) AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE AND "id" NOT IN (SELECT "#s0" FROM "#held" WHERE "#e" = 1) AND ("deleted_at"::timestamp with time zone IS NULL OR ("id", "deleted_at"::timestamp with time zone) IN (SELECT "#s0", "#dat" FROM "#doomed" WHERE "#e" = 1)) AND NOT EXISTS (SELECT FROM "#blocked") ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT "#b" FROM "#blocked" UNION ALL SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") AND ("#s0") NOT IN (SELECT "#s0" FROM "#held" WHERE "#e" = 1) AND NOT EXISTS (SELECT FROM "#blocked") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = NULL, "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = NULL, "is_deleted" = false, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target") AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 14 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $3::bigint) AS "#unsure" FROM "#changed") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", NULL::integer AS "#b" FROM "#changed" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 version
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Delete
WITH "#written" AS (DELETE FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" RETURNING 1) SELECT FROM "#written" UNION ALL SELECT FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($2::bigint IS NOT NULL AND EXISTS (SELECT FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted")) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 id
--   $2 room for the response, outside a transaction

-- tracker.v1.TaskRepository.Delete, with a version
WITH "#written" AS (DELETE FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "version" = $2::bigint RETURNING 1) SELECT FROM "#written" UNION ALL SELECT FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "task" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" AND "version" = $2::bigint)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 id
--   $2 version
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchGet
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "#"
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchGet, with relations alone
SELECT "project_id", "assignee_id", "board_column_id", "id", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "#"
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchCreate
WITH "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#") ORDER BY "#" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = $13::bigint) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 14 END) AS "#bad", $14::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $14::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 number of elements
--   $14 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchCreate, some rows without what has a default
WITH "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT COALESCE("#0", gen_random_uuid()), "#1", "#2", "#3", "#4", "#5", COALESCE("#6", 'TODO'), COALESCE("#7", 'NORMAL'), "#8", "#9", "#10", COALESCE("#11", '{}') FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#") ORDER BY "#" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = $13::bigint) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 14 END) AS "#bad", $14::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $14::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 number of elements
--   $14 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpdate
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#", "project_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::"task_priority"[], $8::date[], $9::interval[], $10::double precision[], $11::jsonb[], $12::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "assignee_id" = "#2", "board_column_id" = "#3", "title" = "#4", "description" = "#5", "status" = "#6", "priority" = "#7", "due_date" = "#8", "estimate" = "#9", "position" = "#10", "custom_numbers" = "#11", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $13::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $13::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $14::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $14::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' assignee_id
--   $3 elements' board_column_id
--   $4 elements' title
--   $5 elements' description
--   $6 elements' status
--   $7 elements' priority
--   $8 elements' due_date
--   $9 elements' estimate
--   $10 elements' position
--   $11 elements' custom_numbers
--   $12 elements' project_id
--   $13 number of elements
--   $14 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpdate, immutable fields where given
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#", ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") AS "#ok" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::"task_priority"[], $8::date[], $9::interval[], $10::double precision[], $11::jsonb[], $12::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "assignee_id" = "#2", "board_column_id" = "#3", "title" = "#4", "description" = "#5", "status" = "#6", "priority" = "#7", "due_date" = "#8", "estimate" = "#9", "position" = "#10", "custom_numbers" = "#11", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $13::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $13::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $14::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $14::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' assignee_id
--   $3 elements' board_column_id
--   $4 elements' title
--   $5 elements' description
--   $6 elements' status
--   $7 elements' priority
--   $8 elements' due_date
--   $9 elements' estimate
--   $10 elements' position
--   $11 elements' custom_numbers
--   $12 elements' project_id
--   $13 number of elements
--   $14 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpdate, writing nothing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "id" = "id" FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $3::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 number of elements
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpdate, writing parts of custom_numbers
WITH "#target" AS (SELECT "#0", "#11", "#", true AS "#ok" FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#11", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "custom_numbers" = (((((CASE jsonb_typeof("custom_numbers") WHEN 'object' THEN "custom_numbers" ELSE '{}'::jsonb END) - CASE WHEN (CASE jsonb_typeof("#11") WHEN 'object' THEN "#11" ELSE '{}'::jsonb END) ? $4::text THEN $5::text[] ELSE '{}'::text[] END) - $6::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof("#11") WHEN 'object' THEN "#11" ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($6::text[]))) || CASE WHEN (CASE jsonb_typeof("#11") WHEN 'object' THEN "#11" ELSE '{}'::jsonb END) ? $7::text OR jsonb_typeof(("custom_numbers" -> $7::text)) = 'object' AND NOT (CASE jsonb_typeof("#11") WHEN 'object' THEN "#11" ELSE '{}'::jsonb END) ?| $8::text[] THEN jsonb_build_object($7::text, (((CASE jsonb_typeof(("custom_numbers" -> $7::text)) WHEN 'object' THEN ("custom_numbers" -> $7::text) ELSE '{}'::jsonb END) - $9::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof(("#11" -> $7::text)) WHEN 'object' THEN ("#11" -> $7::text) ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($9::text[])))) ELSE '{}'::jsonb END), "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $10::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $10::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' custom_numbers
--   $3 number of elements
--   $4 computed 0
--   $5 computed 1
--   $6 computed 2
--   $7 computed 3
--   $8 computed 4
--   $9 computed 5
--   $10 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpdate, with versions
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AND "project_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::"task_priority"[], $8::date[], $9::interval[], $10::double precision[], $11::jsonb[], $12::uuid[], $13::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#ver", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "assignee_id" = "#2", "board_column_id" = "#3", "title" = "#4", "description" = "#5", "status" = "#6", "priority" = "#7", "due_date" = "#8", "estimate" = "#9", "position" = "#10", "custom_numbers" = "#11", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $14::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $14::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $15::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $15::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' assignee_id
--   $3 elements' board_column_id
--   $4 elements' title
--   $5 elements' description
--   $6 elements' status
--   $7 elements' priority
--   $8 elements' due_date
--   $9 elements' estimate
--   $10 elements' position
--   $11 elements' custom_numbers
--   $12 elements' project_id
--   $13 elements' version
--   $14 number of elements
--   $15 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpdate, why no row was found
SELECT "#", "#", "id" IS NOT NULL, ("deleted_at" IS NULL AND NOT "is_deleted"), ("#ver" = 0 OR "version" = "#ver"), "project_id" IS NOT DISTINCT FROM "#1" FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "task" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL AND NOT "is_deleted") DESC
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' version

-- tracker.v1.TaskRepository.BatchSoftDelete
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") UNION SELECT "#n".* FROM "#doomed" CROSS JOIN LATERAL (SELECT 1, "id"::uuid FROM "task_comment" WHERE "#e" = 0 AND "task_id" = "#s0" AND "deleted_at" IS NULL) AS "#n"), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND "deleted_at" IS NULL AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = "#at", "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = "#at", "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target")) AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $3::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' 
--   $2 number of elements
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchSoftDelete, some may be missing
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat", ("deleted_at" IS NULL AND NOT "is_deleted") AS "#due", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") UNION SELECT "#n".* FROM "#doomed" CROSS JOIN LATERAL (SELECT 1, "id"::uuid FROM "task_comment" WHERE "#e" = 0 AND "task_id" = "#s0" AND "deleted_at" IS NULL) AS "#n"), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND "deleted_at" IS NULL AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = "#at", "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = "#at", "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed" UNION ALL (SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#" FROM "#target" WHERE NOT "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target"))), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target")) AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $2::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $2::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' 
--   $2 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchSoftDelete, why no row was found
SELECT "#", "#", "id" IS NOT NULL, ("deleted_at" IS NULL AND NOT "is_deleted"), true FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") LEFT JOIN "task" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL AND NOT "is_deleted") DESC
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchRestore
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL AND NOT "is_deleted") ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#doomed"("#e", "#s0", "#dat") AS (SELECT 0, "#t0"::uuid, "#tat" FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") UNION SELECT "#ne", "#n0", COALESCE("#dat", "#nat") FROM "#doomed" JOIN (SELECT 1, "id"::uuid, "deleted_at"::timestamp with time zone, 0, "task_id"::uuid FROM "task_comment" WHERE NOT ("deleted_at" IS NULL)) AS "#n"("#ne", "#n0", "#nat", "#np", "#r0") ON "#np" = "#e" AND "#r0" = "#s0" AND ("#dat" IS NULL OR "#nat" IS NULL OR "#nat" = "#dat")), "#held"("#e", "#s0", "#b") AS ((SELECT "#e", "#s0", 0 FROM "#doomed" JOIN "task" ON "id" = "#s0" AND "#e" = 0 WHERE "project_id" IN (SELECT "#parent"."id" FROM "project" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL)) UNION ALL SELECT "#e", "#s0", 1 FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1 WHERE "task_id" IN (SELECT "#parent"."id" FROM "task" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL AND NOT "#parent"."is_deleted") AND "#parent"."id" NOT IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) UNION ALL SELECT "#e", "#s0", 2 FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1 WHERE "author_id" IN (SELECT "#parent"."id" FROM "user" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL))) UNION SELECT "#ne", "#n0", "#nb" FROM "#held" JOIN (SELECT "#e", "#s0", 1, 0, "task_id"::uuid FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1) AS "#n"("#ne", "#n0", "#nb", "#np", "#r0") ON "#np" = "#e" AND "#r0" = "#s0"), "#blocked"("#b") AS MATERIALIZED (SELECT "#b" FROM "#held" JOIN "#target" ON "#e" = 0 AND "#s0" = "#t0" ORDER BY "#b" LIMIT 1), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND NOT ("deleted_at" IS NULL) AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE AND "id" NOT IN (SELECT "#s0" FROM "#held" WHERE "#e" = 1) AND ("deleted_at"::timestamp with time zone IS NULL OR ("id", "deleted_at"::timestamp with time zone) IN (SELECT "#s0", "#dat" FROM "#doomed" WHERE "#e" = 1)) AND NOT EXISTS (SELECT FROM "#blocked") ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT "#b" FROM "#blocked" UNION ALL SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") AND ("#s0") NOT IN (SELECT "#s0" FROM "#held" WHERE "#e" = 1) AND NOT EXISTS (SELECT FROM "#blocked") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = NULL, "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = NULL, "is_deleted" = false, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target")) AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $3::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' 
--   $2 number of elements
--   $3 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchRestore, some may be missing
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat", (NOT ("deleted_at" IS NULL AND NOT "is_deleted")) AS "#due", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#doomed"("#e", "#s0", "#dat") AS (SELECT 0, "#t0"::uuid, "#tat" FROM "#target" WHERE "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") UNION SELECT "#ne", "#n0", COALESCE("#dat", "#nat") FROM "#doomed" JOIN (SELECT 1, "id"::uuid, "deleted_at"::timestamp with time zone, 0, "task_id"::uuid FROM "task_comment" WHERE NOT ("deleted_at" IS NULL)) AS "#n"("#ne", "#n0", "#nat", "#np", "#r0") ON "#np" = "#e" AND "#r0" = "#s0" AND ("#dat" IS NULL OR "#nat" IS NULL OR "#nat" = "#dat")), "#held"("#e", "#s0", "#b") AS ((SELECT "#e", "#s0", 0 FROM "#doomed" JOIN "task" ON "id" = "#s0" AND "#e" = 0 WHERE "project_id" IN (SELECT "#parent"."id" FROM "project" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL)) UNION ALL SELECT "#e", "#s0", 1 FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1 WHERE "task_id" IN (SELECT "#parent"."id" FROM "task" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL AND NOT "#parent"."is_deleted") AND "#parent"."id" NOT IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) UNION ALL SELECT "#e", "#s0", 2 FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1 WHERE "author_id" IN (SELECT "#parent"."id" FROM "user" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL))) UNION SELECT "#ne", "#n0", "#nb" FROM "#held" JOIN (SELECT "#e", "#s0", 1, 0, "task_id"::uuid FROM "#doomed" JOIN "task_comment" ON "id" = "#s0" AND "#e" = 1) AS "#n"("#ne", "#n0", "#nb", "#np", "#r0") ON "#np" = "#e" AND "#r0" = "#s0"), "#blocked"("#b") AS MATERIALIZED (SELECT "#b" FROM "#held" JOIN "#target" ON "#e" = 0 AND "#s0" = "#t0" ORDER BY "#b" LIMIT 1), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND NOT ("deleted_at" IS NULL) AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE AND "id" NOT IN (SELECT "#s0" FROM "#held" WHERE "#e" = 1) AND ("deleted_at"::timestamp with time zone IS NULL OR ("id", "deleted_at"::timestamp with time zone) IN (SELECT "#s0", "#dat" FROM "#doomed" WHERE "#e" = 1)) AND NOT EXISTS (SELECT FROM "#blocked") ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT "#b" FROM "#blocked" UNION ALL SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") AND ("#s0") NOT IN (SELECT "#s0" FROM "#held" WHERE "#e" = 1) AND NOT EXISTS (SELECT FROM "#blocked") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = NULL, "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = NULL, "is_deleted" = false, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#"), "#rows" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM "#changed" UNION ALL (SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#" FROM "#target" WHERE NOT "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target"))), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target")) AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $2::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $2::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' 
--   $2 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchDelete
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR UPDATE OF "task"), "#changed" AS (DELETE FROM "task" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "#"), "#rows" AS (SELECT "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#rows") AS "#v") SELECT "#" FROM "#rows" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' 
--   $2 number of elements

-- tracker.v1.TaskRepository.BatchDelete, some may be missing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR UPDATE OF "task"), "#changed" AS (DELETE FROM "task" USING "#target" WHERE "id" = "#0" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "#"), "#rows" AS (SELECT "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT COALESCE(bool_and("#ok"), true) FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#rows") AS "#v") SELECT "#" FROM "#rows" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchUpsert
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND NOT "is_deleted" AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND "status" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND "custom_numbers" IS NOT DISTINCT FROM "#11" AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM "#input" LEFT JOIN "task" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND "status" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND "custom_numbers" IS NOT DISTINCT FROM "#11" AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM "#seen" JOIN "task" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same")), "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "assignee_id" = excluded."assignee_id", "board_column_id" = excluded."board_column_id", "title" = excluded."title", "description" = excluded."description", "status" = excluded."status", "priority" = excluded."priority", "due_date" = excluded."due_date", "estimate" = excluded."estimate", "position" = excluded."position", "custom_numbers" = excluded."custom_numbers", "updated_at" = clock_timestamp(), "version" = "task"."version" + 1 WHERE CASE WHEN "task"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "task"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "task"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "task"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "id" AS "#w0"), "#result" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $13::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM CASE WHEN ("#", "custom_numbers") IN (SELECT "#", "#11" FROM "#input") THEN "custom_numbers" END) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $13::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpsert, some rows without what has a default
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND NOT "is_deleted" AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "status" IS NOT DISTINCT FROM "#6") AND ("#7" IS NULL OR "priority" IS NOT DISTINCT FROM "#7") AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND ("#11" IS NULL OR "custom_numbers" IS NOT DISTINCT FROM "#11") AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM "#input" LEFT JOIN "task" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "status" IS NOT DISTINCT FROM "#6") AND ("#7" IS NULL OR "priority" IS NOT DISTINCT FROM "#7") AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND ("#11" IS NULL OR "custom_numbers" IS NOT DISTINCT FROM "#11") AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM "#seen" JOIN "task" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same")), "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", COALESCE("#6", 'TODO'), COALESCE("#7", 'NORMAL'), "#8", "#9", "#10", COALESCE("#11", '{}') FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "assignee_id" = excluded."assignee_id", "board_column_id" = excluded."board_column_id", "title" = excluded."title", "description" = excluded."description", "status" = CASE WHEN "task"."id" IN (SELECT "#0" FROM "#due" WHERE "#6" IS NULL) THEN "task"."status" ELSE excluded."status" END, "priority" = CASE WHEN "task"."id" IN (SELECT "#0" FROM "#due" WHERE "#7" IS NULL) THEN "task"."priority" ELSE excluded."priority" END, "due_date" = excluded."due_date", "estimate" = excluded."estimate", "position" = excluded."position", "custom_numbers" = CASE WHEN "task"."id" IN (SELECT "#0" FROM "#due" WHERE "#11" IS NULL) THEN "task"."custom_numbers" ELSE excluded."custom_numbers" END, "updated_at" = clock_timestamp(), "version" = "task"."version" + 1 WHERE CASE WHEN "task"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "task"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "task"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "task"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "id" AS "#w0"), "#result" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $13::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM CASE WHEN ("#", "custom_numbers") IN (SELECT "#", "#11" FROM "#input") THEN "custom_numbers" END) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $13::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpsert, with versions
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[], $13::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#ver", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND NOT "is_deleted" AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND "status" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND "custom_numbers" IS NOT DISTINCT FROM "#11" AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM "#input" LEFT JOIN "task" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND "status" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND "custom_numbers" IS NOT DISTINCT FROM "#11" AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM "#seen" JOIN "task" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#ver", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same") AND CASE WHEN "#ver" = 0 OR "#" IN (SELECT "#" FROM "#locked") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "#ver" <> 0 THEN '"rk:-4:0:-1:0"' END)::jsonpath) END), "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "assignee_id" = excluded."assignee_id", "board_column_id" = excluded."board_column_id", "title" = excluded."title", "description" = excluded."description", "status" = excluded."status", "priority" = excluded."priority", "due_date" = excluded."due_date", "estimate" = excluded."estimate", "position" = excluded."position", "custom_numbers" = excluded."custom_numbers", "updated_at" = clock_timestamp(), "version" = "task"."version" + 1 WHERE CASE WHEN "task"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "task"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "task"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "task"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "id" AS "#w0"), "#result" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $14::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM CASE WHEN ("#", "custom_numbers") IN (SELECT "#", "#11" FROM "#input") THEN "custom_numbers" END) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $14::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 elements' version
--   $14 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchUpsert, why no row was found
SELECT "#", "#", "id" IS NOT NULL, ("deleted_at" IS NULL AND NOT "is_deleted"), CASE WHEN "id" IS NOT NULL THEN ("#ver" = 0 OR "version" = "#ver") ELSE "#ver" = 0 END, ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "task" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL AND NOT "is_deleted") DESC
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' version

-- tracker.v1.TaskRepository.BatchUpsert, which keys triggers make
WITH "#input" AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#")), "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM "#input" ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "id" = "task"."id" RETURNING "id" AS "#w0") SELECT ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#input"))[row_number() OVER ()] AS "#", * FROM "#written" ORDER BY "#"
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers

-- tracker.v1.TaskRepository.BatchUpsert, by the keys that triggers make
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[], $13::uuid[], $14::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#at0", "#ver", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#at0", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND NOT "is_deleted" AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND "status" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND "custom_numbers" IS NOT DISTINCT FROM "#11" AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM "#input" LEFT JOIN "task" ON "id" = "#at0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND "status" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND "custom_numbers" IS NOT DISTINCT FROM "#11" AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "deleted_at" AS "#c14", "version" AS "#c15", "is_deleted" AS "#c16" FROM "#seen" JOIN "task" ON "id" = "#at0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#at0", "#ver", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same") AND CASE WHEN "#ver" = 0 OR "#" IN (SELECT "#" FROM "#locked") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "#ver" <> 0 THEN '"rk:-4:0:-1:0"' END)::jsonpath) END), "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#at0", "#" ON CONFLICT ("id") DO UPDATE SET "assignee_id" = excluded."assignee_id", "board_column_id" = excluded."board_column_id", "title" = excluded."title", "description" = excluded."description", "status" = excluded."status", "priority" = excluded."priority", "due_date" = excluded."due_date", "estimate" = excluded."estimate", "position" = excluded."position", "custom_numbers" = excluded."custom_numbers", "updated_at" = clock_timestamp(), "version" = "task"."version" + 1 WHERE CASE WHEN "task"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "task"."id" IN (SELECT "#at0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "task"."id" IN (SELECT "#at0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "task"."id" IN (SELECT "#at0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "id" AS "#w0"), "#result" AS (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", ((SELECT array_agg("#" ORDER BY "#at0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#c16", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('TODO', 'IN_PROGRESS', 'DONE', 'CANCELLED')) THEN "#" * 10000 + 6 WHEN NOT ("priority"::text IN ('LOW', 'NORMAL', 'HIGH')) THEN "#" * 10000 + 7 WHEN NOT ("due_date" >= '0001-01-01' AND "due_date" < '10000-01-01') THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 13 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 14 END) AS "#bad", $15::bigint IS NOT NULL AND (bool_or("custom_numbers" IS NOT NULL AND "custom_numbers" IS DISTINCT FROM CASE WHEN ("#", "custom_numbers") IN (SELECT "#", "#11" FROM "#input") THEN "custom_numbers" END) OR sum(1652::bigint + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("custom_numbers"::text)::bigint * 12, 0)) > $15::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 elements' stored id
--   $14 elements' version
--   $15 room for the response, outside a transaction

-- tracker.v1.TaskRepository.BatchSoftDeletePartial
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") UNION SELECT "#n".* FROM "#doomed" CROSS JOIN LATERAL (SELECT 1, "id"::uuid FROM "task_comment" WHERE "#e" = 0 AND "task_id" = "#s0" AND "deleted_at" IS NULL) AS "#n"), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND "deleted_at" IS NULL AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = "#at", "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = "#at", "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") AND NOT EXISTS (SELECT FROM "#refused") RETURNING "#"), "#rows" AS (SELECT "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target")) AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#rows") AS "#v") SELECT "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' 
--   $2 number of elements

-- tracker.v1.TaskRepository.UpdateWhere
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "assignee_id" IS NULL AND "title" LIKE $3::text AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $4::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "task" SET "assignee_id" = $5::uuid, "board_column_id" = $6::uuid, "title" = $7::text, "description" = $8::text, "status" = $9::text, "priority" = $10::"task_priority", "due_date" = $11::date, "estimate" = $12::interval, "position" = $13::double precision, "custom_numbers" = $14::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $4::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 statuses
--   $3 title_like
--   $4 max_affected + 1
--   $5 task.assignee_id
--   $6 task.board_column_id
--   $7 task.title
--   $8 task.description
--   $9 task.status
--   $10 task.priority
--   $11 task.due_date
--   $12 task.estimate
--   $13 task.position
--   $14 task.custom_numbers

-- tracker.v1.TaskRepository.UpdateWhere, without project_id
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "status" = ANY($1::text[]) AND "assignee_id" IS NULL AND "title" LIKE $2::text AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $3::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "task" SET "assignee_id" = $4::uuid, "board_column_id" = $5::uuid, "title" = $6::text, "description" = $7::text, "status" = $8::text, "priority" = $9::"task_priority", "due_date" = $10::date, "estimate" = $11::interval, "position" = $12::double precision, "custom_numbers" = $13::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $3::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 statuses
--   $2 title_like
--   $3 max_affected + 1
--   $4 task.assignee_id
--   $5 task.board_column_id
--   $6 task.title
--   $7 task.description
--   $8 task.status
--   $9 task.priority
--   $10 task.due_date
--   $11 task.estimate
--   $12 task.position
--   $13 task.custom_numbers

-- tracker.v1.TaskRepository.UpdateWhere, without statuses
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND "assignee_id" IS NULL AND "title" LIKE $2::text AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $3::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "task" SET "assignee_id" = $4::uuid, "board_column_id" = $5::uuid, "title" = $6::text, "description" = $7::text, "status" = $8::text, "priority" = $9::"task_priority", "due_date" = $10::date, "estimate" = $11::interval, "position" = $12::double precision, "custom_numbers" = $13::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $3::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 title_like
--   $3 max_affected + 1
--   $4 task.assignee_id
--   $5 task.board_column_id
--   $6 task.title
--   $7 task.description
--   $8 task.status
--   $9 task.priority
--   $10 task.due_date
--   $11 task.estimate
--   $12 task.position
--   $13 task.custom_numbers

-- tracker.v1.TaskRepository.UpdateWhere, without unassigned
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "title" LIKE $3::text AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $4::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "task" SET "assignee_id" = $5::uuid, "board_column_id" = $6::uuid, "title" = $7::text, "description" = $8::text, "status" = $9::text, "priority" = $10::"task_priority", "due_date" = $11::date, "estimate" = $12::interval, "position" = $13::double precision, "custom_numbers" = $14::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $4::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 statuses
--   $3 title_like
--   $4 max_affected + 1
--   $5 task.assignee_id
--   $6 task.board_column_id
--   $7 task.title
--   $8 task.description
--   $9 task.status
--   $10 task.priority
--   $11 task.due_date
--   $12 task.estimate
--   $13 task.position
--   $14 task.custom_numbers

-- tracker.v1.TaskRepository.UpdateWhere, with unassigned false
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "assignee_id" IS NOT NULL AND "title" LIKE $3::text AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $4::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "task" SET "assignee_id" = $5::uuid, "board_column_id" = $6::uuid, "title" = $7::text, "description" = $8::text, "status" = $9::text, "priority" = $10::"task_priority", "due_date" = $11::date, "estimate" = $12::interval, "position" = $13::double precision, "custom_numbers" = $14::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $4::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 statuses
--   $3 title_like
--   $4 max_affected + 1
--   $5 task.assignee_id
--   $6 task.board_column_id
--   $7 task.title
--   $8 task.description
--   $9 task.status
--   $10 task.priority
--   $11 task.due_date
--   $12 task.estimate
--   $13 task.position
--   $14 task.custom_numbers

-- tracker.v1.TaskRepository.UpdateWhere, without title_like
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "assignee_id" IS NULL AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $3::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "task" SET "assignee_id" = $4::uuid, "board_column_id" = $5::uuid, "title" = $6::text, "description" = $7::text, "status" = $8::text, "priority" = $9::"task_priority", "due_date" = $10::date, "estimate" = $11::interval, "position" = $12::double precision, "custom_numbers" = $13::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $3::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 statuses
--   $3 max_affected + 1
--   $4 task.assignee_id
--   $5 task.board_column_id
--   $6 task.title
--   $7 task.description
--   $8 task.status
--   $9 task.priority
--   $10 task.due_date
--   $11 task.estimate
--   $12 task.position
--   $13 task.custom_numbers

-- tracker.v1.TaskRepository.UpdateWhere, writing parts of custom_numbers
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "assignee_id" IS NULL AND "title" LIKE $3::text AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $4::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "task" SET "custom_numbers" = (((((CASE jsonb_typeof("custom_numbers") WHEN 'object' THEN "custom_numbers" ELSE '{}'::jsonb END) - CASE WHEN (CASE jsonb_typeof($5::jsonb) WHEN 'object' THEN $5::jsonb ELSE '{}'::jsonb END) ? $6::text THEN $7::text[] ELSE '{}'::text[] END) - $8::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof($5::jsonb) WHEN 'object' THEN $5::jsonb ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($8::text[]))) || CASE WHEN (CASE jsonb_typeof($5::jsonb) WHEN 'object' THEN $5::jsonb ELSE '{}'::jsonb END) ? $9::text OR jsonb_typeof(("custom_numbers" -> $9::text)) = 'object' AND NOT (CASE jsonb_typeof($5::jsonb) WHEN 'object' THEN $5::jsonb ELSE '{}'::jsonb END) ?| $10::text[] THEN jsonb_build_object($9::text, (((CASE jsonb_typeof(("custom_numbers" -> $9::text)) WHEN 'object' THEN ("custom_numbers" -> $9::text) ELSE '{}'::jsonb END) - $11::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof(($5::jsonb -> $9::text)) WHEN 'object' THEN ($5::jsonb -> $9::text) ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($11::text[])))) ELSE '{}'::jsonb END), "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $4::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 statuses
--   $3 title_like
--   $4 max_affected + 1
--   $5 task.custom_numbers
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2
--   $9 computed 3
--   $10 computed 4
--   $11 computed 5

-- tracker.v1.TaskRepository.UpdateWhere, writing task.assignee_id
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "assignee_id" IS NULL AND "title" LIKE $3::text AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $4::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "task" SET "assignee_id" = $5::uuid, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $4::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 statuses
--   $3 title_like
--   $4 max_affected + 1
--   $5 task.assignee_id

-- tracker.v1.TaskRepository.SoftDeleteWhere
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "task" WHERE "project_id" = $1::uuid AND "status" = $2::text AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $3::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $3::bigint UNION SELECT "#n".* FROM "#doomed" CROSS JOIN LATERAL (SELECT 1, "id"::uuid FROM "task_comment" WHERE "#e" = 0 AND "task_id" = "#s0" AND "deleted_at" IS NULL) AS "#n"), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND "deleted_at" IS NULL AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = "#at", "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = "#at", "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $3::bigint AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $3::bigint) AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), (SELECT "#b" FROM "#refused") UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 project_id
--   $2 status
--   $3 max_affected + 1

-- tracker.v1.TaskRepository.SoftDeleteWhere, without status
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "task" WHERE "project_id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $2::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $2::bigint UNION SELECT "#n".* FROM "#doomed" CROSS JOIN LATERAL (SELECT 1, "id"::uuid FROM "task_comment" WHERE "#e" = 0 AND "task_id" = "#s0" AND "deleted_at" IS NULL) AS "#n"), "#node1" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "task_comment" WHERE "id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 1)) AND "deleted_at" IS NULL AND ("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#refused"("#b") AS MATERIALIZED (SELECT -1 FROM "#doomed" WHERE "#e" = 1 AND ("#s0") NOT IN (SELECT "#l0" FROM "#node1") LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#node1!" AS (UPDATE "task_comment" SET "deleted_at" = "#at", "updated_at" = clock_timestamp() FROM "#node1", "#now" WHERE "id" = "#l0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#changed" AS (UPDATE "task" SET "deleted_at" = "#at", "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $2::bigint AND NOT EXISTS (SELECT FROM "#refused") RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $2::bigint) AND (SELECT count(*) FROM "#node1!") = (SELECT count(*) FROM "#node1")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), (SELECT "#b" FROM "#refused") UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 project_id
--   $2 max_affected + 1

-- tracker.v1.TaskRepository.DeleteWhere
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id" LIMIT $2::bigint FOR UPDATE), "#changed" AS (DELETE FROM "task" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $2::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 max_affected + 1

-- tracker.v1.TaskRepository.DeleteWhere, including deleted
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid ORDER BY "id" LIMIT $2::bigint FOR UPDATE), "#changed" AS (DELETE FROM "task" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $2::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 max_affected + 1

-- tracker.v1.TaskRepository.DeleteWhere, only deleted
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE "project_id" = $1::uuid AND NOT ("deleted_at" IS NULL AND NOT "is_deleted") ORDER BY "id" LIMIT $2::bigint FOR UPDATE), "#changed" AS (DELETE FROM "task" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $2::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 project_id
--   $2 max_affected + 1

-- tracker.v1.TaskRepository.Purge
WITH "#target" AS (SELECT "id" AS "#0" FROM "task" WHERE NOT ("deleted_at" IS NULL AND NOT "is_deleted") AND "deleted_at" <= statement_timestamp() - $1::interval AND NOT EXISTS (SELECT FROM "task_comment" AS "#live" WHERE "#live"."task_id" = "task"."id" AND "#live"."deleted_at" IS NULL) ORDER BY "deleted_at", "id" LIMIT $2::bigint FOR UPDATE SKIP LOCKED), "#changed" AS (DELETE FROM "task" USING "#target" WHERE "id" = "#0" RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = (SELECT count(*) FROM "#target")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT count(*) FROM "#changed" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 older_than
--   $2 computed 0

-- tracker.v1.TaskRepository.Purge, whether there is more
SELECT EXISTS (SELECT FROM "task" WHERE NOT ("deleted_at" IS NULL AND NOT "is_deleted") AND "deleted_at" <= statement_timestamp() - $1::interval AND NOT EXISTS (SELECT FROM "task_comment" AS "#live" WHERE "#live"."task_id" = "task"."id" AND "#live"."deleted_at" IS NULL))
--   $1 older_than

-- tracker.v1.TaskRepository.Import
WITH "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#") ORDER BY "#" RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = $13::bigint) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#written") AS "#v") SELECT FROM "#written" UNION ALL SELECT FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 number of elements

-- tracker.v1.TaskRepository.Import, some rows without what has a default
WITH "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT COALESCE("#0", gen_random_uuid()), "#1", "#2", "#3", "#4", "#5", COALESCE("#6", 'TODO'), COALESCE("#7", 'NORMAL'), "#8", "#9", "#10", COALESCE("#11", '{}') FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#") ORDER BY "#" RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = $13::bigint) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#written") AS "#v") SELECT FROM "#written" UNION ALL SELECT FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 number of elements

-- tracker.v1.TaskRepository.ImportAll
WITH "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#") ORDER BY "#" RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = $13::bigint) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#written") AS "#v") SELECT FROM "#written" UNION ALL SELECT FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' assignee_id
--   $4 elements' board_column_id
--   $5 elements' title
--   $6 elements' description
--   $7 elements' status
--   $8 elements' priority
--   $9 elements' due_date
--   $10 elements' estimate
--   $11 elements' position
--   $12 elements' custom_numbers
--   $13 number of elements

-- tracker.v1.TaskRepository.Export
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $3::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $3::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $3::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $3::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $3::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 bytes of a large row

-- tracker.v1.TaskRepository.Export, without project_id
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $2::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $2::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $2::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $2::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $2::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "status" = ANY($1::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 statuses
--   $2 bytes of a large row

-- tracker.v1.TaskRepository.Export, without statuses
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $2::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $2::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $2::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $2::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $2::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 bytes of a large row

-- tracker.v1.TaskRepository.Export, including deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $3::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $3::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $3::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $3::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $3::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 bytes of a large row

-- tracker.v1.TaskRepository.Export, only deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $3::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $3::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $3::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $3::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $3::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT ("deleted_at" IS NULL AND NOT "is_deleted") ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 bytes of a large row

-- tracker.v1.TaskRepository.Export, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $4::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $4::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $4::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $4::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $4::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND "deleted_at" IS NULL AND NOT "is_deleted" AND ("id") > ($3::uuid) ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 bytes of a large row

-- tracker.v1.TaskRepository.Export, large rows
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#keys" ("#k0", "#") CROSS JOIN "task" WHERE "id" = "#k0" AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "#"
--   $1 parent keys

-- tracker.v1.TaskRepository.Export, filtered by project_id
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $7::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $7::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $7::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $7::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $7::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND (("project_id" = $3::uuid OR "project_id" IS DISTINCT FROM $4::uuid) AND (("project_id" = $5::uuid OR "project_id" IS DISTINCT FROM $6::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 computed 0
--   $4 computed 1
--   $5 computed 0
--   $6 computed 1
--   $7 bytes of a large row

-- tracker.v1.TaskRepository.Export, filtered by assignee_id
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $7::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $7::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $7::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $7::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $7::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND (("assignee_id" IS NULL OR "assignee_id" IS NOT NULL OR "assignee_id" = $3::uuid OR "assignee_id" IS DISTINCT FROM $4::uuid) AND (("assignee_id" IS NULL OR "assignee_id" IS NOT NULL OR "assignee_id" = $5::uuid OR "assignee_id" IS DISTINCT FROM $6::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 computed 0
--   $4 computed 1
--   $5 computed 0
--   $6 computed 1
--   $7 bytes of a large row

-- tracker.v1.TaskRepository.Export, filtered by title
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $17::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $17::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $17::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $17::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $17::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND (("title" = $3::text OR "title" IS DISTINCT FROM $4::text OR "title" LIKE $5::text OR "title" < $6::text OR "title" <= $7::text OR "title" > $8::text OR "title" >= $9::text) AND (("title" = $10::text OR "title" IS DISTINCT FROM $11::text OR "title" LIKE $12::text OR "title" < $13::text OR "title" <= $14::text OR "title" > $15::text OR "title" >= $16::text)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 computed 0
--   $4 computed 1
--   $5 computed 2
--   $6 computed 3
--   $7 computed 4
--   $8 computed 5
--   $9 computed 6
--   $10 computed 0
--   $11 computed 1
--   $12 computed 2
--   $13 computed 3
--   $14 computed 4
--   $15 computed 5
--   $16 computed 6
--   $17 bytes of a large row

-- tracker.v1.TaskRepository.Export, filtered by priority
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $15::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $15::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $15::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $15::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $15::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND (("priority" = $3::"task_priority" OR "priority" IS DISTINCT FROM $4::"task_priority" OR "priority" < $5::"task_priority" OR "priority" <= $6::"task_priority" OR "priority" > $7::"task_priority" OR "priority" >= $8::"task_priority") AND (("priority" = $9::"task_priority" OR "priority" IS DISTINCT FROM $10::"task_priority" OR "priority" < $11::"task_priority" OR "priority" <= $12::"task_priority" OR "priority" > $13::"task_priority" OR "priority" >= $14::"task_priority")) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 computed 0
--   $4 computed 1
--   $5 computed 2
--   $6 computed 3
--   $7 computed 4
--   $8 computed 5
--   $9 computed 0
--   $10 computed 1
--   $11 computed 2
--   $12 computed 3
--   $13 computed 4
--   $14 computed 5
--   $15 bytes of a large row

-- tracker.v1.TaskRepository.Export, filtered by due_date
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $15::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $15::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $15::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $15::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $15::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND (("due_date" IS NULL OR "due_date" IS NOT NULL OR "due_date" = $3::date OR "due_date" IS DISTINCT FROM $4::date OR "due_date" < $5::date OR "due_date" <= $6::date OR "due_date" > $7::date OR "due_date" >= $8::date) AND (("due_date" IS NULL OR "due_date" IS NOT NULL OR "due_date" = $9::date OR "due_date" IS DISTINCT FROM $10::date OR "due_date" < $11::date OR "due_date" <= $12::date OR "due_date" > $13::date OR "due_date" >= $14::date)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 computed 0
--   $4 computed 1
--   $5 computed 2
--   $6 computed 3
--   $7 computed 4
--   $8 computed 5
--   $9 computed 0
--   $10 computed 1
--   $11 computed 2
--   $12 computed 3
--   $13 computed 4
--   $14 computed 5
--   $15 bytes of a large row

-- tracker.v1.TaskRepository.Export, filtered by custom_numbers
SELECT "id", "project_id", "assignee_id", "board_column_id", CASE WHEN "#size" <= $9::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $9::bigint THEN "description" END AS "description", CASE WHEN "#size" <= $9::bigint THEN "status" END AS "status", "priority", "due_date", "estimate", "position", CASE WHEN "#size" <= $9::bigint THEN "custom_numbers" END AS "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", CASE WHEN "#size" > $9::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "deleted_at", "version", "is_deleted", 543::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("description"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("custom_numbers"::text), 0) AS "#size" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND (("custom_numbers" <> '{}' OR "custom_numbers" ? $3::text OR ("custom_numbers" #>> $4::text[]) IS NOT NULL OR "custom_numbers" @> $5::jsonb) AND (("custom_numbers" <> '{}' OR "custom_numbers" ? $6::text OR ("custom_numbers" #>> $7::text[]) IS NOT NULL OR "custom_numbers" @> $8::jsonb)) IS NOT TRUE) AND "deleted_at" IS NULL AND NOT "is_deleted" ORDER BY "id") AS "#rows"
--   $1 project_id
--   $2 statuses
--   $3 computed 0
--   $4 computed 1
--   $5 computed 2
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2
--   $9 bytes of a large row

