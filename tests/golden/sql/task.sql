-- tracker.v1.TaskRepository.Create
INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text, $7::text, $8::"task_priority", $9::date, $10::interval, $11::double precision, $12::jsonb) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
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

-- tracker.v1.TaskRepository.Create, writing task.id
INSERT INTO "task" ("id") VALUES ($1::uuid) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.id

-- tracker.v1.TaskRepository.Create, writing task.project_id
INSERT INTO "task" ("project_id") VALUES ($1::uuid) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.project_id

-- tracker.v1.TaskRepository.Create, writing task.assignee_id
INSERT INTO "task" ("assignee_id") VALUES ($1::uuid) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.assignee_id

-- tracker.v1.TaskRepository.Create, writing task.board_column_id
INSERT INTO "task" ("board_column_id") VALUES ($1::uuid) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.board_column_id

-- tracker.v1.TaskRepository.Create, writing task.title
INSERT INTO "task" ("title") VALUES ($1::text) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.title

-- tracker.v1.TaskRepository.Create, writing task.description
INSERT INTO "task" ("description") VALUES ($1::text) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.description

-- tracker.v1.TaskRepository.Create, writing task.status
INSERT INTO "task" ("status") VALUES ($1::text) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.status

-- tracker.v1.TaskRepository.Create, writing task.priority
INSERT INTO "task" ("priority") VALUES ($1::"task_priority") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.priority

-- tracker.v1.TaskRepository.Create, writing task.due_date
INSERT INTO "task" ("due_date") VALUES ($1::date) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.due_date

-- tracker.v1.TaskRepository.Create, writing task.estimate
INSERT INTO "task" ("estimate") VALUES ($1::interval) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.estimate

-- tracker.v1.TaskRepository.Create, writing task.position
INSERT INTO "task" ("position") VALUES ($1::double precision) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.position

-- tracker.v1.TaskRepository.Create, writing task.custom_numbers
INSERT INTO "task" ("custom_numbers") VALUES ($1::jsonb) RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.custom_numbers

-- tracker.v1.TaskRepository.Create, writing nothing
INSERT INTO "task" DEFAULT VALUES RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"

-- tracker.v1.TaskRepository.GetById
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "id" = $1::uuid AND NOT "is_deleted"
--   $1 id

-- tracker.v1.TaskRepository.GetById, including deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "id" = $1::uuid ORDER BY (NOT "is_deleted") DESC LIMIT 1
--   $1 id

-- tracker.v1.TaskRepository.GetById, only deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "id" = $1::uuid AND NOT (NOT "is_deleted") ORDER BY (NOT "is_deleted") DESC LIMIT 1
--   $1 id

-- tracker.v1.TaskRepository.List
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, without status
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "priority" = $1::"task_priority" AND "title" LIKE $2::text AND "status" <> ALL($3::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $4::jsonb AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 priority
--   $2 title_like
--   $3 without_statuses
--   $4 custom_numbers
--   $5 limit

-- tracker.v1.TaskRepository.List, without priority
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "title" LIKE $2::text AND "status" <> ALL($3::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $4::jsonb AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 status
--   $2 title_like
--   $3 without_statuses
--   $4 custom_numbers
--   $5 limit

-- tracker.v1.TaskRepository.List, without title_like
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "status" <> ALL($3::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $4::jsonb AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 status
--   $2 priority
--   $3 without_statuses
--   $4 custom_numbers
--   $5 limit

-- tracker.v1.TaskRepository.List, without without_statuses
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "assignee_id" IS NULL AND "custom_numbers" @> $4::jsonb AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 custom_numbers
--   $5 limit

-- tracker.v1.TaskRepository.List, without unassigned
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, with unassigned false
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NOT NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, without custom_numbers
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 limit

-- tracker.v1.TaskRepository.List, including deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, only deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT (NOT "is_deleted") ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("created_at", "id") < ($6::timestamp with time zone, $7::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by id
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by id, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("id") > ($6::uuid) ORDER BY "id" LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by id desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by id desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("id") < ($6::uuid) ORDER BY "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by title
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "title", "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by title, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("title", "id") > ($6::text, $7::uuid) ORDER BY "title", "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by title desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "title" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by title desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("title", "id") < ($6::text, $7::uuid) ORDER BY "title" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by priority
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "priority", "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by priority, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("priority", "id") > ($6::"task_priority", $7::uuid) ORDER BY "priority", "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by priority desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "priority" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by priority desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("priority", "id") < ($6::"task_priority", $7::uuid) ORDER BY "priority" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "due_date", "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by due_date, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ((("due_date" > $6::date OR "due_date" IS NULL)) OR ("due_date" = $6::date AND "id" > $7::uuid)) ORDER BY "due_date", "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND (("due_date" IS NULL AND "id" > $6::uuid)) ORDER BY "due_date", "id" LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 1
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by due_date nulls first
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "due_date" NULLS FIRST, "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by due_date nulls first, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND "due_date" >= $6::date AND (("due_date" > $6::date) OR ("due_date" = $6::date AND "id" > $7::uuid)) ORDER BY "due_date" NULLS FIRST, "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date nulls first, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND (("due_date" IS NOT NULL) OR ("due_date" IS NULL AND "id" > $6::uuid)) ORDER BY "due_date" NULLS FIRST, "id" LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 1
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "due_date" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND "due_date" <= $6::date AND (("due_date" < $6::date) OR ("due_date" = $6::date AND "id" < $7::uuid)) ORDER BY "due_date" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND (("due_date" IS NOT NULL) OR ("due_date" IS NULL AND "id" < $6::uuid)) ORDER BY "due_date" DESC, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 1
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc nulls last
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc nulls last, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ((("due_date" < $6::date OR "due_date" IS NULL)) OR ("due_date" = $6::date AND "id" < $7::uuid)) ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by due_date desc nulls last, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND (("due_date" IS NULL AND "id" < $6::uuid)) ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $7::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 1
--   $7 limit

-- tracker.v1.TaskRepository.List, ordered by position
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "position", "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by position, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("position", "id") > ($6::double precision, $7::uuid) ORDER BY "position", "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by position desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "position" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by position desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("position", "id") < ($6::double precision, $7::uuid) ORDER BY "position" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by created_at
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "created_at", "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by created_at, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("created_at", "id") > ($6::timestamp with time zone, $7::uuid) ORDER BY "created_at", "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by created_at desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by created_at desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("created_at", "id") < ($6::timestamp with time zone, $7::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by updated_at
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "updated_at", "id" LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by updated_at, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("updated_at", "id") > ($6::timestamp with time zone, $7::uuid) ORDER BY "updated_at", "id" LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.List, ordered by updated_at desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" ORDER BY "updated_at" DESC, "id" DESC LIMIT $6::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 limit

-- tracker.v1.TaskRepository.List, ordered by updated_at desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "status" = $1::text AND "priority" = $2::"task_priority" AND "title" LIKE $3::text AND "status" <> ALL($4::text[]) AND "assignee_id" IS NULL AND "custom_numbers" @> $5::jsonb AND NOT "is_deleted" AND ("updated_at", "id") < ($6::timestamp with time zone, $7::uuid) ORDER BY "updated_at" DESC, "id" DESC LIMIT $8::bigint
--   $1 status
--   $2 priority
--   $3 title_like
--   $4 without_statuses
--   $5 custom_numbers
--   $6 cursor 0
--   $7 cursor 1
--   $8 limit

-- tracker.v1.TaskRepository.ListByStatuses
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, including deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) ORDER BY "created_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, only deleted
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT (NOT "is_deleted") ORDER BY "created_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("created_at", "id") < ($3::timestamp with time zone, $4::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by id
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by id, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("id") > ($3::uuid) ORDER BY "id" LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by id desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by id desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("id") < ($3::uuid) ORDER BY "id" DESC LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by title
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "title", "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by title, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("title", "id") > ($3::text, $4::uuid) ORDER BY "title", "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by title desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "title" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by title desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("title", "id") < ($3::text, $4::uuid) ORDER BY "title" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by priority
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "priority", "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by priority, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("priority", "id") > ($3::"task_priority", $4::uuid) ORDER BY "priority", "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by priority desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "priority" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by priority desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("priority", "id") < ($3::"task_priority", $4::uuid) ORDER BY "priority" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "due_date", "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ((("due_date" > $3::date OR "due_date" IS NULL)) OR ("due_date" = $3::date AND "id" > $4::uuid)) ORDER BY "due_date", "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND (("due_date" IS NULL AND "id" > $3::uuid)) ORDER BY "due_date", "id" LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 1
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date nulls first
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "due_date" NULLS FIRST, "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date nulls first, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND "due_date" >= $3::date AND (("due_date" > $3::date) OR ("due_date" = $3::date AND "id" > $4::uuid)) ORDER BY "due_date" NULLS FIRST, "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date nulls first, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND (("due_date" IS NOT NULL) OR ("due_date" IS NULL AND "id" > $3::uuid)) ORDER BY "due_date" NULLS FIRST, "id" LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 1
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "due_date" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND "due_date" <= $3::date AND (("due_date" < $3::date) OR ("due_date" = $3::date AND "id" < $4::uuid)) ORDER BY "due_date" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND (("due_date" IS NOT NULL) OR ("due_date" IS NULL AND "id" < $3::uuid)) ORDER BY "due_date" DESC, "id" DESC LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 1
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc nulls last
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc nulls last, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ((("due_date" < $3::date OR "due_date" IS NULL)) OR ("due_date" = $3::date AND "id" < $4::uuid)) ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by due_date desc nulls last, next page after NULL
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND (("due_date" IS NULL AND "id" < $3::uuid)) ORDER BY "due_date" DESC NULLS LAST, "id" DESC LIMIT $4::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 1
--   $4 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by position
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "position", "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by position, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("position", "id") > ($3::double precision, $4::uuid) ORDER BY "position", "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by position desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "position" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by position desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("position", "id") < ($3::double precision, $4::uuid) ORDER BY "position" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by created_at
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "created_at", "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by created_at, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("created_at", "id") > ($3::timestamp with time zone, $4::uuid) ORDER BY "created_at", "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by created_at desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "created_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by created_at desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("created_at", "id") < ($3::timestamp with time zone, $4::uuid) ORDER BY "created_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by updated_at
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "updated_at", "id" LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by updated_at, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("updated_at", "id") > ($3::timestamp with time zone, $4::uuid) ORDER BY "updated_at", "id" LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by updated_at desc
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" ORDER BY "updated_at" DESC, "id" DESC LIMIT $3::bigint
--   $1 project_id
--   $2 statuses
--   $3 limit

-- tracker.v1.TaskRepository.ListByStatuses, ordered by updated_at desc, next page
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "project_id" = $1::uuid AND "status" = ANY($2::text[]) AND NOT "is_deleted" AND ("updated_at", "id") < ($3::timestamp with time zone, $4::uuid) ORDER BY "updated_at" DESC, "id" DESC LIMIT $5::bigint
--   $1 project_id
--   $2 statuses
--   $3 cursor 0
--   $4 cursor 1
--   $5 limit

-- tracker.v1.TaskRepository.Update
UPDATE "task" SET "assignee_id" = $1::uuid, "board_column_id" = $2::uuid, "title" = $3::text, "description" = $4::text, "status" = $5::text, "priority" = $6::"task_priority", "due_date" = $7::date, "estimate" = $8::interval, "position" = $9::double precision, "custom_numbers" = $10::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $11::uuid AND NOT "is_deleted" AND "project_id" IS NOT DISTINCT FROM $12::uuid RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
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

-- tracker.v1.TaskRepository.Update, writing task.assignee_id
UPDATE "task" SET "assignee_id" = $1::uuid, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.assignee_id
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.board_column_id
UPDATE "task" SET "board_column_id" = $1::uuid, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.board_column_id
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.title
UPDATE "task" SET "title" = $1::text, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.title
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.description
UPDATE "task" SET "description" = $1::text, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.description
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.status
UPDATE "task" SET "status" = $1::text, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.status
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.priority
UPDATE "task" SET "priority" = $1::"task_priority", "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.priority
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.due_date
UPDATE "task" SET "due_date" = $1::date, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.due_date
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.estimate
UPDATE "task" SET "estimate" = $1::interval, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.estimate
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.position
UPDATE "task" SET "position" = $1::double precision, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.position
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing task.custom_numbers
UPDATE "task" SET "custom_numbers" = $1::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $2::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.custom_numbers
--   $2 task.id

-- tracker.v1.TaskRepository.Update, writing nothing
UPDATE "task" SET "id" = "id" WHERE "id" = $1::uuid AND NOT "is_deleted" AND "project_id" IS NOT DISTINCT FROM $2::uuid RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 task.id
--   $2 task.project_id

-- tracker.v1.TaskRepository.Update, with a version
UPDATE "task" SET "assignee_id" = $1::uuid, "board_column_id" = $2::uuid, "title" = $3::text, "description" = $4::text, "status" = $5::text, "priority" = $6::"task_priority", "due_date" = $7::date, "estimate" = $8::interval, "position" = $9::double precision, "custom_numbers" = $10::jsonb, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $11::uuid AND NOT "is_deleted" AND "version" = $12::bigint AND "project_id" IS NOT DISTINCT FROM $13::uuid RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
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

-- tracker.v1.TaskRepository.Update, why no row was found
SELECT NOT "is_deleted", "version" = $1::bigint, "project_id" IS NOT DISTINCT FROM $2::uuid FROM "task" WHERE "id" = $3::uuid ORDER BY (NOT "is_deleted") DESC LIMIT 1
--   $1 version
--   $2 task.project_id
--   $3 task.id

-- tracker.v1.TaskRepository.SoftDelete
UPDATE "task" SET "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND NOT "is_deleted" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 id

-- tracker.v1.TaskRepository.SoftDelete, with a version
UPDATE "task" SET "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND NOT "is_deleted" AND "version" = $2::bigint RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 id
--   $2 version

-- tracker.v1.TaskRepository.SoftDelete, why no row was found
SELECT NOT "is_deleted", "version" = $1::bigint FROM "task" WHERE "id" = $2::uuid ORDER BY (NOT "is_deleted") DESC LIMIT 1
--   $1 version
--   $2 id

-- tracker.v1.TaskRepository.SoftDelete, row in the wanted state already
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "id" = $1::uuid ORDER BY (NOT "is_deleted") DESC LIMIT 1
--   $1 id

-- tracker.v1.TaskRepository.Restore
UPDATE "task" SET "is_deleted" = false, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND NOT (NOT "is_deleted") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 id

-- tracker.v1.TaskRepository.Restore, with a version
UPDATE "task" SET "is_deleted" = false, "updated_at" = clock_timestamp(), "version" = "version" + 1 WHERE "id" = $1::uuid AND NOT (NOT "is_deleted") AND "version" = $2::bigint RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
--   $1 id
--   $2 version

-- tracker.v1.TaskRepository.Restore, why no row was found
SELECT NOT "is_deleted", "version" = $1::bigint FROM "task" WHERE "id" = $2::uuid ORDER BY (NOT "is_deleted") DESC LIMIT 1
--   $1 version
--   $2 id

-- tracker.v1.TaskRepository.Restore, row in the wanted state already
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted" FROM "task" WHERE "id" = $1::uuid ORDER BY (NOT "is_deleted") DESC LIMIT 1
--   $1 id

-- tracker.v1.TaskRepository.Delete
DELETE FROM "task" WHERE "id" = $1::uuid AND NOT "is_deleted"
--   $1 id

-- tracker.v1.TaskRepository.Delete, with a version
DELETE FROM "task" WHERE "id" = $1::uuid AND NOT "is_deleted" AND "version" = $2::bigint
--   $1 id
--   $2 version

-- tracker.v1.TaskRepository.Delete, why no row was found
SELECT NOT "is_deleted", "version" = $1::bigint FROM "task" WHERE "id" = $2::uuid ORDER BY (NOT "is_deleted") DESC LIMIT 1
--   $1 version
--   $2 id

-- tracker.v1.TaskRepository.BatchGet
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "#"
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchGet, some may be missing
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "#"
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchCreate
INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#") ORDER BY "#" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
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

-- tracker.v1.TaskRepository.BatchCreate, some rows without what has a default
INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT COALESCE("#0", gen_random_uuid()), "#1", "#2", "#3", "#4", "#5", COALESCE("#6", 'TODO'), COALESCE("#7", 'NORMAL'), "#8", "#9", "#10", COALESCE("#11", '{}') FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#") ORDER BY "#" RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted"
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

-- tracker.v1.TaskRepository.BatchUpdate
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#", "project_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::"task_priority"[], $8::date[], $9::interval[], $10::double precision[], $11::jsonb[], $12::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "assignee_id" = "#2", "board_column_id" = "#3", "title" = "#4", "description" = "#5", "status" = "#6", "priority" = "#7", "due_date" = "#8", "estimate" = "#9", "position" = "#10", "custom_numbers" = "#11", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $13::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM "#changed" ORDER BY "#"
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

-- tracker.v1.TaskRepository.BatchUpdate, immutable fields where given
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#", ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") AS "#ok" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::"task_priority"[], $8::date[], $9::interval[], $10::double precision[], $11::jsonb[], $12::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "assignee_id" = "#2", "board_column_id" = "#3", "title" = "#4", "description" = "#5", "status" = "#6", "priority" = "#7", "due_date" = "#8", "estimate" = "#9", "position" = "#10", "custom_numbers" = "#11", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $13::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM "#changed" ORDER BY "#"
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

-- tracker.v1.TaskRepository.BatchUpdate, writing nothing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "id" = "id" FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM "#changed" ORDER BY "#"
--   $1 elements' id
--   $2 number of elements

-- tracker.v1.TaskRepository.BatchUpdate, with versions
WITH "#target" AS (SELECT "#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#ver", "#", ("#ver" = 0 OR "version" = "#ver") AND "project_id" IS NOT DISTINCT FROM "#1" AS "#ok" FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::"task_priority"[], $8::date[], $9::interval[], $10::double precision[], $11::jsonb[], $12::uuid[], $13::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#1", "#ver", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "assignee_id" = "#2", "board_column_id" = "#3", "title" = "#4", "description" = "#5", "status" = "#6", "priority" = "#7", "due_date" = "#8", "estimate" = "#9", "position" = "#10", "custom_numbers" = "#11", "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $14::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM "#changed" ORDER BY "#"
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

-- tracker.v1.TaskRepository.BatchUpdate, why no row was found
SELECT "#", "id" IS NOT NULL, (NOT "is_deleted"), ("#ver" = 0 OR "version" = "#ver"), "project_id" IS NOT DISTINCT FROM "#1" FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "task" ON "id" = "#0" ORDER BY "#", (NOT "is_deleted") DESC
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' version

-- tracker.v1.TaskRepository.BatchSoftDelete
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM "#changed" ORDER BY "#"
--   $1 elements' 
--   $2 number of elements

-- tracker.v1.TaskRepository.BatchSoftDelete, some may be missing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok", (NOT "is_deleted") AS "#due", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "version" AS "#c14", "is_deleted" AS "#c15" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "is_deleted" = true, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM "#changed" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#" FROM "#target" WHERE NOT "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") ORDER BY "#"
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchSoftDelete, why no row was found
SELECT "#", "id" IS NOT NULL, (NOT "is_deleted"), true FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") LEFT JOIN "task" ON "id" = "#0" ORDER BY "#", (NOT "is_deleted") DESC
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchRestore
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT (NOT "is_deleted") ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "is_deleted" = false, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM "#changed" ORDER BY "#"
--   $1 elements' 
--   $2 number of elements

-- tracker.v1.TaskRepository.BatchRestore, some may be missing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok", (NOT (NOT "is_deleted")) AS "#due", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "version" AS "#c14", "is_deleted" AS "#c15" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" ORDER BY "id" FOR NO KEY UPDATE OF "task"), "#changed" AS (UPDATE "task" SET "is_deleted" = false, "updated_at" = clock_timestamp(), "version" = "version" + 1 FROM "#target" WHERE "id" = "#0" AND "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM "#changed" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#" FROM "#target" WHERE NOT "#due" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") ORDER BY "#"
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchRestore, why no row was found
SELECT "#", "id" IS NOT NULL, (NOT "is_deleted"), true FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") LEFT JOIN "task" ON "id" = "#0" ORDER BY "#", (NOT "is_deleted") DESC
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchDelete
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "id" FOR UPDATE OF "task"), "#changed" AS (DELETE FROM "task" USING "#target" WHERE "id" = "#0" AND (SELECT count(*) FILTER (WHERE "#ok") = $2::bigint FROM "#target") RETURNING "#") SELECT "#" FROM "#changed" ORDER BY "#"
--   $1 elements' 
--   $2 number of elements

-- tracker.v1.TaskRepository.BatchDelete, some may be missing
WITH "#target" AS (SELECT "#0", "#", true AS "#ok" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "id" FOR UPDATE OF "task"), "#changed" AS (DELETE FROM "task" USING "#target" WHERE "id" = "#0" AND (SELECT COALESCE(bool_and("#ok"), true) FROM "#target") RETURNING "#") SELECT "#" FROM "#changed" ORDER BY "#"
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchDelete, why no row was found
SELECT "#", "id" IS NOT NULL, (NOT "is_deleted"), true FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") LEFT JOIN "task" ON "id" = "#0" ORDER BY "#", (NOT "is_deleted") DESC
--   $1 elements' 

-- tracker.v1.TaskRepository.BatchUpsert
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#", CASE WHEN "id" IS NOT NULL THEN NOT "is_deleted" AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND "status" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND "custom_numbers" IS NOT DISTINCT FROM "#11" AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "version" AS "#c14", "is_deleted" AS "#c15" FROM "#input" LEFT JOIN "task" ON "id" = "#0"), "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "assignee_id" = excluded."assignee_id", "board_column_id" = excluded."board_column_id", "title" = excluded."title", "description" = excluded."description", "status" = excluded."status", "priority" = excluded."priority", "due_date" = excluded."due_date", "estimate" = excluded."estimate", "position" = excluded."position", "custom_numbers" = excluded."custom_numbers", "updated_at" = clock_timestamp(), "version" = CASE WHEN NOT "task"."is_deleted" AND "task"."project_id" IS NOT DISTINCT FROM COALESCE(excluded."project_id", "task"."project_id") THEN "task"."version" + 1 END WHERE "task"."assignee_id" IS DISTINCT FROM excluded."assignee_id" OR "task"."board_column_id" IS DISTINCT FROM excluded."board_column_id" OR "task"."title" IS DISTINCT FROM excluded."title" OR "task"."description" IS DISTINCT FROM excluded."description" OR "task"."status" IS DISTINCT FROM excluded."status" OR "task"."priority" IS DISTINCT FROM excluded."priority" OR "task"."due_date" IS DISTINCT FROM excluded."due_date" OR "task"."estimate" IS DISTINCT FROM excluded."estimate" OR "task"."position" IS DISTINCT FROM excluded."position" OR "task"."custom_numbers" IS DISTINCT FROM excluded."custom_numbers" OR (NOT "task"."is_deleted" AND "task"."project_id" IS NOT DISTINCT FROM COALESCE(excluded."project_id", "task"."project_id")) IS NOT TRUE RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "id" AS "#k0", ("task".xmax = 0) AS "#new") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- tracker.v1.TaskRepository.BatchUpsert, some rows without what has a default
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#", CASE WHEN "id" IS NOT NULL THEN NOT "is_deleted" AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ELSE true END AS "#ok", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND ("#6" IS NULL OR "status" IS NOT DISTINCT FROM "#6") AND ("#7" IS NULL OR "priority" IS NOT DISTINCT FROM "#7") AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND ("#11" IS NULL OR "custom_numbers" IS NOT DISTINCT FROM "#11") AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "version" AS "#c14", "is_deleted" AS "#c15" FROM "#input" LEFT JOIN "task" ON "id" = "#0"), "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", COALESCE("#6", 'TODO'), COALESCE("#7", 'NORMAL'), "#8", "#9", "#10", COALESCE("#11", '{}') FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "assignee_id" = excluded."assignee_id", "board_column_id" = excluded."board_column_id", "title" = excluded."title", "description" = excluded."description", "status" = COALESCE((SELECT "#6" FROM "#input" WHERE "#0" = excluded."id"), "task"."status"), "priority" = COALESCE((SELECT "#7" FROM "#input" WHERE "#0" = excluded."id"), "task"."priority"), "due_date" = excluded."due_date", "estimate" = excluded."estimate", "position" = excluded."position", "custom_numbers" = COALESCE((SELECT "#11" FROM "#input" WHERE "#0" = excluded."id"), "task"."custom_numbers"), "updated_at" = clock_timestamp(), "version" = CASE WHEN NOT "task"."is_deleted" AND "task"."project_id" IS NOT DISTINCT FROM COALESCE(excluded."project_id", "task"."project_id") THEN "task"."version" + 1 END WHERE "task"."assignee_id" IS DISTINCT FROM excluded."assignee_id" OR "task"."board_column_id" IS DISTINCT FROM excluded."board_column_id" OR "task"."title" IS DISTINCT FROM excluded."title" OR "task"."description" IS DISTINCT FROM excluded."description" OR "task"."status" IS DISTINCT FROM COALESCE((SELECT "#6" FROM "#input" WHERE "#0" = excluded."id"), "task"."status") OR "task"."priority" IS DISTINCT FROM COALESCE((SELECT "#7" FROM "#input" WHERE "#0" = excluded."id"), "task"."priority") OR "task"."due_date" IS DISTINCT FROM excluded."due_date" OR "task"."estimate" IS DISTINCT FROM excluded."estimate" OR "task"."position" IS DISTINCT FROM excluded."position" OR "task"."custom_numbers" IS DISTINCT FROM COALESCE((SELECT "#11" FROM "#input" WHERE "#0" = excluded."id"), "task"."custom_numbers") OR (NOT "task"."is_deleted" AND "task"."project_id" IS NOT DISTINCT FROM COALESCE(excluded."project_id", "task"."project_id")) IS NOT TRUE RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "id" AS "#k0", ("task".xmax = 0) AS "#new") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- tracker.v1.TaskRepository.BatchUpsert, with versions
WITH "#input" AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::"task_priority"[], $9::date[], $10::interval[], $11::double precision[], $12::jsonb[], $13::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#ver", "#")), "#found" AS (SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11", "#ver", "#", CASE WHEN "id" IS NOT NULL THEN NOT "is_deleted" AND ("#ver" = 0 OR "version" = "#ver") AND ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") ELSE "#ver" = 0 END AS "#ok", "id" IS NOT NULL AND "assignee_id" IS NOT DISTINCT FROM "#2" AND "board_column_id" IS NOT DISTINCT FROM "#3" AND "title" IS NOT DISTINCT FROM "#4" AND "description" IS NOT DISTINCT FROM "#5" AND "status" IS NOT DISTINCT FROM "#6" AND "priority" IS NOT DISTINCT FROM "#7" AND "due_date" IS NOT DISTINCT FROM "#8" AND "estimate" IS NOT DISTINCT FROM "#9" AND "position" IS NOT DISTINCT FROM "#10" AND "custom_numbers" IS NOT DISTINCT FROM "#11" AS "#same", "id" AS "#c0", "project_id" AS "#c1", "assignee_id" AS "#c2", "board_column_id" AS "#c3", "title" AS "#c4", "description" AS "#c5", "status" AS "#c6", "priority" AS "#c7", "due_date" AS "#c8", "estimate" AS "#c9", "position" AS "#c10", "custom_numbers" AS "#c11", "created_at" AS "#c12", "updated_at" AS "#c13", "version" AS "#c14", "is_deleted" AS "#c15" FROM "#input" LEFT JOIN "task" ON "id" = "#0"), "#written" AS (INSERT INTO "task" ("id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers") SELECT "#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10", "#11" FROM "#input" WHERE (SELECT bool_and("#ok") FROM "#found") ORDER BY "#0" ON CONFLICT ("id") DO UPDATE SET "assignee_id" = excluded."assignee_id", "board_column_id" = excluded."board_column_id", "title" = excluded."title", "description" = excluded."description", "status" = excluded."status", "priority" = excluded."priority", "due_date" = excluded."due_date", "estimate" = excluded."estimate", "position" = excluded."position", "custom_numbers" = excluded."custom_numbers", "updated_at" = clock_timestamp(), "version" = CASE WHEN NOT "task"."is_deleted" AND "task"."project_id" IS NOT DISTINCT FROM COALESCE(excluded."project_id", "task"."project_id") AND (SELECT "#ver" = 0 OR "task"."version" = "#ver" FROM "#input" WHERE "#0" = excluded."id") THEN "task"."version" + 1 END WHERE "task"."assignee_id" IS DISTINCT FROM excluded."assignee_id" OR "task"."board_column_id" IS DISTINCT FROM excluded."board_column_id" OR "task"."title" IS DISTINCT FROM excluded."title" OR "task"."description" IS DISTINCT FROM excluded."description" OR "task"."status" IS DISTINCT FROM excluded."status" OR "task"."priority" IS DISTINCT FROM excluded."priority" OR "task"."due_date" IS DISTINCT FROM excluded."due_date" OR "task"."estimate" IS DISTINCT FROM excluded."estimate" OR "task"."position" IS DISTINCT FROM excluded."position" OR "task"."custom_numbers" IS DISTINCT FROM excluded."custom_numbers" OR (NOT "task"."is_deleted" AND "task"."project_id" IS NOT DISTINCT FROM COALESCE(excluded."project_id", "task"."project_id") AND (SELECT "#ver" = 0 OR "task"."version" = "#ver" FROM "#input" WHERE "#0" = excluded."id")) IS NOT TRUE RETURNING "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "id" AS "#k0", ("task".xmax = 0) AS "#new") SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#", CASE WHEN "#new" THEN 'INSERTED' ELSE 'UPDATED' END FROM "#written" JOIN "#input" ON "#k0" = "#0" UNION ALL SELECT "#c0", "#c1", "#c2", "#c3", "#c4", "#c5", "#c6", "#c7", "#c8", "#c9", "#c10", "#c11", "#c12", "#c13", "#c14", "#c15", "#", 'UNCHANGED' FROM "#found" WHERE "#same" AND (SELECT bool_and("#ok") FROM "#found") AND NOT EXISTS (SELECT FROM "#written" WHERE "#k0" = "#0") ORDER BY "#"
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

-- tracker.v1.TaskRepository.BatchUpsert, why no row was found
SELECT "#", "id" IS NOT NULL, (NOT "is_deleted"), CASE WHEN "id" IS NOT NULL THEN ("#ver" = 0 OR "version" = "#ver") ELSE "#ver" = 0 END, ("#1" IS NULL OR "project_id" IS NOT DISTINCT FROM "#1") FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) WITH ORDINALITY AS "#batch" ("#0", "#1", "#ver", "#") LEFT JOIN "task" ON "id" = "#0" ORDER BY "#", (NOT "is_deleted") DESC
--   $1 elements' id
--   $2 elements' project_id
--   $3 elements' version

-- tracker.v1.TaskRepository.BatchUpsert, row in the wanted state already
SELECT "id", "project_id", "assignee_id", "board_column_id", "title", "description", "status", "priority", "due_date", "estimate", "position", "custom_numbers", "created_at", "updated_at", "version", "is_deleted", "#" FROM unnest($1::uuid[]) WITH ORDINALITY AS "#batch" ("#0", "#") JOIN "task" ON "id" = "#0" WHERE NOT "is_deleted" ORDER BY "#"
--   $1 elements' id

