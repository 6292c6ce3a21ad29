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

