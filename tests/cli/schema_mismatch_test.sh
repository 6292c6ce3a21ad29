#!/usr/bin/env bash
# A database that does not fit the catalogue: the server names the command to run, and serves once it was run.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

migrate() {
  "$ROWKEEPER" migrate "$@" --migrations migrations/planner --database-url "$SCRATCH_URL" >"$WORK/migrate.log" 2>&1 ||
    fail "migrate $*: $(cat "$WORK/migrate.log")"
}
refused() { expect_error FAILED_PRECONDITION "rowkeeper migrate up --migrations migrations/planner" TodoRepository.List '{}'
}

# How many migrations lead back behind the tags of todos.
BEHIND=$(printf '%s\n' migrations/planner/*.sql | sed -n '/_add_todo_tags\.sql$/,$p' | wc -l)

make_scratch_database

step "an empty database"
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --migrations migrations/planner
wait_until 60 "calls are refused" refused
expect_error FAILED_PRECONDITION 'table "[a-z_]+" does not exist' TodoRepository.List '{}'
expect_error FAILED_PRECONDITION '"reason":"SCHEMA_MISMATCH"' TodoRepository.List '{}'
contains "$(cat "$SERVER_LOG")" 'level=error msg="not serving' "log"

step "the command that it names makes it serve, without a restart"
migrate up
wait_until 60 "the server serves" call TodoRepository.List '{}'

step "a database that is some migrations behind"
kill_server
migrate down "$BEHIND"
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --migrations migrations/planner
wait_until 60 "calls are refused" refused
expect_error FAILED_PRECONDITION 'planner.v1.Todo.*tags' TodoRepository.List '{}'
migrate up
wait_until 60 "the server serves" serving

step "check says the same, and fails"
migrate down "$BEHIND"
check_fails() {
  if output=$("$ROWKEEPER" check "${PLANNER[@]}" --database-url "$SCRATCH_URL" "$@" 2>&1); then fail "check should fail: $output"; fi
}
check_fails --migrations migrations/planner
contains "$output" "migrations are pending: run .rowkeeper migrate up --migrations migrations/planner --database-url " "check"
contains "$output" 'the database does not fit the catalogue: [0-9]+ of [0-9]+ methods cannot be served' "check"
equals "$(grep -c 'column "tags"' <<<"$output")" 1 "a cause is told once"
equals "$(grep -c 'LINE 1' <<<"$output" || true)" 0 "PostgreSQL's pointers are told on request"
check_fails --verbose
contains "$output" 'LINE 1' "check --verbose"
contains "$output" 'apply the migration that is missing, or write a migration that runs: ALTER TABLE "todos" ADD COLUMN "tags"' "check"
migrate up
"$ROWKEEPER" check "${PLANNER[@]}" --database-url "$SCRATCH_URL" >"$WORK/check.log" || fail "check: $(cat "$WORK/check.log")"
contains "$(cat "$WORK/check.log")" ' 0 refused' "check"
