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

