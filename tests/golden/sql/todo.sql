-- planner.v1.TodoRepository.Create
INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::timestamp with time zone, $7::jsonb, $8::integer, $9::text[], $10::interval) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
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

-- planner.v1.TodoRepository.Create, writing todo.id
INSERT INTO "todos" ("id") VALUES ($1::uuid) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.id

-- planner.v1.TodoRepository.Create, writing todo.owner_id
INSERT INTO "todos" ("owner_id") VALUES ($1::uuid) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.owner_id

-- planner.v1.TodoRepository.Create, writing todo.title
INSERT INTO "todos" ("title") VALUES ($1::text) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.title

-- planner.v1.TodoRepository.Create, writing todo.notes
INSERT INTO "todos" ("notes") VALUES ($1::text) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.notes

-- planner.v1.TodoRepository.Create, writing todo.status
INSERT INTO "todos" ("status") VALUES ($1::text) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.status

-- planner.v1.TodoRepository.Create, writing todo.due_at
INSERT INTO "todos" ("due_at") VALUES ($1::timestamp with time zone) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.due_at

-- planner.v1.TodoRepository.Create, writing todo.labels
INSERT INTO "todos" ("labels") VALUES ($1::jsonb) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.labels

-- planner.v1.TodoRepository.Create, writing todo.priority
INSERT INTO "todos" ("priority") VALUES ($1::integer) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.priority

-- planner.v1.TodoRepository.Create, writing todo.tags
INSERT INTO "todos" ("tags") VALUES ($1::text[]) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.tags

-- planner.v1.TodoRepository.Create, writing todo.estimate
INSERT INTO "todos" ("estimate") VALUES ($1::interval) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.estimate

-- planner.v1.TodoRepository.Create, writing nothing
INSERT INTO "todos" DEFAULT VALUES RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"

-- planner.v1.TodoRepository.GetById
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL
--   $1 id

-- planner.v1.TodoRepository.GetById, including deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = $1::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 id

-- planner.v1.TodoRepository.GetById, only deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 id

-- planner.v1.TodoRepository.List
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, without status
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "title" LIKE $1::text AND "due_at" IS NULL AND "tags" @> $2::text[] AND "tags" && $3::text[] AND "labels" @> $4::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 title_prefix
--   $2 all_tags
--   $3 any_tags
--   $4 labels
--   $5 search
--   $6 limit

-- planner.v1.TodoRepository.List, without title_prefix
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "due_at" IS NULL AND "tags" @> $2::text[] AND "tags" && $3::text[] AND "labels" @> $4::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 all_tags
--   $3 any_tags
--   $4 labels
--   $5 search
--   $6 limit

-- planner.v1.TodoRepository.List, without unscheduled
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, with unscheduled false
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NOT NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, without all_tags
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" && $3::text[] AND "labels" @> $4::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 title_prefix
--   $3 any_tags
--   $4 labels
--   $5 search
--   $6 limit

-- planner.v1.TodoRepository.List, without any_tags
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "labels" @> $4::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 labels
--   $5 search
--   $6 limit

-- planner.v1.TodoRepository.List, without labels
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $5::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 search
--   $6 limit

-- planner.v1.TodoRepository.List, without search
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 limit

-- planner.v1.TodoRepository.List, including deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) ORDER BY "created_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, only deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND NOT ("deleted_at" IS NULL) ORDER BY "created_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("created_at", "id") < ($7::timestamp with time zone, $8::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by id
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by id, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("id") > ($7::uuid) ORDER BY "id" LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by id desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by id desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("id") < ($7::uuid) ORDER BY "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by title
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "title", "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by title, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("title", "id") > ($7::text, $8::uuid) ORDER BY "title", "id" LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by title desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "title" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by title desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("title", "id") < ($7::text, $8::uuid) ORDER BY "title" DESC, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by due_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "due_at", "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by due_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ((("due_at" > $7::timestamp with time zone OR "due_at" IS NULL)) OR ("due_at" = $7::timestamp with time zone AND "id" > $8::uuid)) ORDER BY "due_at", "id" LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by due_at, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND (("due_at" IS NULL AND "id" > $7::uuid)) ORDER BY "due_at", "id" LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 1
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by due_at nulls first
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "due_at" NULLS FIRST, "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by due_at nulls first, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND "due_at" >= $7::timestamp with time zone AND (("due_at" > $7::timestamp with time zone) OR ("due_at" = $7::timestamp with time zone AND "id" > $8::uuid)) ORDER BY "due_at" NULLS FIRST, "id" LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by due_at nulls first, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND (("due_at" IS NOT NULL) OR ("due_at" IS NULL AND "id" > $7::uuid)) ORDER BY "due_at" NULLS FIRST, "id" LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 1
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "due_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND "due_at" <= $7::timestamp with time zone AND (("due_at" < $7::timestamp with time zone) OR ("due_at" = $7::timestamp with time zone AND "id" < $8::uuid)) ORDER BY "due_at" DESC, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND (("due_at" IS NOT NULL) OR ("due_at" IS NULL AND "id" < $7::uuid)) ORDER BY "due_at" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 1
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc nulls last
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc nulls last, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ((("due_at" < $7::timestamp with time zone OR "due_at" IS NULL)) OR ("due_at" = $7::timestamp with time zone AND "id" < $8::uuid)) ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by due_at desc nulls last, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND (("due_at" IS NULL AND "id" < $7::uuid)) ORDER BY "due_at" DESC NULLS LAST, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 1
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by priority
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "priority", "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by priority, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("priority", "id") > ($7::integer, $8::uuid) ORDER BY "priority", "id" LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by priority desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "priority" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by priority desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("priority", "id") < ($7::integer, $8::uuid) ORDER BY "priority" DESC, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by created_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "created_at", "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by created_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("created_at", "id") > ($7::timestamp with time zone, $8::uuid) ORDER BY "created_at", "id" LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by created_at desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by created_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("created_at", "id") < ($7::timestamp with time zone, $8::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by updated_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "updated_at", "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by updated_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("updated_at", "id") > ($7::timestamp with time zone, $8::uuid) ORDER BY "updated_at", "id" LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by updated_at desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "updated_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by updated_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ("updated_at", "id") < ($7::timestamp with time zone, $8::uuid) ORDER BY "updated_at" DESC, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "deleted_at", "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ((("deleted_at" > $7::timestamp with time zone OR "deleted_at" IS NULL)) OR ("deleted_at" = $7::timestamp with time zone AND "id" > $8::uuid)) ORDER BY "deleted_at", "id" LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND (("deleted_at" IS NULL AND "id" > $7::uuid)) ORDER BY "deleted_at", "id" LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 1
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at nulls first
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "deleted_at" NULLS FIRST, "id" LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at nulls first, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND "deleted_at" >= $7::timestamp with time zone AND (("deleted_at" > $7::timestamp with time zone) OR ("deleted_at" = $7::timestamp with time zone AND "id" > $8::uuid)) ORDER BY "deleted_at" NULLS FIRST, "id" LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at nulls first, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND (("deleted_at" IS NOT NULL) OR ("deleted_at" IS NULL AND "id" > $7::uuid)) ORDER BY "deleted_at" NULLS FIRST, "id" LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 1
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "deleted_at" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND "deleted_at" <= $7::timestamp with time zone AND (("deleted_at" < $7::timestamp with time zone) OR ("deleted_at" = $7::timestamp with time zone AND "id" < $8::uuid)) ORDER BY "deleted_at" DESC, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at desc, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND (("deleted_at" IS NOT NULL) OR ("deleted_at" IS NULL AND "id" < $7::uuid)) ORDER BY "deleted_at" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 1
--   $8 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at desc nulls last
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL ORDER BY "deleted_at" DESC NULLS LAST, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at desc nulls last, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND ((("deleted_at" < $7::timestamp with time zone OR "deleted_at" IS NULL)) OR ("deleted_at" = $7::timestamp with time zone AND "id" < $8::uuid)) ORDER BY "deleted_at" DESC NULLS LAST, "id" DESC LIMIT $9::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 0
--   $8 cursor 1
--   $9 limit

-- planner.v1.TodoRepository.List, ordered by deleted_at desc nulls last, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "status" = $1::text AND "title" LIKE $2::text AND "due_at" IS NULL AND "tags" @> $3::text[] AND "tags" && $4::text[] AND "labels" @> $5::jsonb AND to_tsvector('simple'::regconfig, "title" || ' ' || coalesce("notes", '')) @@ websearch_to_tsquery('simple'::regconfig, $6::text) AND "deleted_at" IS NULL AND (("deleted_at" IS NULL AND "id" < $7::uuid)) ORDER BY "deleted_at" DESC NULLS LAST, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 title_prefix
--   $3 all_tags
--   $4 any_tags
--   $5 labels
--   $6 search
--   $7 cursor 1
--   $8 limit

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

-- planner.v1.TodoRepository.ListByDateRange, ordered by title desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "title" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by title desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("title", "id") < ($4::text, $5::uuid) ORDER BY "title" DESC, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "due_at", "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

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

-- planner.v1.TodoRepository.ListByDateRange, ordered by due_at desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "due_at" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

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

-- planner.v1.TodoRepository.ListByDateRange, ordered by priority
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "priority", "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by priority, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("priority", "id") > ($4::integer, $5::uuid) ORDER BY "priority", "id" LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by priority desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "priority" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by priority desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("priority", "id") < ($4::integer, $5::uuid) ORDER BY "priority" DESC, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by created_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "created_at", "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by created_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("created_at", "id") > ($4::timestamp with time zone, $5::uuid) ORDER BY "created_at", "id" LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by created_at desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "created_at" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by created_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("created_at", "id") < ($4::timestamp with time zone, $5::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by updated_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "updated_at", "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by updated_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("updated_at", "id") > ($4::timestamp with time zone, $5::uuid) ORDER BY "updated_at", "id" LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by updated_at desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "updated_at" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by updated_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ("updated_at", "id") < ($4::timestamp with time zone, $5::uuid) ORDER BY "updated_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "deleted_at", "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ((("deleted_at" > $4::timestamp with time zone OR "deleted_at" IS NULL)) OR ("deleted_at" = $4::timestamp with time zone AND "id" > $5::uuid)) ORDER BY "deleted_at", "id" LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND (("deleted_at" IS NULL AND "id" > $4::uuid)) ORDER BY "deleted_at", "id" LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 1
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at nulls first
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "deleted_at" NULLS FIRST, "id" LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at nulls first, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND "deleted_at" >= $4::timestamp with time zone AND (("deleted_at" > $4::timestamp with time zone) OR ("deleted_at" = $4::timestamp with time zone AND "id" > $5::uuid)) ORDER BY "deleted_at" NULLS FIRST, "id" LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at nulls first, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND (("deleted_at" IS NOT NULL) OR ("deleted_at" IS NULL AND "id" > $4::uuid)) ORDER BY "deleted_at" NULLS FIRST, "id" LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 1
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at desc
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "deleted_at" DESC, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at desc, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND "deleted_at" <= $4::timestamp with time zone AND (("deleted_at" < $4::timestamp with time zone) OR ("deleted_at" = $4::timestamp with time zone AND "id" < $5::uuid)) ORDER BY "deleted_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at desc, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND (("deleted_at" IS NOT NULL) OR ("deleted_at" IS NULL AND "id" < $4::uuid)) ORDER BY "deleted_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 1
--   $5 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at desc nulls last
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL ORDER BY "deleted_at" DESC NULLS LAST, "id" DESC LIMIT $4::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at desc nulls last, next page
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND ((("deleted_at" < $4::timestamp with time zone OR "deleted_at" IS NULL)) OR ("deleted_at" = $4::timestamp with time zone AND "id" < $5::uuid)) ORDER BY "deleted_at" DESC NULLS LAST, "id" DESC LIMIT $6::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 0
--   $5 cursor 1
--   $6 limit

-- planner.v1.TodoRepository.ListByDateRange, ordered by deleted_at desc nulls last, next page after NULL
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "owner_id" = $1::uuid AND "due_at" >= $2::timestamp with time zone AND "due_at" < $3::timestamp with time zone AND "deleted_at" IS NULL AND (("deleted_at" IS NULL AND "id" < $4::uuid)) ORDER BY "deleted_at" DESC NULLS LAST, "id" DESC LIMIT $5::bigint
--   $1 owner_id
--   $2 start_time
--   $3 end_time
--   $4 cursor 1
--   $5 limit

-- planner.v1.TodoRepository.Update
UPDATE "todos" SET "title" = $1::text, "notes" = $2::text, "status" = $3::text, "due_at" = $4::timestamp with time zone, "labels" = $5::jsonb, "priority" = $6::integer, "tags" = $7::text[], "estimate" = $8::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $9::uuid AND "deleted_at" IS NULL AND "owner_id" IS NOT DISTINCT FROM $10::uuid RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
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

-- planner.v1.TodoRepository.Update, writing todo.title
UPDATE "todos" SET "title" = $1::text, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.title
--   $2 todo.id

-- planner.v1.TodoRepository.Update, writing todo.notes
UPDATE "todos" SET "notes" = $1::text, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.notes
--   $2 todo.id

-- planner.v1.TodoRepository.Update, writing todo.status
UPDATE "todos" SET "status" = $1::text, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.status
--   $2 todo.id

-- planner.v1.TodoRepository.Update, writing todo.due_at
UPDATE "todos" SET "due_at" = $1::timestamp with time zone, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.due_at
--   $2 todo.id

-- planner.v1.TodoRepository.Update, writing todo.labels
UPDATE "todos" SET "labels" = $1::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.labels
--   $2 todo.id

-- planner.v1.TodoRepository.Update, writing todo.priority
UPDATE "todos" SET "priority" = $1::integer, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.priority
--   $2 todo.id

-- planner.v1.TodoRepository.Update, writing todo.tags
UPDATE "todos" SET "tags" = $1::text[], "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.tags
--   $2 todo.id

-- planner.v1.TodoRepository.Update, writing todo.estimate
UPDATE "todos" SET "estimate" = $1::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.estimate
--   $2 todo.id

-- planner.v1.TodoRepository.Update, writing nothing
UPDATE "todos" SET "id" = "id" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND "owner_id" IS NOT DISTINCT FROM $2::uuid RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 todo.id
--   $2 todo.owner_id

-- planner.v1.TodoRepository.Update, with a version
UPDATE "todos" SET "title" = $1::text, "notes" = $2::text, "status" = $3::text, "due_at" = $4::timestamp with time zone, "labels" = $5::jsonb, "priority" = $6::integer, "tags" = $7::text[], "estimate" = $8::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $9::uuid AND "deleted_at" IS NULL AND "version" = $10::bigint AND "owner_id" IS NOT DISTINCT FROM $11::uuid RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
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

-- planner.v1.TodoRepository.Update, why no row was found
SELECT "deleted_at" IS NULL, "version" = $1::bigint, "owner_id" IS NOT DISTINCT FROM $2::uuid FROM "todos" WHERE "id" = $3::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 version
--   $2 todo.owner_id
--   $3 todo.id

-- planner.v1.TodoRepository.SoftDelete
UPDATE "todos" SET "deleted_at" = clock_timestamp(), "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND "deleted_at" IS NULL RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 id

-- planner.v1.TodoRepository.SoftDelete, with a version
UPDATE "todos" SET "deleted_at" = clock_timestamp(), "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND "version" = $2::bigint RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 id
--   $2 version

-- planner.v1.TodoRepository.SoftDelete, why no row was found
SELECT "deleted_at" IS NULL, "version" = $1::bigint FROM "todos" WHERE "id" = $2::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 version
--   $2 id

-- planner.v1.TodoRepository.SoftDelete, row in the wanted state already
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = $1::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 id

-- planner.v1.TodoRepository.Restore
UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 id

-- planner.v1.TodoRepository.Restore, with a version
UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND NOT ("deleted_at" IS NULL) AND "version" = $2::bigint RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
--   $1 id
--   $2 version

-- planner.v1.TodoRepository.Restore, why no row was found
SELECT "deleted_at" IS NULL, "version" = $1::bigint FROM "todos" WHERE "id" = $2::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 version
--   $2 id

-- planner.v1.TodoRepository.Restore, row in the wanted state already
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version" FROM "todos" WHERE "id" = $1::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 id

-- planner.v1.TodoRepository.Delete
DELETE FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL
--   $1 id

-- planner.v1.TodoRepository.Delete, with a version
DELETE FROM "todos" WHERE "id" = $1::uuid AND "deleted_at" IS NULL AND "version" = $2::bigint
--   $1 id
--   $2 version

-- planner.v1.TodoRepository.Delete, why no row was found
SELECT "deleted_at" IS NULL, "version" = $1::bigint FROM "todos" WHERE "id" = $2::uuid ORDER BY ("deleted_at" IS NULL) DESC, "deleted_at" DESC LIMIT 1
--   $1 version
--   $2 id

-- planner.v1.TodoRepository.BatchGet
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "#"
--   $1 elements' 

-- planner.v1.TodoRepository.BatchGet, including deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" ORDER BY "#"
--   $1 elements' 

-- planner.v1.TodoRepository.BatchGet, only deleted
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL) ORDER BY "#"
--   $1 elements' 

-- planner.v1.TodoRepository.BatchGet, some may be missing
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "#"
--   $1 elements' 

-- planner.v1.TodoRepository.BatchCreate
INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#") ORDER BY "#" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
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

-- planner.v1.TodoRepository.BatchCreate, some rows without what has a default
INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT COALESCE("#0", gen_random_uuid()), "#1", "#2", "#3", COALESCE("#4", 'OPEN'), "#5", COALESCE("#6", '{}'), "#7", COALESCE("#8"::text[], '{}'), "#9" FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#") ORDER BY "#" RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version"
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

-- planner.v1.TodoRepository.BatchUpdate
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#", "owner_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamp with time zone[], $6::jsonb[], $7::integer[], $8::text[], $9::interval[], $10::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "title" = "#2", "notes" = "#3", "status" = "#4", "due_at" = "#5", "labels" = "#6", "priority" = "#7", "tags" = "#8"::text[], "estimate" = "#9", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $11::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" ORDER BY "#"
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

-- planner.v1.TodoRepository.BatchUpdate, immutable fields where given
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#", ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") AS "#ok" FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamp with time zone[], $6::jsonb[], $7::integer[], $8::text[], $9::interval[], $10::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "title" = "#2", "notes" = "#3", "status" = "#4", "due_at" = "#5", "labels" = "#6", "priority" = "#7", "tags" = "#8"::text[], "estimate" = "#9", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $11::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" ORDER BY "#"
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

-- planner.v1.TodoRepository.BatchUpdate, writing nothing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "id" = "id" FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchUpdate, with versions
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AND "owner_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamp with time zone[], $6::jsonb[], $7::integer[], $8::text[], $9::interval[], $10::uuid[], $11::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#1", "#ver", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "title" = "#2", "notes" = "#3", "status" = "#4", "due_at" = "#5", "labels" = "#6", "priority" = "#7", "tags" = "#8"::text[], "estimate" = "#9", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $12::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" ORDER BY "#"
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

-- planner.v1.TodoRepository.BatchUpdate, why no row was found
SELECT "#", "id" IS NOT NULL, ("deleted_at" IS NULL), ("#ver" = 0 OR "version" = "#ver"), "owner_id" IS NOT DISTINCT FROM "#1" FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' version

-- planner.v1.TodoRepository.BatchSoftDelete
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "deleted_at" = clock_timestamp(), "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchSoftDelete, some may be missing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok", ("deleted_at" IS NULL) AS "#due", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "deleted_at" = clock_timestamp(), "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#" FROM "#target" WHERE NOT "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") ORDER BY "#"
--   $1 elements' id

-- planner.v1.TodoRepository.BatchSoftDelete, with versions
WITH "#target" AS (SELECT "#0", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AS "#ok" FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "deleted_at" = clock_timestamp(), "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 elements' version
--   $3 number of elements

-- planner.v1.TodoRepository.BatchSoftDelete, why no row was found
SELECT "#", "id" IS NOT NULL, ("deleted_at" IS NULL), ("#ver" = 0 OR "version" = "#ver") FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' version

-- planner.v1.TodoRepository.BatchRestore
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL) ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchRestore, some may be missing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok", (NOT ("deleted_at" IS NULL)) AS "#due", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#" FROM "#target" WHERE NOT "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") ORDER BY "#"
--   $1 elements' id

-- planner.v1.TodoRepository.BatchRestore, with versions
WITH "#target" AS (SELECT "#0", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AS "#ok" FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") JOIN "todos" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL) ORDER BY "id" FOR NO KEY UPDATE OF "todos"), "#changed" AS (UPDATE "todos" SET "deleted_at" = NULL, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target") RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 elements' version
--   $3 number of elements

-- planner.v1.TodoRepository.BatchRestore, why no row was found
SELECT "#", "id" IS NOT NULL, ("deleted_at" IS NULL), ("#ver" = 0 OR "version" = "#ver") FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' version

-- planner.v1.TodoRepository.BatchDelete
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "#") SELECT "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchDelete, including deleted
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "#") SELECT "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchDelete, only deleted
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE NOT ("deleted_at" IS NULL) ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "#") SELECT "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- planner.v1.TodoRepository.BatchDelete, some may be missing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "#") SELECT "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id

-- planner.v1.TodoRepository.BatchDelete, with versions
WITH "#target" AS (SELECT "#0", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AS "#ok" FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "id" FOR UPDATE OF "todos"), "#changed" AS (DELETE FROM "todos" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $3::bigint FROM "#target") RETURNING "#") SELECT "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 elements' version
--   $3 number of elements

-- planner.v1.TodoRepository.BatchDelete, why no row was found
SELECT "#", "id" IS NOT NULL, ("deleted_at" IS NULL), ("#ver" = 0 OR "version" = "#ver") FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' version

-- planner.v1.TodoRepository.Upsert
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = CASE WHEN "todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id") THEN "todos"."version" + 1 END WHERE "todos"."title" IS DISTINCT FROM excluded."title" OR "todos"."notes" IS DISTINCT FROM excluded."notes" OR "todos"."status" IS DISTINCT FROM excluded."status" OR "todos"."due_at" IS DISTINCT FROM excluded."due_at" OR "todos"."labels" IS DISTINCT FROM excluded."labels" OR "todos"."priority" IS DISTINCT FROM excluded."priority" OR "todos"."tags" IS DISTINCT FROM excluded."tags" OR "todos"."estimate" IS DISTINCT FROM excluded."estimate" OR ("todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id")) IS NOT TRUE RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#k0", ("todos".xmax = 0) AS "#new") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- planner.v1.TodoRepository.Upsert, some rows without what has a default
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND ("#4" IS NULL OR "status" IS NOT DISTINCT FROM "#4") AND "due_at" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "labels" IS NOT DISTINCT FROM "#6") AND "priority" IS NOT DISTINCT FROM "#7" AND ("#8"::text[] IS NULL OR "tags" IS NOT DISTINCT FROM "#8"::text[]) AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", COALESCE("#4", 'OPEN'), "#5", COALESCE("#6", '{}'), "#7", COALESCE("#8"::text[], '{}'), "#9" FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = COALESCE((SELECT "#4" FROM "#input" WHERE "#0" = excluded."id"), "todos"."status"), "due_at" = excluded."due_at", "labels" = COALESCE((SELECT "#6" FROM "#input" WHERE "#0" = excluded."id"), "todos"."labels"), "priority" = excluded."priority", "tags" = COALESCE((SELECT "#8"::text[] FROM "#input" WHERE "#0" = excluded."id"), "todos"."tags"), "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = CASE WHEN "todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id") THEN "todos"."version" + 1 END WHERE "todos"."title" IS DISTINCT FROM excluded."title" OR "todos"."notes" IS DISTINCT FROM excluded."notes" OR "todos"."status" IS DISTINCT FROM COALESCE((SELECT "#4" FROM "#input" WHERE "#0" = excluded."id"), "todos"."status") OR "todos"."due_at" IS DISTINCT FROM excluded."due_at" OR "todos"."labels" IS DISTINCT FROM COALESCE((SELECT "#6" FROM "#input" WHERE "#0" = excluded."id"), "todos"."labels") OR "todos"."priority" IS DISTINCT FROM excluded."priority" OR "todos"."tags" IS DISTINCT FROM COALESCE((SELECT "#8"::text[] FROM "#input" WHERE "#0" = excluded."id"), "todos"."tags") OR "todos"."estimate" IS DISTINCT FROM excluded."estimate" OR ("todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id")) IS NOT TRUE RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#k0", ("todos".xmax = 0) AS "#new") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- planner.v1.TodoRepository.Upsert, with versions
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[], $11::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = CASE WHEN "todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id") AND (SELECT "#ver" = 0 OR "todos"."version" = "#ver" FROM "#input" WHERE "#0" = excluded."id") THEN "todos"."version" + 1 END WHERE "todos"."title" IS DISTINCT FROM excluded."title" OR "todos"."notes" IS DISTINCT FROM excluded."notes" OR "todos"."status" IS DISTINCT FROM excluded."status" OR "todos"."due_at" IS DISTINCT FROM excluded."due_at" OR "todos"."labels" IS DISTINCT FROM excluded."labels" OR "todos"."priority" IS DISTINCT FROM excluded."priority" OR "todos"."tags" IS DISTINCT FROM excluded."tags" OR "todos"."estimate" IS DISTINCT FROM excluded."estimate" OR ("todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id") AND (SELECT "#ver" = 0 OR "todos"."version" = "#ver" FROM "#input" WHERE "#0" = excluded."id")) IS NOT TRUE RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#k0", ("todos".xmax = 0) AS "#new") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- planner.v1.TodoRepository.Upsert, why no row was found
SELECT "#", "id" IS NOT NULL, ("deleted_at" IS NULL), CASE WHEN "id" IS NOT NULL THEN ("#ver" = 0 OR "version" = "#ver") ELSE "#ver" = 0 END, ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' version

-- planner.v1.TodoRepository.Upsert, row in the wanted state already
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "#"
--   $1 elements' id

-- planner.v1.TodoRepository.BatchUpsert
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = CASE WHEN "todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id") THEN "todos"."version" + 1 END WHERE "todos"."title" IS DISTINCT FROM excluded."title" OR "todos"."notes" IS DISTINCT FROM excluded."notes" OR "todos"."status" IS DISTINCT FROM excluded."status" OR "todos"."due_at" IS DISTINCT FROM excluded."due_at" OR "todos"."labels" IS DISTINCT FROM excluded."labels" OR "todos"."priority" IS DISTINCT FROM excluded."priority" OR "todos"."tags" IS DISTINCT FROM excluded."tags" OR "todos"."estimate" IS DISTINCT FROM excluded."estimate" OR ("todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id")) IS NOT TRUE RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#k0", ("todos".xmax = 0) AS "#new") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- planner.v1.TodoRepository.BatchUpsert, some rows without what has a default
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND ("#4" IS NULL OR "status" IS NOT DISTINCT FROM "#4") AND "due_at" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "labels" IS NOT DISTINCT FROM "#6") AND "priority" IS NOT DISTINCT FROM "#7" AND ("#8"::text[] IS NULL OR "tags" IS NOT DISTINCT FROM "#8"::text[]) AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", COALESCE("#4", 'OPEN'), "#5", COALESCE("#6", '{}'), "#7", COALESCE("#8"::text[], '{}'), "#9" FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = COALESCE((SELECT "#4" FROM "#input" WHERE "#0" = excluded."id"), "todos"."status"), "due_at" = excluded."due_at", "labels" = COALESCE((SELECT "#6" FROM "#input" WHERE "#0" = excluded."id"), "todos"."labels"), "priority" = excluded."priority", "tags" = COALESCE((SELECT "#8"::text[] FROM "#input" WHERE "#0" = excluded."id"), "todos"."tags"), "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = CASE WHEN "todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id") THEN "todos"."version" + 1 END WHERE "todos"."title" IS DISTINCT FROM excluded."title" OR "todos"."notes" IS DISTINCT FROM excluded."notes" OR "todos"."status" IS DISTINCT FROM COALESCE((SELECT "#4" FROM "#input" WHERE "#0" = excluded."id"), "todos"."status") OR "todos"."due_at" IS DISTINCT FROM excluded."due_at" OR "todos"."labels" IS DISTINCT FROM COALESCE((SELECT "#6" FROM "#input" WHERE "#0" = excluded."id"), "todos"."labels") OR "todos"."priority" IS DISTINCT FROM excluded."priority" OR "todos"."tags" IS DISTINCT FROM COALESCE((SELECT "#8"::text[] FROM "#input" WHERE "#0" = excluded."id"), "todos"."tags") OR "todos"."estimate" IS DISTINCT FROM excluded."estimate" OR ("todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id")) IS NOT TRUE RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#k0", ("todos".xmax = 0) AS "#new") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- planner.v1.TodoRepository.BatchUpsert, with versions
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp with time zone[], $7::jsonb[], $8::integer[], $9::text[], $10::interval[], $11::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN "deleted_at" IS NULL AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AND "title" IS NOT DISTINCT FROM "#2" AND "notes" IS NOT DISTINCT FROM "#3" AND "status" IS NOT DISTINCT FROM "#4" AND "due_at" IS NOT DISTINCT FROM "#5" AND "labels" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "tags" IS NOT DISTINCT FROM "#8"::text[] AND "estimate" IS NOT DISTINCT FROM "#9" AS "#same", "id" AS "#c0", "owner_id" AS "#c1", "title" AS "#c2", "notes" AS "#c3", "status" AS "#c4", "due_at" AS "#c5", "labels" AS "#c6", "priority" AS "#c7", "tags" AS "#c8", "estimate" AS "#c9", "created_at" AS "#c10", "updated_at" AS "#c11", "deleted_at" AS "#c12", "version" AS "#c13" FROM "#input" LEFT JOIN "todos" ON "id" = "#0"), "#written" AS (INSERT INTO "todos" ("id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"::text[], "#9" FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", "notes" = excluded."notes", "status" = excluded."status", "due_at" = excluded."due_at", "labels" = excluded."labels", "priority" = excluded."priority", "tags" = excluded."tags", "estimate" = excluded."estimate", "updated_at" = clock_timestamp(), "version" = CASE WHEN "todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id") AND (SELECT "#ver" = 0 OR "todos"."version" = "#ver" FROM "#input" WHERE "#0" = excluded."id") THEN "todos"."version" + 1 END WHERE "todos"."title" IS DISTINCT FROM excluded."title" OR "todos"."notes" IS DISTINCT FROM excluded."notes" OR "todos"."status" IS DISTINCT FROM excluded."status" OR "todos"."due_at" IS DISTINCT FROM excluded."due_at" OR "todos"."labels" IS DISTINCT FROM excluded."labels" OR "todos"."priority" IS DISTINCT FROM excluded."priority" OR "todos"."tags" IS DISTINCT FROM excluded."tags" OR "todos"."estimate" IS DISTINCT FROM excluded."estimate" OR ("todos"."deleted_at" IS NULL AND "todos"."owner_id" IS NOT DISTINCT FROM COALESCE(excluded."owner_id", "todos"."owner_id") AND (SELECT "#ver" = 0 OR "todos"."version" = "#ver" FROM "#input" WHERE "#0" = excluded."id")) IS NOT TRUE RETURNING "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "id" AS "#k0", ("todos".xmax = 0) AS "#new") SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- planner.v1.TodoRepository.BatchUpsert, why no row was found
SELECT "#", "id" IS NOT NULL, ("deleted_at" IS NULL), CASE WHEN "id" IS NOT NULL THEN ("#ver" = 0 OR "version" = "#ver") ELSE "#ver" = 0 END, ("#1" IS NULL OR "owner_id" IS NOT DISTINCT FROM "#1") FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "todos" ON "id" = "#0" ORDER BY "#", ("deleted_at" IS NULL) DESC
--   $1 elements' id
--   $2 elements' owner_id
--   $3 elements' version

-- planner.v1.TodoRepository.BatchUpsert, row in the wanted state already
SELECT "id", "owner_id", "title", "notes", "status", "due_at", "labels", "priority", "tags", "estimate", "created_at", "updated_at", "deleted_at", "version", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "todos" ON "id" = "#0" WHERE "deleted_at" IS NULL ORDER BY "#"
--   $1 elements' id

