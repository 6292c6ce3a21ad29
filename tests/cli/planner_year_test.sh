#!/usr/bin/env bash
# A year of the planner: planner_year.py edits its protos, step after step. For each, diff writes the migration, lint and
# compatibility have nothing against it, up runs it on tables that hold rows, no value is lost but those of dropped
# columns, and a server serves it. In the end all files together go up, down and up again.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

command -v python3 >/dev/null || skip "python3 is not installed"
readonly YEAR=tests/cli/planner_year.py
readonly MIGRATIONS=$WORK/migrations

# rowkeeper EXPECTED_CODE ARG...: sets `output`.
rowkeeper() {
  local expected=$1 code=0
  shift
  output=$("$ROWKEEPER" "$@" 2>&1) || code=$?
  [ "$code" = "$expected" ] || fail "$what: rowkeeper $*: exit code $code, not $expected: $output"
}
on_database() { rowkeeper "$@" --database-url "$SCRATCH_URL" --migrations "$MIGRATIONS"; }
declared() { on_database "$@" --proto-path "$WORK/proto"; }
newest() { find "$MIGRATIONS" -maxdepth 1 -name '*.sql' -printf '%f\n' | sort | tail -n 1 | cut -d_ -f1; }

# A line for each value of the database: which table and field number, which row, the value.
values() {
  psql -XqAt -v ON_ERROR_STOP=1 "$SCRATCH_URL" <<'SQL' | LC_ALL=C sort
SELECT format('SELECT %L, k.id::text, coalesce(k.%I::text, ''NULL'') FROM %s k',
              c.oid || '.' || substring(col_description(c.oid, a.attnum) FROM '^proto:(\d+)'), a.attname, c.oid::regclass)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind = 'r' AND obj_description(c.oid, 'pg_class') ~ '^proto:' AND col_description(c.oid, a.attnum) ~ '^proto:\d'
\gexec
SQL
}

# Everything that was there is there, but for the values of as many columns as the step says.
expect_values_kept() {
  values >"$WORK/after"
  LC_ALL=C comm -23 "$WORK/before" "$WORK/after" >"$WORK/lost"
  cut -d'|' -f1 "$WORK/after" | sort -u >"$WORK/columns"
  lost=$(cut -d'|' -f1 "$WORK/before" | sort -u | comm -23 - "$WORK/columns" | wc -l)
  equals "$lost" "$(python3 "$YEAR" drops "$1")" "$what: columns that went"
  grep -vF -f <(cut -d'|' -f1 "$WORK/lost" | sort -u | comm -23 - "$WORK/columns" | sed 's/$/|/') "$WORK/lost" >"$WORK/changed" || true
  [ ! -s "$WORK/changed" ] || fail "$what: values that changed: $(head -n 5 "$WORK/changed")"
}

# expect_findings VERSION RULE: lint finds that RULE is broken, or nothing where it is empty, in what is newer.
expect_findings() {
  local output code=0 expected=0
  [ -z "$2" ] || expected=3
  output=$("$ROWKEEPER" migrate lint --migrations "$MIGRATIONS" --after "$1") || code=$?
  [ "$code" = "$expected" ] || fail "$what: $output, of $(cat "$MIGRATIONS"/*_step_"$n"*.sql)"
  [ -z "$2" ] || equals "$(sed -n 's/.*\.sql:[0-9]*: \([a-z-]*\): .*/\1/p' <<<"$output")" "$2" "$what: lint"
}

# A server of the new protos finds its database fit, and reads and writes.
expect_served() {
  start_server --proto-path "$WORK/proto" --database-url "$SCRATCH_URL" --listen "unix:$WORK/server.sock"
  wait_until 60 "$what: the server serves" serving
  lacks "$(cat "$SERVER_LOG")" 'level=(warn|error)' "$what: log"
  call TodoRepository.Update "{\"todo\": {\"id\": \"$todo\", \"title\": \"$1\"}, \"update_mask\": \"title\"}" >/dev/null
  contains "$(call TodoRepository.GetById "{\"id\": \"$todo\"}")" "\"title\": ?\"$1\"" "$what: GetById"
  call ProfileRepository.GetById "{\"id\": \"$ADA\", \"read_mask\": \"id,email\"}" >/dev/null
  end_server TERM
}

make_scratch_database
mkdir -p "$WORK/proto"
cp -R proto/planner proto/rowkeeper "$WORK/proto"
cp -R migrations/planner "$MIGRATIONS"
what="the planner as it is"
on_database 0 migrate bootstrap
scratch_sql "INSERT INTO todos (owner_id, title, priority, status) SELECT p.id, 'todo ' || n, n, 'OPEN' FROM profiles p, generate_series(1, 3) n;
INSERT INTO schedule_items (owner_id, title, kind, starts_at, ends_at, is_all_day) SELECT id, 'lunch', 'MEETING', now(), now(), false FROM profiles;
INSERT INTO automation_jobs (owner_id, name, prompt, state, cron, run_count) SELECT id, 'weekly', 'tidy up', 'ACTIVE', '0 0 * * 0', 7 FROM profiles"
todo=$(scratch_sql 'SELECT id FROM todos ORDER BY id LIMIT 1')

for ((n = 0; n < $(python3 "$YEAR" count); n++)); do
  what="step $n, $(python3 "$YEAR" what "$n")"
  step "$what"
  last=$(newest)
  mapfile -t backfill < <(python3 "$YEAR" backfill "$n")
  if [ -n "${backfill[0]}" ]; then
    rowkeeper 0 migrate new "rows_of_step_$n" "${backfill[@]}" --migrations "$MIGRATIONS" --proto-path "$WORK/proto"
    on_database 0 migrate up
  fi
  python3 "$YEAR" apply "$n" "$WORK/proto/planner/v1"
  values >"$WORK/before"
  [ -s "$WORK/before" ] || [ "$n" = 0 ] || fail "$what: there are no values to compare"
  declared 0 migrate diff --name "step_$n"
  if [ "$(python3 "$YEAR" migrates "$n")" = True ]; then
    contains "$output" "_step_$n" "$what: diff"
  else
    contains "$output" 'nothing to do' "$what: diff"
  fi
  expect_findings "$last" "$(python3 "$YEAR" finds "$n")"
  on_database 0 migrate up
  declared 0 migrate check
  declared 0 check
  expect_values_kept "$n"
  rows=$(python3 "$YEAR" rows "$n")
  [ -z "$rows" ] || scratch_sql "$rows"
  expect_served "after step $n"
done

step "all files together go up, down and up again"
what="in the end"
on_database 0 migrate verify
