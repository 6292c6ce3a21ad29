#!/usr/bin/env bash
# The table of idempotency keys: what check says without it, the migration that makes it, and what check says then.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

check() { "$ROWKEEPER" check "${PLANNER[@]}" --database-url "$SCRATCH_URL" 2>&1; }
migrate() { "$ROWKEEPER" migrate "$@" >"$WORK/migrate.log" 2>&1 || fail "migrate $*: $(cat "$WORK/migrate.log")"; }
sql() { psql -qAtX -v ON_ERROR_STOP=1 "$SCRATCH_URL" -c "$1"; }

make_scratch_database
mkdir "$WORK/migrations"
cp migrations/planner/*.sql "$WORK/migrations"
rm "$WORK"/migrations/*_create_rowkeeper_idempotency_keys.sql

step "without the table check gives advice, and is content"
migrate up --migrations "$WORK/migrations" --database-url "$SCRATCH_URL"
output=$(check) || fail "check: $output"
contains "$output" 'advice: there is no table rowkeeper_idempotency_keys.*rowkeeper migrate new idempotency_keys --idempotency-keys' "check"

step "the command that it names writes the migration"
migrate new idempotency_keys --idempotency-keys --migrations "$WORK/migrations"
migrate up --migrations "$WORK/migrations" --database-url "$SCRATCH_URL"
output=$(check) || fail "check: $output"
if grep -q 'rowkeeper_idempotency_keys' <<<"$output"; then fail "check still speaks of it: $output"; fi
if output=$("$ROWKEEPER" migrate new x --idempotency-keys --entity planner.v1.Todo --migrations "$WORK/migrations" 2>&1); then
  fail "a migration of keys and an entity at once: $output"
fi

step "the table of the example catalogues is the same"
columns="SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull, ', ' ORDER BY attnum)
  FROM pg_attribute WHERE attrelid = 'rowkeeper_idempotency_keys'::regclass AND attnum > 0"
made=$(sql "$columns")
for catalogue in planner tracker; do
  sql 'DROP TABLE rowkeeper_idempotency_keys'
  sed '/^-- migrate:down/,$d' migrations/$catalogue/*_create_rowkeeper_idempotency_keys.sql >"$WORK/up.sql"
  psql -qX -v ON_ERROR_STOP=1 "$SCRATCH_URL" -f "$WORK/up.sql"
  [ "$(sql "$columns")" = "$made" ] || fail "$catalogue: $(sql "$columns") is not $made"
done

step "a table that does not fit is an error"
sql 'ALTER TABLE rowkeeper_idempotency_keys DROP COLUMN response'
if output=$(check); then fail "check should fail: $output"; fi
contains "$output" 'error: PostgreSQL refuses [0-9]+ statements? of table rowkeeper_idempotency_keys: .*"response"' "check"
