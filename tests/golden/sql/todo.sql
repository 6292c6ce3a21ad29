-- planner.v1.TodoRepository.Create
WITH "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::timestamp with time zone, $7::jsonb, $8::integer, $9::text[], $10::interval) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $11::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM $7::jsonb OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $11::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.id
--   $2 todo.owner_id
--   $3 todo.title
--   $4 todo.notes
--   $5 todo.status
--   $6 todo.due_at
--   $7 todo.labels
--   $8 todo.priority
--   $9 todo.tags
--   $10 todo.estimate
--   $11 room for the response, outside a transaction

-- planner.v1.TodoRepository.Create, writing todo.id
WITH "#written" AS (INSERT INTO "todos" ("id") VALUES ($1::uuid) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $2::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $2::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.id
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.Create, writing todo.labels
WITH "#written" AS (INSERT INTO "todos" ("labels") VALUES ($1::jsonb) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $2::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM $1::jsonb OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $2::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.labels
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.Create, writing todo.tags
WITH "#written" AS (INSERT INTO "todos" ("tags") VALUES ($1::text[]) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $2::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $2::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.tags
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.Create, writing nothing
WITH "#written" AS (INSERT INTO "todos" DEFAULT VALUES RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $1::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $1::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 room for the response, outside a transaction

-- planner.v1.TodoRepository.Create, of many calls
WITH "#table" AS MATERIALIZED (SELECT relkind = 'r' AND NOT relispartition AND NOT relhassubclass AND NOT relhasrules AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_class.oid AND (condeferrable AND contype IN ('p', 'u', 'x') OR confrelid = conrelid)) AND pg_catalog.current_setting('transaction_isolation') = 'read committed' AS "#plain" FROM pg_catalog.pg_class WHERE oid = '"todos"'::regclass), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#calls"."#0", "#calls"."#1", "#calls"."#2", "#calls"."#3", "#calls"."#4", "#calls"."#5", "#calls"."#6", "#calls"."#7", "#calls"."#8"::text[], "#calls"."#9" FROM (SELECT pg_catalog.set_config('lock_timeout', CASE WHEN pg_catalog.current_setting('lock_timeout')::interval BETWEEN '1ms' AND '50ms' THEN pg_catalog.current_setting('lock_timeout') ELSE '50ms' END, true)) AS "#patience" CROSS JOIN unnest((SELECT $1::uuid[]), (SELECT $2::uuid[]), (SELECT $3::text[]), (SELECT $4::text[]), (SELECT $5::text[]), (SELECT $6::timestamp with time zone[]), (SELECT $7::jsonb[]), (SELECT $8::integer[]), (SELECT $9::text[]), (SELECT $10::interval[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#") WHERE (SELECT "#plain" FROM "#table") ORDER BY "#calls"."#" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT "#plain" FROM "#table") AND "#n" = cardinality($1::uuid[])) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $11::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $11::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 todo.id
--   $2 todo.owner_id
--   $3 todo.title
--   $4 todo.notes
--   $5 todo.status
--   $6 todo.due_at
--   $7 todo.labels
--   $8 todo.priority
--   $9 todo.tags
--   $10 todo.estimate
--   $11 room for the response, outside a transaction

-- planner.v1.TodoRepository.GetById
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL
--   $1 id

-- planner.v1.TodoRepository.GetById, including deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = $1::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 id

-- planner.v1.TodoRepository.GetById, only deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 id

-- planner.v1.TodoRepository.GetById, with relations alone
SELECT "owner_id" FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL
--   $1 id

-- planner.v1.TodoRepository.GetById, relation owner
SELECT "id", "email", "handle", "display_name", "timezone", "settings", "birth_date", "preferences", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN "profiles" WHERE "id" = "#key" AND "deleted_at" IS NULL
--   $1 parent keys

-- planner.v1.TodoRepository.GetById, relation owner.asked
SELECT "id", "email", "handle", "display_name", "timezone", "settings", "birth_date", "preferences", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN LATERAL (SELECT "id", "email", "handle", "display_name", "timezone", "settings", "birth_date", "preferences", "created_at", "updated_at", "deleted_at", "version", row_number() OVER (ORDER BY "handle", "id") AS "#n" FROM "profiles" WHERE "id" IN (SELECT "#through"."addressee_id" FROM "friendships" AS "#through" WHERE "#through"."requester_id" = "#key") AND "deleted_at" IS NULL ORDER BY "handle", "id" LIMIT 100) AS "#r" ORDER BY "#", "#n"
--   $1 parent keys

-- planner.v1.TodoRepository.GetById, relation owner.asked_in_utc
SELECT "id", "email", "handle", "display_name", "timezone", "settings", "birth_date", "preferences", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#p" ("#key", "#") CROSS JOIN LATERAL (SELECT "id", "email", "handle", "display_name", "timezone", "settings", "birth_date", "preferences", "created_at", "updated_at", "deleted_at", "version", row_number() OVER (ORDER BY "created_at" DESC, "id" DESC) AS "#n" FROM "profiles" WHERE "id" IN (SELECT "#through"."addressee_id" FROM "friendships" AS "#through" WHERE "#through"."requester_id" = "#key") AND "deleted_at" IS NULL AND "timezone" = $2::text ORDER BY "created_at" DESC, "id" DESC LIMIT 20) AS "#r" ORDER BY "#", "#n"
--   $1 parent keys
--   $2 computed 0

-- planner.v1.TodoRepository.GetById, of many calls
SELECT "#row".*, "#calls"."#" FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS "#calls" ("#0", "#") CROSS JOIN LATERAL (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = "#calls"."#0" AND "deleted_at" IS NULL) AS "#row"
--   $1 id

-- planner.v1.TodoRepository.List
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, without status
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "title" LIKE $1::text AND "due_at" IS NULL AND "tags" @> $2::text[] AND "tags" && $3::text[] AND "labels" @> $4::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "status" = ANY($6::text[]) AND "status" <> ALL($7::text[]) AND "owner_id" IS DISTINCT FROM $8::uuid AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 title_prefix
--   $2 all_tags
--   $3 any_tags
--   $4 labels
--   $5 search
--   $6 statuses
--   $7 without_statuses
--   $8 other_owner_than
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without title_prefix
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "due_at" IS NULL AND "tags" @> $2::text[] AND "tags" && $3::text[] AND "labels" @> $4::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "status" = ANY($6::text[]) AND "status" <> ALL($7::text[]) AND "owner_id" IS DISTINCT FROM $8::uuid AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 all_tags
--   $3 any_tags
--   $4 labels
--   $5 search
--   $6 statuses
--   $7 without_statuses
--   $8 other_owner_than
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without unscheduled
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, with unscheduled false
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NOT NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, without all_tags
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" && $3::text[] AND "labels" @> $4::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "status" = ANY($6::text[]) AND "status" <> ALL($7::text[]) AND "owner_id" IS DISTINCT FROM $8::uuid AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 any_tags
--   $4 labels
--   $5 search
--   $6 statuses
--   $7 without_statuses
--   $8 other_owner_than
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without any_tags
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "labels" @> $4::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "status" = ANY($6::text[]) AND "status" <> ALL($7::text[]) AND "owner_id" IS DISTINCT FROM $8::uuid AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 labels
--   $5 search
--   $6 statuses
--   $7 without_statuses
--   $8 other_owner_than
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without labels
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "status" = ANY($6::text[]) AND "status" <> ALL($7::text[]) AND "owner_id" IS DISTINCT FROM $8::uuid AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 search
--   $6 statuses
--   $7 without_statuses
--   $8 other_owner_than
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without search
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND "status" = ANY($6::text[]) AND "status" <> ALL($7::text[]) AND "owner_id" IS DISTINCT FROM $8::uuid AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 statuses
--   $7 without_statuses
--   $8 other_owner_than
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without statuses
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" <> ALL($7::text[]) AND "owner_id" IS DISTINCT FROM $8::uuid AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 without_statuses
--   $8 other_owner_than
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without without_statuses
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "owner_id" IS DISTINCT FROM $8::uuid AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 other_owner_than
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without other_owner_than
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "priority" > $9::integer AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 priority_above
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without priority_above
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" <= $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_up_to
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without priority_up_to
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "title" LIKE $11::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 title_like
--   $12 limit

-- planner.v1.TodoRepository.List, without title_like
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $12::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 limit

-- planner.v1.TodoRepository.List, including deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text ORDER BY "created_at" DESC, "id" DESC LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, only deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND NOT ("deleted_at" IS NULL) ORDER BY "created_at" DESC, "id" DESC LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND ("created_at", "id") < ($13::timestamp with time zone, $14::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $15::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 cursor 1
--   $15 limit

-- planner.v1.TodoRepository.List, ordered by id
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, ordered by id, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND ("id") > ($13::uuid) ORDER BY "id" LIMIT $14::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 limit

-- planner.v1.TodoRepository.List, ordered by id desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "id" DESC LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, ordered by id desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND ("id") < ($13::uuid) ORDER BY "id" DESC LIMIT $14::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 limit

-- planner.v1.TodoRepository.List, ordered by title
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "title", "id" LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, ordered by title, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND ("title", "id") > ($13::text, $14::uuid) ORDER BY "title", "id" LIMIT $15::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 cursor 1
--   $15 limit

-- planner.v1.TodoRepository.List, ordered by due_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND ((("due_at" > $13::timestamp with time zone OR "due_at" IS NULL)) OR ("due_at" = $13::timestamp with time zone AND "id" > $14::uuid)) ORDER BY "due_at", "id" LIMIT $15::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 cursor 1
--   $15 limit

-- planner.v1.TodoRepository.List, ordered by due_at, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND (("due_at" IS NULL AND "id" > $13::uuid)) ORDER BY "due_at", "id" LIMIT $14::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 1
--   $14 limit

-- planner.v1.TodoRepository.List, ordered by due_at nulls first
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "due_at" NULLS FIRST, "id" LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, ordered by due_at nulls first, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND "due_at" >= $13::timestamp with time zone AND (("due_at" > $13::timestamp with time zone) OR ("due_at" = $13::timestamp with time zone AND "id" > $14::uuid)) ORDER BY "due_at" NULLS FIRST, "id" LIMIT $15::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 cursor 1
--   $15 limit

-- planner.v1.TodoRepository.List, ordered by due_at nulls first, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND (("due_at" IS NOT NULL) OR ("due_at" IS NULL AND "id" > $13::uuid)) ORDER BY "due_at" NULLS FIRST, "id" LIMIT $14::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 1
--   $14 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND "due_at" <= $13::timestamp with time zone AND (("due_at" < $13::timestamp with time zone) OR ("due_at" = $13::timestamp with time zone AND "id" < $14::uuid)) ORDER BY "due_at" DESC, "id" DESC LIMIT $15::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 cursor 1
--   $15 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND (("due_at" IS NOT NULL) OR ("due_at" IS NULL AND "id" < $13::uuid)) ORDER BY "due_at" DESC, "id" DESC LIMIT $14::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 1
--   $14 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc nulls last
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc nulls last, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND ((("due_at" < $13::timestamp with time zone OR "due_at" IS NULL)) OR ("due_at" = $13::timestamp with time zone AND "id" < $14::uuid)) ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $15::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 cursor 1
--   $15 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc nulls last, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND (("due_at" IS NULL AND "id" < $13::uuid)) ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $14::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 1
--   $14 limit

-- planner.v1.TodoRepository.List, with relations alone
SELECT "created_at", "id", "owner_id" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $13::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit

-- planner.v1.TodoRepository.List, filtered by owner_id
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND (("owner_id" = $13::uuid OR "owner_id" IS DISTINCT FROM $14::uuid) AND (("owner_id" = $15::uuid OR "owner_id" IS DISTINCT FROM $16::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $17::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 computed 0
--   $14 computed 1
--   $15 computed 0
--   $16 computed 1
--   $17 limit

-- planner.v1.TodoRepository.List, filtered by title
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND (("title" = $13::text OR "title" IS DISTINCT FROM $14::text OR "title" LIKE $15::text OR "title" < $16::text OR "title" <= $17::text OR "title" > $18::text OR "title" >= $19::text) AND (("title" = $20::text OR "title" IS DISTINCT FROM $21::text OR "title" LIKE $22::text OR "title" < $23::text OR "title" <= $24::text OR "title" > $25::text OR "title" >= $26::text)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $27::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 computed 0
--   $14 computed 1
--   $15 computed 2
--   $16 computed 3
--   $17 computed 4
--   $18 computed 5
--   $19 computed 6
--   $20 computed 0
--   $21 computed 1
--   $22 computed 2
--   $23 computed 3
--   $24 computed 4
--   $25 computed 5
--   $26 computed 6
--   $27 limit

-- planner.v1.TodoRepository.List, filtered by notes
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $13::text OR "notes" IS DISTINCT FROM $14::text OR "notes" LIKE $15::text OR "notes" < $16::text OR "notes" <= $17::text OR "notes" > $18::text OR "notes" >= $19::text) AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $20::text OR "notes" IS DISTINCT FROM $21::text OR "notes" LIKE $22::text OR "notes" < $23::text OR "notes" <= $24::text OR "notes" > $25::text OR "notes" >= $26::text)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $27::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 computed 0
--   $14 computed 1
--   $15 computed 2
--   $16 computed 3
--   $17 computed 4
--   $18 computed 5
--   $19 computed 6
--   $20 computed 0
--   $21 computed 1
--   $22 computed 2
--   $23 computed 3
--   $24 computed 4
--   $25 computed 5
--   $26 computed 6
--   $27 limit

-- planner.v1.TodoRepository.List, filtered by due_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $13::timestamp with time zone OR "due_at" IS DISTINCT FROM $14::timestamp with time zone OR "due_at" < $15::timestamp with time zone OR "due_at" <= $16::timestamp with time zone OR "due_at" > $17::timestamp with time zone OR "due_at" >= $18::timestamp with time zone) AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $19::timestamp with time zone OR "due_at" IS DISTINCT FROM $20::timestamp with time zone OR "due_at" < $21::timestamp with time zone OR "due_at" <= $22::timestamp with time zone OR "due_at" > $23::timestamp with time zone OR "due_at" >= $24::timestamp with time zone)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $25::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 computed 0
--   $14 computed 1
--   $15 computed 2
--   $16 computed 3
--   $17 computed 4
--   $18 computed 5
--   $19 computed 0
--   $20 computed 1
--   $21 computed 2
--   $22 computed 3
--   $23 computed 4
--   $24 computed 5
--   $25 limit

-- planner.v1.TodoRepository.List, filtered by labels
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND (("labels" <> '{}' OR "labels" ? $13::text OR ("labels" #>> $14::text[]) IS NOT NULL OR "labels" @> $15::jsonb) AND (("labels" <> '{}' OR "labels" ? $16::text OR ("labels" #>> $17::text[]) IS NOT NULL OR "labels" @> $18::jsonb)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $19::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 computed 0
--   $14 computed 1
--   $15 computed 2
--   $16 computed 0
--   $17 computed 1
--   $18 computed 2
--   $19 limit

-- planner.v1.TodoRepository.List, filtered by priority
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND (("priority" = $13::integer OR "priority" IS DISTINCT FROM $14::integer OR "priority" < $15::integer OR "priority" <= $16::integer OR "priority" > $17::integer OR "priority" >= $18::integer) AND (("priority" = $19::integer OR "priority" IS DISTINCT FROM $20::integer OR "priority" < $21::integer OR "priority" <= $22::integer OR "priority" > $23::integer OR "priority" >= $24::integer)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $25::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 computed 0
--   $14 computed 1
--   $15 computed 2
--   $16 computed 3
--   $17 computed 4
--   $18 computed 5
--   $19 computed 0
--   $20 computed 1
--   $21 computed 2
--   $22 computed 3
--   $23 computed 4
--   $24 computed 5
--   $25 limit

-- planner.v1.TodoRepository.List, filtered by tags
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND (("tags" <> '{}' OR "tags" @> ARRAY[$13::text]::text[]) AND (("tags" <> '{}' OR "tags" @> ARRAY[$14::text]::text[])) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $15::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 computed 0
--   $14 computed 0
--   $15 limit

-- planner.v1.TodoRepository.List, with a skip
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $13::bigint OFFSET $14::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 limit
--   $14 skip

-- planner.v1.TodoRepository.List, next page, with a skip
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL AND ("created_at", "id") < ($13::timestamp with time zone, $14::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $15::bigint OFFSET $16::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like
--   $13 cursor 0
--   $14 cursor 1
--   $15 limit
--   $16 skip

-- planner.v1.TodoRepository.List, total size
SELECT count(*) FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "status" = ANY($7::text[]) AND "status" <> ALL($8::text[]) AND "owner_id" IS DISTINCT FROM $9::uuid AND "priority" > $10::integer AND "priority" <= $11::integer AND "title" LIKE $12::text AND "deleted_at" IS NULL
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 statuses
--   $8 without_statuses
--   $9 other_owner_than
--   $10 priority_above
--   $11 priority_up_to
--   $12 title_like

-- planner.v1.TodoRepository.ListByDateRange
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, including deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone ORDER BY "created_at" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, only deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND NOT ("deleted_at" IS NULL) ORDER BY "created_at" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("created_at", "id") < ($4::timestamp with time zone, $5::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by id
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by id, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("id") > ($4::uuid) ORDER BY "id" LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by id desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by id desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("id") < ($4::uuid) ORDER BY "id" DESC LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by title
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "title", "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by title, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("title", "id") > ($4::text, $5::uuid) ORDER BY "title", "id" LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ((("due_at" > $4::timestamp with time zone OR "due_at" IS NULL)) OR ("due_at" = $4::timestamp with time zone AND "id" > $5::uuid)) ORDER BY "due_at", "id" LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND (("due_at" IS NULL AND "id" > $4::uuid)) ORDER BY "due_at", "id" LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 1
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at nulls first
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "due_at" NULLS FIRST, "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at nulls first, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND "due_at" >= $4::timestamp with time zone AND (("due_at" > $4::timestamp with time zone) OR ("due_at" = $4::timestamp with time zone AND "id" > $5::uuid)) ORDER BY "due_at" NULLS FIRST, "id" LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at nulls first, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND (("due_at" IS NOT NULL) OR ("due_at" IS NULL AND "id" > $4::uuid)) ORDER BY "due_at" NULLS FIRST, "id" LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 1
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND "due_at" <= $4::timestamp with time zone AND (("due_at" < $4::timestamp with time zone) OR ("due_at" = $4::timestamp with time zone AND "id" < $5::uuid)) ORDER BY "due_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at desc, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND (("due_at" IS NOT NULL) OR ("due_at" IS NULL AND "id" < $4::uuid)) ORDER BY "due_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 1
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at desc nulls last
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at desc nulls last, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ((("due_at" < $4::timestamp with time zone OR "due_at" IS NULL)) OR ("due_at" = $4::timestamp with time zone AND "id" < $5::uuid)) ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at desc nulls last, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND (("due_at" IS NULL AND "id" < $4::uuid)) ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 1
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, with relations alone
SELECT "created_at", "id", "owner_id" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, total size
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 start_time
--   $3 end_time

-- planner.v1.TodoRepository.ListByDateRange, of many calls
SELECT "#row".*, "#calls"."#" FROM unnest((SELECT $1::uuid[]), (SELECT $2::timestamp with time zone[]), (SELECT $3::timestamp with time zone[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#2", "#") CROSS JOIN LATERAL (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = "#calls"."#0" AND "due_at" >= "#calls"."#1" AND "due_at" < "#calls"."#2" AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $4::bigint) AS "#row"
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, of many calls, next page
SELECT "#row".*, "#calls"."#" FROM unnest((SELECT $1::uuid[]), (SELECT $2::timestamp with time zone[]), (SELECT $3::timestamp with time zone[]), (SELECT $4::timestamp with time zone[]), (SELECT $5::uuid[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#2", "#3", "#4", "#") CROSS JOIN LATERAL (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = "#calls"."#0" AND "due_at" >= "#calls"."#1" AND "due_at" < "#calls"."#2" AND "deleted_at" IS NULL AND ("created_at", "id") < ("#calls"."#3", "#calls"."#4") ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint) AS "#row"
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.Count
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 status

-- planner.v1.TodoRepository.Count, without owner_id
SELECT count(*) FROM "todos" WHERE "status" = $1::text AND "deleted_at" IS NULL
--   $1 status

-- planner.v1.TodoRepository.Count, including deleted
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text
--   $1 owner_id
--   $2 status

-- planner.v1.TodoRepository.Count, only deleted
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND NOT ("deleted_at" IS NULL)
--   $1 owner_id
--   $2 status

-- planner.v1.TodoRepository.Count, filtered by owner_id
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("owner_id" = $3::uuid OR "owner_id" IS DISTINCT FROM $4::uuid) AND (("owner_id" = $5::uuid OR "owner_id" IS DISTINCT FROM $6::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 status
--   $3 computed 0
--   $4 computed 1
--   $5 computed 0
--   $6 computed 1

-- planner.v1.TodoRepository.Count, filtered by title
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("title" = $3::text OR "title" IS DISTINCT FROM $4::text OR "title" LIKE $5::text OR "title" < $6::text OR "title" <= $7::text OR "title" > $8::text OR "title" >= $9::text) AND (("title" = $10::text OR "title" IS DISTINCT FROM $11::text OR "title" LIKE $12::text OR "title" < $13::text OR "title" <= $14::text OR "title" > $15::text OR "title" >= $16::text)) IS NOT TRUE) AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 status
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

-- planner.v1.TodoRepository.Count, filtered by notes
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $3::text OR "notes" IS DISTINCT FROM $4::text OR "notes" LIKE $5::text OR "notes" < $6::text OR "notes" <= $7::text OR "notes" > $8::text OR "notes" >= $9::text) AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $10::text OR "notes" IS DISTINCT FROM $11::text OR "notes" LIKE $12::text OR "notes" < $13::text OR "notes" <= $14::text OR "notes" > $15::text OR "notes" >= $16::text)) IS NOT TRUE) AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 status
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

-- planner.v1.TodoRepository.Count, filtered by due_at
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $3::timestamp with time zone OR "due_at" IS DISTINCT FROM $4::timestamp with time zone OR "due_at" < $5::timestamp with time zone OR "due_at" <= $6::timestamp with time zone OR "due_at" > $7::timestamp with time zone OR "due_at" >= $8::timestamp with time zone) AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $9::timestamp with time zone OR "due_at" IS DISTINCT FROM $10::timestamp with time zone OR "due_at" < $11::timestamp with time zone OR "due_at" <= $12::timestamp with time zone OR "due_at" > $13::timestamp with time zone OR "due_at" >= $14::timestamp with time zone)) IS NOT TRUE) AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 status
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

-- planner.v1.TodoRepository.Count, filtered by labels
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("labels" <> '{}' OR "labels" ? $3::text OR ("labels" #>> $4::text[]) IS NOT NULL OR "labels" @> $5::jsonb) AND (("labels" <> '{}' OR "labels" ? $6::text OR ("labels" #>> $7::text[]) IS NOT NULL OR "labels" @> $8::jsonb)) IS NOT TRUE) AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 status
--   $3 computed 0
--   $4 computed 1
--   $5 computed 2
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2

-- planner.v1.TodoRepository.Count, filtered by priority
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("priority" = $3::integer OR "priority" IS DISTINCT FROM $4::integer OR "priority" < $5::integer OR "priority" <= $6::integer OR "priority" > $7::integer OR "priority" >= $8::integer) AND (("priority" = $9::integer OR "priority" IS DISTINCT FROM $10::integer OR "priority" < $11::integer OR "priority" <= $12::integer OR "priority" > $13::integer OR "priority" >= $14::integer)) IS NOT TRUE) AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 status
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

-- planner.v1.TodoRepository.Count, filtered by tags
SELECT count(*) FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("tags" <> '{}' OR "tags" @> ARRAY[$3::text]::text[]) AND (("tags" <> '{}' OR "tags" @> ARRAY[$4::text]::text[])) IS NOT TRUE) AND "deleted_at" IS NULL
--   $1 owner_id
--   $2 status
--   $3 computed 0
--   $4 computed 0

-- planner.v1.TodoRepository.Count, of many calls
SELECT "#row".*, "#calls"."#" FROM unnest((SELECT $1::uuid[]), (SELECT $2::text[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#") CROSS JOIN LATERAL (SELECT count(*) FROM "todos" WHERE "owner_id" = "#calls"."#0" AND "status" = "#calls"."#1" AND "deleted_at" IS NULL) AS "#row"
--   $1 owner_id
--   $2 status

-- planner.v1.TodoRepository.Update
WITH "#written" AS (UPDATE "todos" SET "title" = $1::text, "notes" = $2::text, "status" = $3::text, "due_at" = $4::timestamp with time zone, "labels" = $5::jsonb, "priority" = $6::integer, "tags" = $7::text[], "estimate" = $8::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $9::uuid AND "deleted_at" IS NULL AND "owner_id" IS NOT DISTINCT FROM $10::uuid RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $11::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM $5::jsonb OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $11::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($11::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $9::uuid AND "deleted_at" IS NULL AND "owner_id" IS NOT DISTINCT FROM $10::uuid)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.title
--   $2 todo.notes
--   $3 todo.status
--   $4 todo.due_at
--   $5 todo.labels
--   $6 todo.priority
--   $7 todo.tags
--   $8 todo.estimate
--   $9 todo.id
--   $10 todo.owner_id
--   $11 room for the response, outside a transaction

-- planner.v1.TodoRepository.Update, writing todo.title
WITH "#written" AS (UPDATE "todos" SET "title" = $1::text, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $3::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $3::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $2::uuid AND "deleted_at" IS NULL)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.title
--   $2 todo.id
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.Update, writing todo.labels
WITH "#written" AS (UPDATE "todos" SET "labels" = $1::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $3::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM $1::jsonb OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $3::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $2::uuid AND "deleted_at" IS NULL)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.labels
--   $2 todo.id
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.Update, writing todo.tags
WITH "#written" AS (UPDATE "todos" SET "tags" = $1::text[], "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $3::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $3::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $2::uuid AND "deleted_at" IS NULL)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.tags
--   $2 todo.id
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.Update, writing nothing
WITH "#written" AS (UPDATE "todos" SET "id" = "id" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND "owner_id" IS NOT DISTINCT FROM $2::uuid RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $3::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $3::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND "owner_id" IS NOT DISTINCT FROM $2::uuid)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.id
--   $2 todo.owner_id
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.Update, writing parts of labels
WITH "#written" AS (UPDATE "todos" SET "labels" = (((((CASE jsonb_typeof("labels") WHEN 'object' THEN "labels" ELSE '{}'::jsonb END) - CASE WHEN (CASE jsonb_typeof($1::jsonb) WHEN 'object' THEN $1::jsonb ELSE '{}'::jsonb END) ? $2::text THEN $3::text[] ELSE '{}'::text[] END) - $4::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof($1::jsonb) WHEN 'object' THEN $1::jsonb ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($4::text[]))) || CASE WHEN (CASE jsonb_typeof($1::jsonb) WHEN 'object' THEN $1::jsonb ELSE '{}'::jsonb END) ? $5::text OR jsonb_typeof(("labels" -> $5::text)) = 'object' AND NOT (CASE jsonb_typeof($1::jsonb) WHEN 'object' THEN $1::jsonb ELSE '{}'::jsonb END) ?| $6::text[] THEN jsonb_build_object($5::text, (((CASE jsonb_typeof(("labels" -> $5::text)) WHEN 'object' THEN ("labels" -> $5::text) ELSE '{}'::jsonb END) - $7::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof(($1::jsonb -> $5::text)) WHEN 'object' THEN ($1::jsonb -> $5::text) ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($7::text[])))) ELSE '{}'::jsonb END), "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $8::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $9::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $9::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($9::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $8::uuid AND "deleted_at" IS NULL)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.labels
--   $2 computed 0
--   $3 computed 1
--   $4 computed 2
--   $5 computed 3
--   $6 computed 4
--   $7 computed 5
--   $8 todo.id
--   $9 room for the response, outside a transaction

-- planner.v1.TodoRepository.Update, with a version
WITH "#written" AS (UPDATE "todos" SET "title" = $1::text, "notes" = $2::text, "status" = $3::text, "due_at" = $4::timestamp with time zone, "labels" = $5::jsonb, "priority" = $6::integer, "tags" = $7::text[], "estimate" = $8::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $9::uuid AND "deleted_at" IS NULL AND "version" = $10::bigint AND "owner_id" IS NOT DISTINCT FROM $11::uuid RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $12::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM $5::jsonb OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $12::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($12::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $9::uuid AND "deleted_at" IS NULL AND "version" = $10::bigint AND "owner_id" IS NOT DISTINCT FROM $11::uuid)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 todo.title
--   $2 todo.notes
--   $3 todo.status
--   $4 todo.due_at
--   $5 todo.labels
--   $6 todo.priority
--   $7 todo.tags
--   $8 todo.estimate
--   $9 todo.id
--   $10 version
--   $11 todo.owner_id
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.Update, why no row was found
SELECT "deleted_at" IS NULL, "version" = $1::bigint, "owner_id" IS NOT DISTINCT FROM $2::uuid FROM "todos" WHERE "id" = $3::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 version
--   $2 todo.owner_id
--   $3 todo.id

-- planner.v1.TodoRepository.Update, of many calls
WITH "#table" AS MATERIALIZED (SELECT relkind = 'r' AND NOT relispartition AND NOT relhassubclass AND NOT relhasrules AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_class.oid AND (condeferrable AND contype IN ('p', 'u', 'x') OR confrelid = conrelid)) AND pg_catalog.current_setting('transaction_isolation') = 'read committed' AS "#plain" FROM pg_catalog.pg_class WHERE oid = '"todos"'::regclass), "#target" AS MATERIALIZED (SELECT "#calls".*, "id" AS "#key0" FROM (SELECT pg_catalog.set_config('lock_timeout', CASE WHEN pg_catalog.current_setting('lock_timeout')::interval BETWEEN '1ms' AND '50ms' THEN pg_catalog.current_setting('lock_timeout') ELSE '50ms' END, true)) AS "#patience" CROSS JOIN (SELECT DISTINCT ON ("#0") * FROM unnest((SELECT $1::uuid[]), (SELECT $2::uuid[]), (SELECT $3::text[]), (SELECT $4::text[]), (SELECT $5::text[]), (SELECT $6::timestamp with time zone[]), (SELECT $7::jsonb[]), (SELECT $8::integer[]), (SELECT $9::text[]), (SELECT $10::interval[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#") ORDER BY "#0", "#") AS "#calls" CROSS JOIN "todos" AS "#stored" WHERE "id" = "#calls"."#0" AND "deleted_at" IS NULL AND "owner_id" IS NOT DISTINCT FROM "#calls"."#1" AND (SELECT "#plain" FROM "#table") ORDER BY "id" FOR NO KEY UPDATE OF "#stored" SKIP LOCKED), "#written" AS (UPDATE "todos" SET "title" = "#calls"."#2", "notes" = "#calls"."#3", "status" = "#calls"."#4", "due_at" = "#calls"."#5", "labels" = "#calls"."#6", "priority" = "#calls"."#7", "tags" = "#calls"."#8"::text[], "estimate" = "#calls"."#9", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" AS "#calls" WHERE "id" = "#key0" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#calls"."#"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT "#plain" FROM "#table") AND (SELECT "#n" = count(*) AND count(*) = count(DISTINCT "#") FROM "#target")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $11::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $11::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 todo.id
--   $2 todo.owner_id
--   $3 todo.title
--   $4 todo.notes
--   $5 todo.status
--   $6 todo.due_at
--   $7 todo.labels
--   $8 todo.priority
--   $9 todo.tags
--   $10 todo.estimate
--   $11 room for the response, outside a transaction

-- planner.v1.TodoRepository.Update, of many calls with versions
WITH "#table" AS MATERIALIZED (SELECT relkind = 'r' AND NOT relispartition AND NOT relhassubclass AND NOT relhasrules AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_class.oid AND (condeferrable AND contype IN ('p', 'u', 'x') OR confrelid = conrelid)) AND pg_catalog.current_setting('transaction_isolation') = 'read committed' AS "#plain" FROM pg_catalog.pg_class WHERE oid = '"todos"'::regclass), "#target" AS MATERIALIZED (SELECT "#calls".*, "id" AS "#key0" FROM (SELECT pg_catalog.set_config('lock_timeout', CASE WHEN pg_catalog.current_setting('lock_timeout')::interval BETWEEN '1ms' AND '50ms' THEN pg_catalog.current_setting('lock_timeout') ELSE '50ms' END, true)) AS "#patience" CROSS JOIN (SELECT DISTINCT ON ("#0") * FROM unnest((SELECT $1::uuid[]), (SELECT $2::bigint[]), (SELECT $3::uuid[]), (SELECT $4::text[]), (SELECT $5::text[]), (SELECT $6::text[]), (SELECT $7::timestamp with time zone[]), (SELECT $8::jsonb[]), (SELECT $9::integer[]), (SELECT $10::text[]), (SELECT $11::interval[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#") ORDER BY "#0", "#") AS "#calls" CROSS JOIN "todos" AS "#stored" WHERE "id" = "#calls"."#0" AND "deleted_at" IS NULL AND "version" = "#calls"."#1" AND "owner_id" IS NOT DISTINCT FROM "#calls"."#2" AND (SELECT "#plain" FROM "#table") ORDER BY "id" FOR NO KEY UPDATE OF "#stored" SKIP LOCKED), "#written" AS (UPDATE "todos" SET "title" = "#calls"."#3", "notes" = "#calls"."#4", "status" = "#calls"."#5", "due_at" = "#calls"."#6", "labels" = "#calls"."#7", "priority" = "#calls"."#8", "tags" = "#calls"."#9"::text[], "estimate" = "#calls"."#10", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" AS "#calls" WHERE "id" = "#key0" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#calls"."#"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT "#plain" FROM "#table") AND (SELECT "#n" = count(*) AND count(*) = count(DISTINCT "#") FROM "#target")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 todo.id
--   $2 version
--   $3 todo.owner_id
--   $4 todo.title
--   $5 todo.notes
--   $6 todo.status
--   $7 todo.due_at
--   $8 todo.labels
--   $9 todo.priority
--   $10 todo.tags
--   $11 todo.estimate
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.SoftDelete
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target"), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target") AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $2::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $2::bigint) AS "#unsure" FROM "#changed") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", NULL::integer AS "#b" FROM "#changed" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.SoftDelete, with a version
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND "version" = $2::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target"), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target") AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $3::bigint) AS "#unsure" FROM "#changed") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", NULL::integer AS "#b" FROM "#changed" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 version
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.SoftDelete, why no row was found
SELECT "deleted_at" IS NULL, "version" = $1::bigint FROM "todos" WHERE "id" = $2::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 version
--   $2 id

-- planner.v1.TodoRepository.Restore
WITH "#written" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) AND NOT EXISTS (SELECT FROM "profiles" AS "#parent" WHERE "#parent"."id" = "todos"."owner_id" AND NOT ("#parent"."deleted_at" IS NULL)) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $2::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $2::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($2::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) AND NOT EXISTS (SELECT FROM "profiles" AS "#parent" WHERE "#parent"."id" = "todos"."owner_id" AND NOT ("#parent"."deleted_at" IS NULL)))) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 id
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.Restore, with a version
WITH "#written" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) AND "version" = $2::bigint AND NOT EXISTS (SELECT FROM "profiles" AS "#parent" WHERE "#parent"."id" = "todos"."owner_id" AND NOT ("#parent"."deleted_at" IS NULL)) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" WHERE jsonb_path_exists('{}', ('strict $."rk:1:0' || CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN ':4:0' WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN ':5:0' WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN ':8:0' WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN ':9:0' WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN ':10:0' WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN ':11:0' WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN ':12:0' WHEN $3::bigint IS NOT NULL AND (NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) OR 1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0) > $3::bigint) THEN ':-1:1' END || '"')::jsonpath) IS NULL UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) AND "version" = $2::bigint AND NOT EXISTS (SELECT FROM "profiles" AS "#parent" WHERE "#parent"."id" = "todos"."owner_id" AND NOT ("#parent"."deleted_at" IS NULL)))) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 id
--   $2 version
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.Restore, when a row above it may be deleted
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) AND "version" = $2::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0", "#dat") AS (SELECT 0, "#t0"::uuid, "#tat" FROM "#target"), "#held"("#e", "#s0", "#b") AS (SELECT "#e", "#s0", 0 FROM "#doomed" JOIN "todos" ON "id" = "#s0" AND "#e" = 0 WHERE "owner_id" IN (SELECT "#parent"."id" FROM "profiles" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL))), "#blocked"("#b") AS MATERIALIZED (SELECT "#b" FROM "#held" JOIN "#target" ON "#e" = 0 AND "#s0" = "#t0" ORDER BY "#b" LIMIT 1), "#refused"("#b") AS MATERIALIZED (SELECT "#b" FROM "#blocked" LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#changed" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $3::bigint) AS "#unsure" FROM "#changed") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", NULL::integer AS "#b" FROM "#changed" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 version
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.Restore, of many calls
WITH "#table" AS MATERIALIZED (SELECT relkind = 'r' AND NOT relispartition AND NOT relhassubclass AND NOT relhasrules AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_class.oid AND (condeferrable AND contype IN ('p', 'u', 'x') OR confrelid = conrelid)) AND pg_catalog.current_setting('transaction_isolation') = 'read committed' AS "#plain" FROM pg_catalog.pg_class WHERE oid = '"todos"'::regclass), "#target" AS MATERIALIZED (SELECT "#calls".*, "id" AS "#key0" FROM (SELECT pg_catalog.set_config('lock_timeout', CASE WHEN pg_catalog.current_setting('lock_timeout')::interval BETWEEN '1ms' AND '50ms' THEN pg_catalog.current_setting('lock_timeout') ELSE '50ms' END, true)) AS "#patience" CROSS JOIN (SELECT DISTINCT ON ("#0") * FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS "#calls" ("#0", "#") ORDER BY "#0", "#") AS "#calls" CROSS JOIN "todos" AS "#stored" WHERE "id" = "#calls"."#0" AND NOT ("deleted_at" IS NULL) AND (SELECT "#plain" FROM "#table") AND NOT EXISTS (SELECT FROM "profiles" AS "#parent" WHERE "#parent"."id" = "#stored"."owner_id" AND NOT ("#parent"."deleted_at" IS NULL)) ORDER BY "id" FOR NO KEY UPDATE OF "#stored" SKIP LOCKED), "#written" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" AS "#calls" WHERE "id" = "#key0" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#calls"."#"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT "#plain" FROM "#table") AND (SELECT "#n" = count(*) AND count(*) = count(DISTINCT "#") FROM "#target")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $2::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $2::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.Restore, of many calls with versions
WITH "#table" AS MATERIALIZED (SELECT relkind = 'r' AND NOT relispartition AND NOT relhassubclass AND NOT relhasrules AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_class.oid AND (condeferrable AND contype IN ('p', 'u', 'x') OR confrelid = conrelid)) AND pg_catalog.current_setting('transaction_isolation') = 'read committed' AS "#plain" FROM pg_catalog.pg_class WHERE oid = '"todos"'::regclass), "#target" AS MATERIALIZED (SELECT "#calls".*, "id" AS "#key0" FROM (SELECT pg_catalog.set_config('lock_timeout', CASE WHEN pg_catalog.current_setting('lock_timeout')::interval BETWEEN '1ms' AND '50ms' THEN pg_catalog.current_setting('lock_timeout') ELSE '50ms' END, true)) AS "#patience" CROSS JOIN (SELECT DISTINCT ON ("#0") * FROM unnest((SELECT $1::uuid[]), (SELECT $2::bigint[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#") ORDER BY "#0", "#") AS "#calls" CROSS JOIN "todos" AS "#stored" WHERE "id" = "#calls"."#0" AND NOT ("deleted_at" IS NULL) AND "version" = "#calls"."#1" AND (SELECT "#plain" FROM "#table") AND NOT EXISTS (SELECT FROM "profiles" AS "#parent" WHERE "#parent"."id" = "#stored"."owner_id" AND NOT ("#parent"."deleted_at" IS NULL)) ORDER BY "id" FOR NO KEY UPDATE OF "#stored" SKIP LOCKED), "#written" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" AS "#calls" WHERE "id" = "#key0" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#calls"."#"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT "#plain" FROM "#table") AND (SELECT "#n" = count(*) AND count(*) = count(DISTINCT "#") FROM "#target")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $3::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 id
--   $2 version
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.Delete
WITH "#written" AS (DELETE FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL RETURNING 1) SELECT FROM "#written" UNION ALL SELECT FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($2::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 id
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.Delete, with a version
WITH "#written" AS (DELETE FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND "version" = $2::bigint RETURNING 1) SELECT FROM "#written" UNION ALL SELECT FROM (SELECT count(*) AS "#n" FROM "#written") AS "#v" WHERE CASE WHEN "#n" = 1 OR "#n" = 0 AND NOT ($3::bigint IS NOT NULL AND EXISTS (SELECT FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND "version" = $2::bigint)) THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':0:-1:0"')::jsonpath) END
--   $1 id
--   $2 version
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchGet
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "#"
--   $1 elements' 

-- planner.v1.TodoRepository.BatchGet, including deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" ORDER BY "#"
--   $1 elements' 

-- planner.v1.TodoRepository.BatchGet, only deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL) ORDER BY "#"
--   $1 elements' 

-- planner.v1.TodoRepository.BatchGet, with relations alone
SELECT "owner_id", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "#"
--   $1 elements' 

-- planner.v1.TodoRepository.BatchCreate
WITH "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#") ORDER BY "#" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = $11::bigint) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 number of elements
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchCreate, some rows without what has a default
WITH "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT COALESCE("#0", gen_random_uuid()), "#1", "#2", "#3", COALESCE("#4", 'OPEN'), "#5", COALESCE("#6", '{}'), "#7", COALESCE("#8"::text[], '{}'), "#9" FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#") ORDER BY "#" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = $11::bigint) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 number of elements
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpdate
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#", "owner_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamp with time zone[], $6::jsonb[], $7::integer[], $8::text[], $9::interval[], $10::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "title" = "#2", "notes" = "#3", "status" = "#4", "due_at" = "#5", "labels" = "#6", "priority" = "#7", "tags" = "#8"::text[], "estimate" = "#9", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $11::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $11::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' title
--   $3 elements' notes
--   $4 elements' status
--   $5 elements' due_at
--   $6 elements' labels
--   $7 elements' priority
--   $8 elements' tags
--   $9 elements' estimate
--   $10 elements' owner_id
--   $11 number of elements
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpdate, immutable fields where given
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#", ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") AS "#ok" FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamp with time zone[], $6::jsonb[], $7::integer[], $8::text[], $9::interval[], $10::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "title" = "#2", "notes" = "#3", "status" = "#4", "due_at" = "#5", "labels" = "#6", "priority" = "#7", "tags" = "#8"::text[], "estimate" = "#9", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $11::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $11::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' title
--   $3 elements' notes
--   $4 elements' status
--   $5 elements' due_at
--   $6 elements' labels
--   $7 elements' priority
--   $8 elements' tags
--   $9 elements' estimate
--   $10 elements' owner_id
--   $11 number of elements
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpdate, writing nothing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "id" = "id" FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $3::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 number of elements
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpdate, writing parts of labels
WITH "#target" AS (SELECT "#0", "#6", "#", true AS "#ok" FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#6", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "labels" = (((((CASE jsonb_typeof("labels") WHEN 'object' THEN "labels" ELSE '{}'::jsonb END) - CASE WHEN (CASE jsonb_typeof("#6") WHEN 'object' THEN "#6" ELSE '{}'::jsonb END) ? $4::text THEN $5::text[] ELSE '{}'::text[] END) - $6::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof("#6") WHEN 'object' THEN "#6" ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($6::text[]))) || CASE WHEN (CASE jsonb_typeof("#6") WHEN 'object' THEN "#6" ELSE '{}'::jsonb END) ? $7::text OR jsonb_typeof(("labels" -> $7::text)) = 'object' AND NOT (CASE jsonb_typeof("#6") WHEN 'object' THEN "#6" ELSE '{}'::jsonb END) ?| $8::text[] THEN jsonb_build_object($7::text, (((CASE jsonb_typeof(("labels" -> $7::text)) WHEN 'object' THEN ("labels" -> $7::text) ELSE '{}'::jsonb END) - $9::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof(("#6" -> $7::text)) WHEN 'object' THEN ("#6" -> $7::text) ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($9::text[])))) ELSE '{}'::jsonb END), "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $10::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $10::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' labels
--   $3 number of elements
--   $4 computed 0
--   $5 computed 1
--   $6 computed 2
--   $7 computed 3
--   $8 computed 4
--   $9 computed 5
--   $10 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpdate, with versions
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AND "owner_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamp with time zone[], $6::jsonb[], $7::integer[], $8::text[], $9::interval[], $10::uuid[], $11::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#ver", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "title" = "#2", "notes" = "#3", "status" = "#4", "due_at" = "#5", "labels" = "#6", "priority" = "#7", "tags" = "#8"::text[], "estimate" = "#9", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $12::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $12::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $13::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $13::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' title
--   $3 elements' notes
--   $4 elements' status
--   $5 elements' due_at
--   $6 elements' labels
--   $7 elements' priority
--   $8 elements' tags
--   $9 elements' estimate
--   $10 elements' owner_id
--   $11 elements' version
--   $12 number of elements
--   $13 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpdate, why no row was found
SELECT "#", "#", "id" IS NOT NULL, ("deleted_at" IS NULL), ("#ver" = 0 OR "version" = "#ver"), "owner_id" IS NOT DISTINCT FROM "#1" FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' version

-- planner.v1.TodoRepository.BatchSoftDelete
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target")), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target")) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $3::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 number of elements
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchSoftDelete, some may be missing
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat", ("deleted_at" IS NULL) AS "#due", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target")), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" UNION ALL (SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#" FROM "#target" WHERE NOT "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target"))), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target")) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $2::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $2::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchSoftDelete, with versions
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target")), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target")) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $4::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $4::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' version
--   $3 number of elements
--   $4 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchSoftDelete, why no row was found
SELECT "#", "#", "id" IS NOT NULL, ("deleted_at" IS NULL), ("#ver" = 0 OR "version" = "#ver") FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' version

-- planner.v1.TodoRepository.BatchRestore
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL) ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#doomed"("#e", "#s0", "#dat") AS (SELECT 0, "#t0"::uuid, "#tat" FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target")), "#held"("#e", "#s0", "#b") AS (SELECT "#e", "#s0", 0 FROM "#doomed" JOIN "todos" ON "id" = "#s0" AND "#e" = 0 WHERE "owner_id" IN (SELECT "#parent"."id" FROM "profiles" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL))), "#blocked"("#b") AS MATERIALIZED (SELECT "#b" FROM "#held" JOIN "#target" ON "#e" = 0 AND "#s0" = "#t0" ORDER BY "#b" LIMIT 1), "#refused"("#b") AS MATERIALIZED (SELECT "#b" FROM "#blocked" LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#changed" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $3::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $3::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 number of elements
--   $3 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchRestore, some may be missing
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#", true AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat", (NOT ("deleted_at" IS NULL)) AS "#due", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#doomed"("#e", "#s0", "#dat") AS (SELECT 0, "#t0"::uuid, "#tat" FROM "#target" WHERE "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target")), "#held"("#e", "#s0", "#b") AS (SELECT "#e", "#s0", 0 FROM "#doomed" JOIN "todos" ON "id" = "#s0" AND "#e" = 0 WHERE "owner_id" IN (SELECT "#parent"."id" FROM "profiles" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL))), "#blocked"("#b") AS MATERIALIZED (SELECT "#b" FROM "#held" JOIN "#target" ON "#e" = 0 AND "#s0" = "#t0" ORDER BY "#b" LIMIT 1), "#refused"("#b") AS MATERIALIZED (SELECT "#b" FROM "#blocked" LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#changed" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" UNION ALL (SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#" FROM "#target" WHERE NOT "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target"))), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $2::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $2::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchRestore, with versions
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "#0", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AS "#ok", "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") JOIN "todos" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL) ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#doomed"("#e", "#s0", "#dat") AS (SELECT 0, "#t0"::uuid, "#tat" FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target")), "#held"("#e", "#s0", "#b") AS (SELECT "#e", "#s0", 0 FROM "#doomed" JOIN "todos" ON "id" = "#s0" AND "#e" = 0 WHERE "owner_id" IN (SELECT "#parent"."id" FROM "profiles" AS "#parent" WHERE NOT ("#parent"."deleted_at" IS NULL))), "#blocked"("#b") AS MATERIALIZED (SELECT "#b" FROM "#held" JOIN "#target" ON "#e" = 0 AND "#s0" = "#t0" ORDER BY "#b" LIMIT 1), "#refused"("#b") AS MATERIALIZED (SELECT "#b" FROM "#blocked" LIMIT 1), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#changed" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target") AND NOT EXISTS (SELECT FROM "#refused") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (EXISTS (SELECT FROM "#refused") OR (SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $4::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $4::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", NULL::integer AS "#b" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "#b" FROM "#refused" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' version
--   $3 number of elements
--   $4 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchDelete
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "#"), "#rows" AS (SELECT "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#rows") AS "#v") SELECT "#" FROM "#rows" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchDelete, including deleted
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "#"), "#rows" AS (SELECT "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#rows") AS "#v") SELECT "#" FROM "#rows" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchDelete, only deleted
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL) ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "#"), "#rows" AS (SELECT "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#rows") AS "#v") SELECT "#" FROM "#rows" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchDelete, some may be missing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "#"), "#rows" AS (SELECT "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT COALESCE(bool_and("#ok"), true) FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#rows") AS "#v") SELECT "#" FROM "#rows" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id

-- planner.v1.TodoRepository.BatchDelete, with versions
WITH "#target" AS (SELECT "#0", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AS "#ok" FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target") RETURNING "#"), "#rows" AS (SELECT "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#rows") AS "#v") SELECT "#" FROM "#rows" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' version
--   $3 number of elements

-- planner.v1.TodoRepository.Upsert
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same")), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#w0"), "#result" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $11::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM CASE WHEN ("#", "labels") IN (SELECT "#", "#6" FROM "#input") THEN "labels" END) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $11::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 room for the response, outside a transaction

-- planner.v1.TodoRepository.Upsert, some rows without what has a default
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND ("#4" IS NULL OR "status" IS NOT DISTINCT FROM "#4") AND "due_at" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "labels" IS NOT DISTINCT FROM "#6") AND "priority" IS NOT DISTINCT FROM "#7" AND ("#8"::text[] IS NULL OR "tags" IS NOT DISTINCT FROM "#8"::text[]) AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND ("#4" IS NULL OR "status" IS NOT DISTINCT FROM "#4") AND "due_at" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "labels" IS NOT DISTINCT FROM "#6") AND "priority" IS NOT DISTINCT FROM "#7" AND ("#8"::text[] IS NULL OR "tags" IS NOT DISTINCT FROM "#8"::text[]) AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same")), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", COALESCE("#4", 'OPEN'), "#5", COALESCE("#6", '{}'), "#7", COALESCE("#8"::text[], '{}'), "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#4" IS NULL) THEN "todos"."status" ELSE excluded."status" END, "due_at" = excluded."due_at", "labels" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#6" IS NULL) THEN "todos"."labels" ELSE excluded."labels" END, "priority" = excluded."priority", "tags" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#8"::text[] IS NULL) THEN "todos"."tags" ELSE excluded."tags" END, "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#w0"), "#result" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $11::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM CASE WHEN ("#", "labels") IN (SELECT "#", "#6" FROM "#input") THEN "labels" END) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $11::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 room for the response, outside a transaction

-- planner.v1.TodoRepository.Upsert, with versions
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[], $11::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same") AND CASE WHEN "#ver" = 0 OR "#" IN (SELECT "#" FROM "#locked") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "#ver" <> 0 THEN '"rk:-4:0:-1:0"' END)::jsonpath) END), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#w0"), "#result" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM CASE WHEN ("#", "labels") IN (SELECT "#", "#6" FROM "#input") THEN "labels" END) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 elements' version
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.Upsert, why no row was found
SELECT "#", "#", "id" IS NOT NULL, ("deleted_at" IS NULL), CASE WHEN "id" IS NOT NULL THEN ("#ver" = 0 OR "version" = "#ver") ELSE "#ver" = 0 END, ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' version

-- planner.v1.TodoRepository.Upsert, which keys triggers make
WITH "#input" AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#input" ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "id" = "todos"."id" RETURNING "id" AS "#w0") SELECT ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#input"))[row_number() OVER ()] AS "#", * FROM "#written" ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate

-- planner.v1.TodoRepository.Upsert, by the keys that triggers make
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[], $11::uuid[], $12::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#at0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#seen" JOIN "todos" ON "id" = "#at0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same") AND CASE WHEN "#ver" = 0 OR "#" IN (SELECT "#" FROM "#locked") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "#ver" <> 0 THEN '"rk:-4:0:-1:0"' END)::jsonpath) END), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#at0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#at0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#at0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#at0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#w0"), "#result" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", ((SELECT array_agg("#" ORDER BY "#at0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $13::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM CASE WHEN ("#", "labels") IN (SELECT "#", "#6" FROM "#input") THEN "labels" END) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $13::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 elements' stored id
--   $12 elements' version
--   $13 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpsert
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same")), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#w0"), "#result" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $11::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM CASE WHEN ("#", "labels") IN (SELECT "#", "#6" FROM "#input") THEN "labels" END) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $11::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpsert, some rows without what has a default
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND ("#4" IS NULL OR "status" IS NOT DISTINCT FROM "#4") AND "due_at" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "labels" IS NOT DISTINCT FROM "#6") AND "priority" IS NOT DISTINCT FROM "#7" AND ("#8"::text[] IS NULL OR "tags" IS NOT DISTINCT FROM "#8"::text[]) AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND ("#4" IS NULL OR "status" IS NOT DISTINCT FROM "#4") AND "due_at" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "labels" IS NOT DISTINCT FROM "#6") AND "priority" IS NOT DISTINCT FROM "#7" AND ("#8"::text[] IS NULL OR "tags" IS NOT DISTINCT FROM "#8"::text[]) AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same")), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", COALESCE("#4", 'OPEN'), "#5", COALESCE("#6", '{}'), "#7", COALESCE("#8"::text[], '{}'), "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#4" IS NULL) THEN "todos"."status" ELSE excluded."status" END, "due_at" = excluded."due_at", "labels" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#6" IS NULL) THEN "todos"."labels" ELSE excluded."labels" END, "priority" = excluded."priority", "tags" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#8"::text[] IS NULL) THEN "todos"."tags" ELSE excluded."tags" END, "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#w0"), "#result" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $11::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM CASE WHEN ("#", "labels") IN (SELECT "#", "#6" FROM "#input") THEN "labels" END) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $11::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpsert, with versions
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[], $11::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same") AND CASE WHEN "#ver" = 0 OR "#" IN (SELECT "#" FROM "#locked") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "#ver" <> 0 THEN '"rk:-4:0:-1:0"' END)::jsonpath) END), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#w0"), "#result" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM CASE WHEN ("#", "labels") IN (SELECT "#", "#6" FROM "#input") THEN "labels" END) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 elements' version
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpsert, by the keys that triggers make
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[], $11::uuid[], $12::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#at0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#seen" JOIN "todos" ON "id" = "#at0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same") AND CASE WHEN "#ver" = 0 OR "#" IN (SELECT "#" FROM "#locked") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "#ver" <> 0 THEN '"rk:-4:0:-1:0"' END)::jsonpath) END), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#at0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#at0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#at0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#at0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#w0"), "#result" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", ((SELECT array_agg("#" ORDER BY "#at0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $13::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}')) AND "labels" IS DISTINCT FROM CASE WHEN ("#", "labels") IN (SELECT "#", "#6" FROM "#input") THEN "labels" END) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $13::bigint) AS "#unsure" FROM "#result") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 elements' stored id
--   $12 elements' version
--   $13 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchCreatePartial
WITH "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#") ORDER BY "#" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = $11::bigint) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#written") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "#written" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 number of elements
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.BatchUpdatePartial
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#", "owner_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamp with time zone[], $6::jsonb[], $7::integer[], $8::text[], $9::interval[], $10::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "title" = "#2", "notes" = "#3", "status" = "#4", "due_at" = "#5", "labels" = "#6", "priority" = "#7", "tags" = "#8"::text[], "estimate" = "#9", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $11::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#"), "#rows" AS (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FILTER (WHERE "#ok") = $11::bigint FROM "#target"))) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", min(CASE WHEN NOT ("status" IN ('OPEN', 'IN_PROGRESS', 'DONE')) THEN "#" * 10000 + 4 WHEN NOT ("due_at" >= '0001-01-01 00:00:00+00' AND "due_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 5 WHEN NOT (CASE WHEN array_ndims("tags") > 1 THEN false ELSE array_position("tags", NULL) IS NULL END) THEN "#" * 10000 + 8 WHEN NOT (EXTRACT(year FROM "estimate") = 0 AND EXTRACT(month FROM "estimate") = 0 AND "estimate" > '-315576000001 seconds' AND "estimate" < '315576000001 seconds' AND EXTRACT(day FROM "estimate") BETWEEN -3652501 AND 3652501 AND EXTRACT(hour FROM "estimate") BETWEEN -87660001 AND 87660001) THEN "#" * 10000 + 9 WHEN NOT ("created_at" >= '0001-01-01 00:00:00+00' AND "created_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 10 WHEN NOT ("updated_at" >= '0001-01-01 00:00:00+00' AND "updated_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 11 WHEN NOT ("deleted_at" >= '0001-01-01 00:00:00+00' AND "deleted_at" < '10000-01-01 00:00:00+00') THEN "#" * 10000 + 12 END) AS "#bad", $12::bigint IS NOT NULL AND (bool_or(NOT (jsonb_typeof("labels") = 'object' AND NOT jsonb_path_exists("labels", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists("labels", 'strict $.**{20 to last}'))) OR sum(1296::bigint + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("labels"::text)::bigint * 12, 0) + COALESCE(cardinality("tags")::bigint * 40 + octet_length("tags"::text), 0)) > $12::bigint) AS "#unsure" FROM "#rows") AS "#v") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#rows" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || COALESCE((SELECT min("#") FROM "#target" WHERE "#" NOT IN (SELECT "#" FROM "#rows")), 0) || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' title
--   $3 elements' notes
--   $4 elements' status
--   $5 elements' due_at
--   $6 elements' labels
--   $7 elements' priority
--   $8 elements' tags
--   $9 elements' estimate
--   $10 elements' owner_id
--   $11 number of elements
--   $12 room for the response, outside a transaction

-- planner.v1.TodoRepository.UpdateWhere
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $6::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $7::text, "notes" = $8::text, "status" = $9::text, "due_at" = $10::timestamp with time zone, "labels" = $11::jsonb, "priority" = $12::integer, "tags" = $13::text[], "estimate" = $14::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $6::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
--   $6 max_affected + 1
--   $7 todo.title
--   $8 todo.notes
--   $9 todo.status
--   $10 todo.due_at
--   $11 todo.labels
--   $12 todo.priority
--   $13 todo.tags
--   $14 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, without owner_id
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "status" = $1::text AND "due_at" < $2::timestamp with time zone AND "tags" && $3::text[] AND "title" LIKE $4::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $5::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $6::text, "notes" = $7::text, "status" = $8::text, "due_at" = $9::timestamp with time zone, "labels" = $10::jsonb, "priority" = $11::integer, "tags" = $12::text[], "estimate" = $13::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $5::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 status
--   $2 due_before
--   $3 any_tags
--   $4 title_prefix
--   $5 max_affected + 1
--   $6 todo.title
--   $7 todo.notes
--   $8 todo.status
--   $9 todo.due_at
--   $10 todo.labels
--   $11 todo.priority
--   $12 todo.tags
--   $13 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, without due_before
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "tags" && $3::text[] AND "title" LIKE $4::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $5::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $6::text, "notes" = $7::text, "status" = $8::text, "due_at" = $9::timestamp with time zone, "labels" = $10::jsonb, "priority" = $11::integer, "tags" = $12::text[], "estimate" = $13::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $5::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 any_tags
--   $4 title_prefix
--   $5 max_affected + 1
--   $6 todo.title
--   $7 todo.notes
--   $8 todo.status
--   $9 todo.due_at
--   $10 todo.labels
--   $11 todo.priority
--   $12 todo.tags
--   $13 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, without any_tags
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "title" LIKE $4::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $5::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $6::text, "notes" = $7::text, "status" = $8::text, "due_at" = $9::timestamp with time zone, "labels" = $10::jsonb, "priority" = $11::integer, "tags" = $12::text[], "estimate" = $13::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $5::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 title_prefix
--   $5 max_affected + 1
--   $6 todo.title
--   $7 todo.notes
--   $8 todo.status
--   $9 todo.due_at
--   $10 todo.labels
--   $11 todo.priority
--   $12 todo.tags
--   $13 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, without title_prefix
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "deleted_at" IS NULL ORDER BY "id" LIMIT $5::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $6::text, "notes" = $7::text, "status" = $8::text, "due_at" = $9::timestamp with time zone, "labels" = $10::jsonb, "priority" = $11::integer, "tags" = $12::text[], "estimate" = $13::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $5::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 max_affected + 1
--   $6 todo.title
--   $7 todo.notes
--   $8 todo.status
--   $9 todo.due_at
--   $10 todo.labels
--   $11 todo.priority
--   $12 todo.tags
--   $13 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, writing parts of labels
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $6::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "labels" = (((((CASE jsonb_typeof("labels") WHEN 'object' THEN "labels" ELSE '{}'::jsonb END) - CASE WHEN (CASE jsonb_typeof($7::jsonb) WHEN 'object' THEN $7::jsonb ELSE '{}'::jsonb END) ? $8::text THEN $9::text[] ELSE '{}'::text[] END) - $10::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof($7::jsonb) WHEN 'object' THEN $7::jsonb ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($10::text[]))) || CASE WHEN (CASE jsonb_typeof($7::jsonb) WHEN 'object' THEN $7::jsonb ELSE '{}'::jsonb END) ? $11::text OR jsonb_typeof(("labels" -> $11::text)) = 'object' AND NOT (CASE jsonb_typeof($7::jsonb) WHEN 'object' THEN $7::jsonb ELSE '{}'::jsonb END) ?| $12::text[] THEN jsonb_build_object($11::text, (((CASE jsonb_typeof(("labels" -> $11::text)) WHEN 'object' THEN ("labels" -> $11::text) ELSE '{}'::jsonb END) - $13::text[]) || (SELECT COALESCE(jsonb_object_agg("#k", "#v"), '{}'::jsonb) FROM jsonb_each((CASE jsonb_typeof(($7::jsonb -> $11::text)) WHEN 'object' THEN ($7::jsonb -> $11::text) ELSE '{}'::jsonb END)) AS "#each"("#k", "#v") WHERE "#k" = ANY ($13::text[])))) ELSE '{}'::jsonb END), "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $6::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
--   $6 max_affected + 1
--   $7 todo.labels
--   $8 computed 0
--   $9 computed 1
--   $10 computed 2
--   $11 computed 3
--   $12 computed 4
--   $13 computed 5

-- planner.v1.TodoRepository.UpdateWhere, writing todo.title
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $6::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $7::text, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $6::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
--   $6 max_affected + 1
--   $7 todo.title

-- planner.v1.TodoRepository.UpdateWhere, writing todo.tags
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $6::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "tags" = $7::text[], "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $6::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
--   $6 max_affected + 1
--   $7 todo.tags

-- planner.v1.TodoRepository.UpdateWhere, filtered by owner_id
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND (("owner_id" = $6::uuid OR "owner_id" IS DISTINCT FROM $7::uuid) AND (("owner_id" = $8::uuid OR "owner_id" IS DISTINCT FROM $9::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $10::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $11::text, "notes" = $12::text, "status" = $13::text, "due_at" = $14::timestamp with time zone, "labels" = $15::jsonb, "priority" = $16::integer, "tags" = $17::text[], "estimate" = $18::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $10::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
--   $6 computed 0
--   $7 computed 1
--   $8 computed 0
--   $9 computed 1
--   $10 max_affected + 1
--   $11 todo.title
--   $12 todo.notes
--   $13 todo.status
--   $14 todo.due_at
--   $15 todo.labels
--   $16 todo.priority
--   $17 todo.tags
--   $18 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, filtered by title
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND (("title" = $6::text OR "title" IS DISTINCT FROM $7::text OR "title" LIKE $8::text OR "title" < $9::text OR "title" <= $10::text OR "title" > $11::text OR "title" >= $12::text) AND (("title" = $13::text OR "title" IS DISTINCT FROM $14::text OR "title" LIKE $15::text OR "title" < $16::text OR "title" <= $17::text OR "title" > $18::text OR "title" >= $19::text)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $20::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $21::text, "notes" = $22::text, "status" = $23::text, "due_at" = $24::timestamp with time zone, "labels" = $25::jsonb, "priority" = $26::integer, "tags" = $27::text[], "estimate" = $28::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $20::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
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
--   $20 max_affected + 1
--   $21 todo.title
--   $22 todo.notes
--   $23 todo.status
--   $24 todo.due_at
--   $25 todo.labels
--   $26 todo.priority
--   $27 todo.tags
--   $28 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, filtered by notes
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $6::text OR "notes" IS DISTINCT FROM $7::text OR "notes" LIKE $8::text OR "notes" < $9::text OR "notes" <= $10::text OR "notes" > $11::text OR "notes" >= $12::text) AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $13::text OR "notes" IS DISTINCT FROM $14::text OR "notes" LIKE $15::text OR "notes" < $16::text OR "notes" <= $17::text OR "notes" > $18::text OR "notes" >= $19::text)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $20::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $21::text, "notes" = $22::text, "status" = $23::text, "due_at" = $24::timestamp with time zone, "labels" = $25::jsonb, "priority" = $26::integer, "tags" = $27::text[], "estimate" = $28::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $20::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
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
--   $20 max_affected + 1
--   $21 todo.title
--   $22 todo.notes
--   $23 todo.status
--   $24 todo.due_at
--   $25 todo.labels
--   $26 todo.priority
--   $27 todo.tags
--   $28 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, filtered by due_at
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $6::timestamp with time zone OR "due_at" IS DISTINCT FROM $7::timestamp with time zone OR "due_at" < $8::timestamp with time zone OR "due_at" <= $9::timestamp with time zone OR "due_at" > $10::timestamp with time zone OR "due_at" >= $11::timestamp with time zone) AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $12::timestamp with time zone OR "due_at" IS DISTINCT FROM $13::timestamp with time zone OR "due_at" < $14::timestamp with time zone OR "due_at" <= $15::timestamp with time zone OR "due_at" > $16::timestamp with time zone OR "due_at" >= $17::timestamp with time zone)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $18::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $19::text, "notes" = $20::text, "status" = $21::text, "due_at" = $22::timestamp with time zone, "labels" = $23::jsonb, "priority" = $24::integer, "tags" = $25::text[], "estimate" = $26::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $18::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
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
--   $18 max_affected + 1
--   $19 todo.title
--   $20 todo.notes
--   $21 todo.status
--   $22 todo.due_at
--   $23 todo.labels
--   $24 todo.priority
--   $25 todo.tags
--   $26 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, filtered by labels
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND (("labels" <> '{}' OR "labels" ? $6::text OR ("labels" #>> $7::text[]) IS NOT NULL OR "labels" @> $8::jsonb) AND (("labels" <> '{}' OR "labels" ? $9::text OR ("labels" #>> $10::text[]) IS NOT NULL OR "labels" @> $11::jsonb)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $12::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $13::text, "notes" = $14::text, "status" = $15::text, "due_at" = $16::timestamp with time zone, "labels" = $17::jsonb, "priority" = $18::integer, "tags" = $19::text[], "estimate" = $20::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $12::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2
--   $9 computed 0
--   $10 computed 1
--   $11 computed 2
--   $12 max_affected + 1
--   $13 todo.title
--   $14 todo.notes
--   $15 todo.status
--   $16 todo.due_at
--   $17 todo.labels
--   $18 todo.priority
--   $19 todo.tags
--   $20 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, filtered by priority
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND (("priority" = $6::integer OR "priority" IS DISTINCT FROM $7::integer OR "priority" < $8::integer OR "priority" <= $9::integer OR "priority" > $10::integer OR "priority" >= $11::integer) AND (("priority" = $12::integer OR "priority" IS DISTINCT FROM $13::integer OR "priority" < $14::integer OR "priority" <= $15::integer OR "priority" > $16::integer OR "priority" >= $17::integer)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $18::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $19::text, "notes" = $20::text, "status" = $21::text, "due_at" = $22::timestamp with time zone, "labels" = $23::jsonb, "priority" = $24::integer, "tags" = $25::text[], "estimate" = $26::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $18::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
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
--   $18 max_affected + 1
--   $19 todo.title
--   $20 todo.notes
--   $21 todo.status
--   $22 todo.due_at
--   $23 todo.labels
--   $24 todo.priority
--   $25 todo.tags
--   $26 todo.estimate

-- planner.v1.TodoRepository.UpdateWhere, filtered by tags
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "tags" && $4::text[] AND "title" LIKE $5::text AND (("tags" <> '{}' OR "tags" @> ARRAY[$6::text]::text[]) AND (("tags" <> '{}' OR "tags" @> ARRAY[$7::text]::text[])) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $8::bigint FOR NO KEY UPDATE), "#changed" AS (UPDATE "todos" SET "title" = $9::text, "notes" = $10::text, "status" = $11::text, "due_at" = $12::timestamp with time zone, "labels" = $13::jsonb, "priority" = $14::integer, "tags" = $15::text[], "estimate" = $16::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $8::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 any_tags
--   $5 title_prefix
--   $6 computed 0
--   $7 computed 0
--   $8 max_affected + 1
--   $9 todo.title
--   $10 todo.notes
--   $11 todo.status
--   $12 todo.due_at
--   $13 todo.labels
--   $14 todo.priority
--   $15 todo.tags
--   $16 todo.estimate

-- planner.v1.TodoRepository.SoftDeleteWhere
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "id" LIMIT $4::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $4::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $4::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $4::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, without owner_id
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "status" = $1::text AND "due_at" < $2::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "id" LIMIT $3::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $3::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $3::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $3::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 status
--   $2 due_before
--   $3 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, without due_before
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $3::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $3::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $3::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $3::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, filtered by owner_id
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND (("owner_id" = $4::uuid OR "owner_id" IS DISTINCT FROM $5::uuid) AND (("owner_id" = $6::uuid OR "owner_id" IS DISTINCT FROM $7::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $8::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $8::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $8::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $8::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 computed 0
--   $5 computed 1
--   $6 computed 0
--   $7 computed 1
--   $8 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, filtered by title
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND (("title" = $4::text OR "title" IS DISTINCT FROM $5::text OR "title" LIKE $6::text OR "title" < $7::text OR "title" <= $8::text OR "title" > $9::text OR "title" >= $10::text) AND (("title" = $11::text OR "title" IS DISTINCT FROM $12::text OR "title" LIKE $13::text OR "title" < $14::text OR "title" <= $15::text OR "title" > $16::text OR "title" >= $17::text)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $18::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $18::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $18::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $18::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 due_before
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
--   $18 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, filtered by notes
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $4::text OR "notes" IS DISTINCT FROM $5::text OR "notes" LIKE $6::text OR "notes" < $7::text OR "notes" <= $8::text OR "notes" > $9::text OR "notes" >= $10::text) AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $11::text OR "notes" IS DISTINCT FROM $12::text OR "notes" LIKE $13::text OR "notes" < $14::text OR "notes" <= $15::text OR "notes" > $16::text OR "notes" >= $17::text)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $18::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $18::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $18::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $18::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 due_before
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
--   $18 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, filtered by due_at
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $4::timestamp with time zone OR "due_at" IS DISTINCT FROM $5::timestamp with time zone OR "due_at" < $6::timestamp with time zone OR "due_at" <= $7::timestamp with time zone OR "due_at" > $8::timestamp with time zone OR "due_at" >= $9::timestamp with time zone) AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $10::timestamp with time zone OR "due_at" IS DISTINCT FROM $11::timestamp with time zone OR "due_at" < $12::timestamp with time zone OR "due_at" <= $13::timestamp with time zone OR "due_at" > $14::timestamp with time zone OR "due_at" >= $15::timestamp with time zone)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $16::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $16::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $16::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $16::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 due_before
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
--   $16 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, filtered by labels
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND (("labels" <> '{}' OR "labels" ? $4::text OR ("labels" #>> $5::text[]) IS NOT NULL OR "labels" @> $6::jsonb) AND (("labels" <> '{}' OR "labels" ? $7::text OR ("labels" #>> $8::text[]) IS NOT NULL OR "labels" @> $9::jsonb)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $10::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $10::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $10::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $10::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 computed 0
--   $5 computed 1
--   $6 computed 2
--   $7 computed 0
--   $8 computed 1
--   $9 computed 2
--   $10 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, filtered by priority
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND (("priority" = $4::integer OR "priority" IS DISTINCT FROM $5::integer OR "priority" < $6::integer OR "priority" <= $7::integer OR "priority" > $8::integer OR "priority" >= $9::integer) AND (("priority" = $10::integer OR "priority" IS DISTINCT FROM $11::integer OR "priority" < $12::integer OR "priority" <= $13::integer OR "priority" > $14::integer OR "priority" >= $15::integer)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $16::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $16::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $16::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $16::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 due_before
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
--   $16 max_affected + 1

-- planner.v1.TodoRepository.SoftDeleteWhere, filtered by tags
WITH RECURSIVE "#target" AS MATERIALIZED (SELECT "id" AS "#t0", "deleted_at"::timestamp with time zone AS "#tat" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "due_at" < $3::timestamp with time zone AND (("tags" <> '{}' OR "tags" @> ARRAY[$4::text]::text[]) AND (("tags" <> '{}' OR "tags" @> ARRAY[$5::text]::text[])) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $6::bigint FOR NO KEY UPDATE), "#doomed"("#e", "#s0") AS (SELECT 0, "#t0"::uuid FROM "#target" WHERE (SELECT count(*) FROM "#target") < $6::bigint), "#now"("#at") AS MATERIALIZED (SELECT clock_timestamp()), "#null0" AS MATERIALIZED (SELECT "id" AS "#l0" FROM "schedule_items" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "#doomed" JOIN "schedule_items" ON "#e" = 0 AND "todo_id" = "#s0" WHERE "deleted_at" IS NULL)) AND "deleted_at" IS NULL AND ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE ORDER BY "id" FOR NO KEY UPDATE), "#null0!" AS (UPDATE "schedule_items" SET "todo_id" = CASE WHEN ("todo_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 0)) IS TRUE THEN NULL ELSE "todo_id" END, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#null0" WHERE "id" = "#l0" RETURNING 1), "#changed" AS (UPDATE "todos" SET "deleted_at" = "#at", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target", "#now" WHERE "id" = "#t0" AND (SELECT count(*) FROM "#target") < $6::bigint RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ((SELECT count(*) FROM "#changed") = (SELECT count(*) FROM "#target" WHERE (SELECT count(*) FROM "#target") < $6::bigint) AND (SELECT count(*) FROM "#null0!") = (SELECT count(*) FROM "#null0")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed"), NULL::integer UNION ALL SELECT NULL, NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 status
--   $3 due_before
--   $4 computed 0
--   $5 computed 0
--   $6 max_affected + 1

-- planner.v1.TodoRepository.DeleteWhere
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $3::bigint FOR UPDATE), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $3::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 max_affected + 1

-- planner.v1.TodoRepository.DeleteWhere, without owner_id
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "status" = $1::text AND "deleted_at" IS NULL ORDER BY "id" LIMIT $2::bigint FOR UPDATE), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $2::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 status
--   $2 max_affected + 1

-- planner.v1.TodoRepository.DeleteWhere, including deleted
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text ORDER BY "id" LIMIT $3::bigint FOR UPDATE), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $3::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 max_affected + 1

-- planner.v1.TodoRepository.DeleteWhere, only deleted
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND NOT ("deleted_at" IS NULL) ORDER BY "id" LIMIT $3::bigint FOR UPDATE), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FROM "#target") < $3::bigint RETURNING 1) SELECT (SELECT count(*) FROM "#target"), (SELECT count(*) FROM "#changed")
--   $1 owner_id
--   $2 status
--   $3 max_affected + 1

-- planner.v1.TodoRepository.Purge
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE "owner_id" = $1::uuid AND NOT ("deleted_at" IS NULL) AND "deleted_at" <= statement_timestamp() - $2::interval ORDER BY "deleted_at", "id" LIMIT $3::bigint FOR UPDATE SKIP LOCKED), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = (SELECT count(*) FROM "#target")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT count(*) FROM "#changed" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 owner_id
--   $2 older_than
--   $3 computed 0

-- planner.v1.TodoRepository.Purge, without owner_id
WITH "#target" AS (SELECT "id" AS "#0" FROM "todos" WHERE NOT ("deleted_at" IS NULL) AND "deleted_at" <= statement_timestamp() - $1::interval ORDER BY "deleted_at", "id" LIMIT $2::bigint FOR UPDATE SKIP LOCKED), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" RETURNING 1), "#verdict" AS (SELECT "#n", "#bad", "#unsure", ("#n" = (SELECT count(*) FROM "#target")) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#changed") AS "#v") SELECT count(*) FROM "#changed" UNION ALL SELECT NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END
--   $1 older_than
--   $2 computed 0

-- planner.v1.TodoRepository.Purge, whether there is more
SELECT EXISTS (SELECT FROM "todos" WHERE "owner_id" = $1::uuid AND NOT ("deleted_at" IS NULL) AND "deleted_at" <= statement_timestamp() - $2::interval)
--   $1 owner_id
--   $2 older_than

-- planner.v1.TodoRepository.Import
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same")), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id" AS "#w0"), "#result" AS (SELECT ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#result") AS "#v") SELECT "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate

-- planner.v1.TodoRepository.Import, some rows without what has a default
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND ("#4" IS NULL OR "status" IS NOT DISTINCT FROM "#4") AND "due_at" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "labels" IS NOT DISTINCT FROM "#6") AND "priority" IS NOT DISTINCT FROM "#7" AND ("#8"::text[] IS NULL OR "tags" IS NOT DISTINCT FROM "#8"::text[]) AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND ("#4" IS NULL OR "status" IS NOT DISTINCT FROM "#4") AND "due_at" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "labels" IS NOT DISTINCT FROM "#6") AND "priority" IS NOT DISTINCT FROM "#7" AND ("#8"::text[] IS NULL OR "tags" IS NOT DISTINCT FROM "#8"::text[]) AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same")), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", COALESCE("#4", 'OPEN'), "#5", COALESCE("#6", '{}'), "#7", COALESCE("#8"::text[], '{}'), "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#4" IS NULL) THEN "todos"."status" ELSE excluded."status" END, "due_at" = excluded."due_at", "labels" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#6" IS NULL) THEN "todos"."labels" ELSE excluded."labels" END, "priority" = excluded."priority", "tags" = CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#due" WHERE "#8"::text[] IS NULL) THEN "todos"."tags" ELSE excluded."tags" END, "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id" AS "#w0"), "#result" AS (SELECT ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#result") AS "#v") SELECT "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate

-- planner.v1.TodoRepository.Import, with versions
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[], $11::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same" FROM "#seen" JOIN "todos" ON "id" = "#0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same") AND CASE WHEN "#ver" = 0 OR "#" IN (SELECT "#" FROM "#locked") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "#ver" <> 0 THEN '"rk:-4:0:-1:0"' END)::jsonpath) END), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id" AS "#w0"), "#result" AS (SELECT ((SELECT array_agg("#" ORDER BY "#0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#result") AS "#v") SELECT "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 elements' version

-- planner.v1.TodoRepository.Import, by the keys that triggers make
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[], $11::uuid[], $12::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#")), "#seen" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AS "#there", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same" FROM "#input" LEFT JOIN "todos" ON "id" = "#at0"), "#locked" AS MATERIALIZED (SELECT "#", "id" AS "#k0", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same" FROM "#seen" JOIN "todos" ON "id" = "#at0" WHERE "#there" AND NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#due" AS MATERIALIZED (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#at0", "#ver", "#" FROM "#seen" WHERE NOT "#same" AND (SELECT bool_and("#ok") FROM "#seen") AND "#" NOT IN (SELECT "#" FROM "#locked" WHERE "#same") AND CASE WHEN "#ver" = 0 OR "#" IN (SELECT "#" FROM "#locked") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "#ver" <> 0 THEN '"rk:-4:0:-1:0"' END)::jsonpath) END), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#due" WHERE (SELECT count(*) FROM "#due") > 0 ORDER BY "#at0", "#" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = "todos"."version" + 1 WHERE CASE WHEN "todos"."id" IN (SELECT "#k0" FROM "#locked" WHERE NOT "#same") THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE WHEN "todos"."id" IN (SELECT "#at0" FROM "#seen" WHERE "#there" AND NOT "#same") THEN '"rk:-4:0:-1:0"' WHEN "todos"."id" IN (SELECT "#at0" FROM "#due") THEN '"rk:-1:0:-1:0"' WHEN "todos"."id" IN (SELECT "#at0" FROM "#input") THEN '"rk:-2:0:-1:0"' ELSE '"rk:-3:0:-1:0"' END)::jsonpath) END RETURNING "id" AS "#w0"), "#result" AS (SELECT ((SELECT array_agg("#" ORDER BY "#at0", "#") FROM "#due"))[row_number() OVER ()] AS "#", CASE WHEN "#w0" IN (SELECT "#k0" FROM "#locked") THEN 'UPDATED' ELSE 'INSERTED' END AS "#outcome" FROM "#written" UNION ALL SELECT "#", 'UNCHANGED' FROM "#seen" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#seen") UNION ALL SELECT "#", 'UNCHANGED' FROM "#locked" WHERE "#same"), "#verdict" AS (SELECT "#n", "#bad", "#unsure", (CASE WHEN (SELECT bool_and("#ok") FROM "#seen") THEN "#n" = (SELECT count(*) FROM "#input") ELSE "#n" = 0 END) AND "#bad" IS NULL AS "#ok" FROM (SELECT count(*) AS "#n", NULL::integer AS "#bad", false AS "#unsure" FROM "#result") AS "#v") SELECT "#", "#outcome" FROM "#result" UNION ALL SELECT NULL, NULL FROM "#verdict" WHERE CASE WHEN "#ok" AND "#unsure" IS NOT TRUE THEN false ELSE jsonb_path_exists('{}', ('strict $."rk:' || "#n" || ':' || 0 || ':' || COALESCE("#bad", -1) || CASE WHEN "#ok" THEN ':1"' ELSE ':0"' END)::jsonpath) END ORDER BY "#"
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' title
--   $4 elements' notes
--   $5 elements' status
--   $6 elements' due_at
--   $7 elements' labels
--   $8 elements' priority
--   $9 elements' tags
--   $10 elements' estimate
--   $11 elements' stored id
--   $12 elements' version

-- planner.v1.TodoRepository.Export
SELECT "id", "owner_id", CASE WHEN "#size" <= $3::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $3::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $3::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $3::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $3::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $3::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
--   $3 bytes of a large row

-- planner.v1.TodoRepository.Export, without owner_id
SELECT "id", "owner_id", CASE WHEN "#size" <= $2::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $2::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $2::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $2::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $2::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $2::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "status" = $1::text AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 status
--   $2 bytes of a large row

-- planner.v1.TodoRepository.Export, including deleted
SELECT "id", "owner_id", CASE WHEN "#size" <= $3::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $3::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $3::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $3::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $3::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $3::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
--   $3 bytes of a large row

-- planner.v1.TodoRepository.Export, only deleted
SELECT "id", "owner_id", CASE WHEN "#size" <= $3::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $3::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $3::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $3::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $3::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $3::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND NOT ("deleted_at" IS NULL) ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
--   $3 bytes of a large row

-- planner.v1.TodoRepository.Export, next page
SELECT "id", "owner_id", CASE WHEN "#size" <= $4::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $4::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $4::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $4::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $4::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $4::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND "deleted_at" IS NULL AND ("id") > ($3::uuid) ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
--   $3 cursor 0
--   $4 bytes of a large row

-- planner.v1.TodoRepository.Export, large rows
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#keys" ("#k0", "#") CROSS JOIN "todos" WHERE "id" = "#k0" AND "deleted_at" IS NULL ORDER BY "#"
--   $1 parent keys

-- planner.v1.TodoRepository.Export, filtered by owner_id
SELECT "id", "owner_id", CASE WHEN "#size" <= $7::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $7::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $7::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $7::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $7::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $7::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("owner_id" = $3::uuid OR "owner_id" IS DISTINCT FROM $4::uuid) AND (("owner_id" = $5::uuid OR "owner_id" IS DISTINCT FROM $6::uuid)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
--   $3 computed 0
--   $4 computed 1
--   $5 computed 0
--   $6 computed 1
--   $7 bytes of a large row

-- planner.v1.TodoRepository.Export, filtered by title
SELECT "id", "owner_id", CASE WHEN "#size" <= $17::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $17::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $17::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $17::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $17::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $17::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("title" = $3::text OR "title" IS DISTINCT FROM $4::text OR "title" LIKE $5::text OR "title" < $6::text OR "title" <= $7::text OR "title" > $8::text OR "title" >= $9::text) AND (("title" = $10::text OR "title" IS DISTINCT FROM $11::text OR "title" LIKE $12::text OR "title" < $13::text OR "title" <= $14::text OR "title" > $15::text OR "title" >= $16::text)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
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

-- planner.v1.TodoRepository.Export, filtered by notes
SELECT "id", "owner_id", CASE WHEN "#size" <= $17::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $17::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $17::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $17::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $17::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $17::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $3::text OR "notes" IS DISTINCT FROM $4::text OR "notes" LIKE $5::text OR "notes" < $6::text OR "notes" <= $7::text OR "notes" > $8::text OR "notes" >= $9::text) AND (("notes" IS NULL OR "notes" IS NOT NULL OR "notes" = $10::text OR "notes" IS DISTINCT FROM $11::text OR "notes" LIKE $12::text OR "notes" < $13::text OR "notes" <= $14::text OR "notes" > $15::text OR "notes" >= $16::text)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
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

-- planner.v1.TodoRepository.Export, filtered by due_at
SELECT "id", "owner_id", CASE WHEN "#size" <= $15::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $15::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $15::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $15::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $15::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $15::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $3::timestamp with time zone OR "due_at" IS DISTINCT FROM $4::timestamp with time zone OR "due_at" < $5::timestamp with time zone OR "due_at" <= $6::timestamp with time zone OR "due_at" > $7::timestamp with time zone OR "due_at" >= $8::timestamp with time zone) AND (("due_at" IS NULL OR "due_at" IS NOT NULL OR "due_at" = $9::timestamp with time zone OR "due_at" IS DISTINCT FROM $10::timestamp with time zone OR "due_at" < $11::timestamp with time zone OR "due_at" <= $12::timestamp with time zone OR "due_at" > $13::timestamp with time zone OR "due_at" >= $14::timestamp with time zone)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
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

-- planner.v1.TodoRepository.Export, filtered by labels
SELECT "id", "owner_id", CASE WHEN "#size" <= $9::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $9::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $9::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $9::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $9::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $9::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("labels" <> '{}' OR "labels" ? $3::text OR ("labels" #>> $4::text[]) IS NOT NULL OR "labels" @> $5::jsonb) AND (("labels" <> '{}' OR "labels" ? $6::text OR ("labels" #>> $7::text[]) IS NOT NULL OR "labels" @> $8::jsonb)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
--   $3 computed 0
--   $4 computed 1
--   $5 computed 2
--   $6 computed 0
--   $7 computed 1
--   $8 computed 2
--   $9 bytes of a large row

-- planner.v1.TodoRepository.Export, filtered by priority
SELECT "id", "owner_id", CASE WHEN "#size" <= $15::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $15::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $15::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $15::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $15::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $15::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("priority" = $3::integer OR "priority" IS DISTINCT FROM $4::integer OR "priority" < $5::integer OR "priority" <= $6::integer OR "priority" > $7::integer OR "priority" >= $8::integer) AND (("priority" = $9::integer OR "priority" IS DISTINCT FROM $10::integer OR "priority" < $11::integer OR "priority" <= $12::integer OR "priority" > $13::integer OR "priority" >= $14::integer)) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
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

-- planner.v1.TodoRepository.Export, filtered by tags
SELECT "id", "owner_id", CASE WHEN "#size" <= $5::bigint THEN "title" END AS "title", CASE WHEN "#size" <= $5::bigint THEN "notes" END AS "notes", CASE WHEN "#size" <= $5::bigint THEN "status" END AS "status", "due_at", CASE WHEN "#size" <= $5::bigint THEN "labels" END AS "labels", "priority", CASE WHEN "#size" <= $5::bigint THEN "tags" END AS "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", CASE WHEN "#size" > $5::bigint THEN "#size" END AS "#size" FROM (SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", 360::bigint + COALESCE(octet_length("title"), 0) + COALESCE(octet_length("notes"), 0) + COALESCE(octet_length("status"), 0) + COALESCE(octet_length("labels"::text), 0) + COALESCE(octet_length("tags"::text), 0) AS "#size" FROM "todos" WHERE "owner_id" = $1::uuid AND "status" = $2::text AND (("tags" <> '{}' OR "tags" @> ARRAY[$3::text]::text[]) AND (("tags" <> '{}' OR "tags" @> ARRAY[$4::text]::text[])) IS NOT TRUE) AND "deleted_at" IS NULL ORDER BY "id") AS "#rows"
--   $1 owner_id
--   $2 status
--   $3 computed 0
--   $4 computed 0
--   $5 bytes of a large row

