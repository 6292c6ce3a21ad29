#!/usr/bin/env bash
# `migrate up` under faults: many at once, killed at random points, out of time, on a full disk, after a killed build of
# an index. Each time the end is that of an undisturbed run, or nothing was done and the message says so.
# ROWKEEPER_KILLS=100 kills a hundred runs; the suite kills twelve.
set -euo pipefail
readonly KILLS=${ROWKEEPER_KILLS:-12}
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

readonly MIGRATIONS=$WORK/migrations
TABLESPACE=
OTHERS=()
clean_up_more() {
  local name
  for name in "${OTHERS[@]}"; do admin_sql "DROP DATABASE IF EXISTS $name WITH (FORCE)" >/dev/null; done
  [ -z "$TABLESPACE" ] || admin_sql "DROP TABLESPACE IF EXISTS rk_small_$$" >/dev/null
  [ -z "$TABLESPACE" ] || umount "$TABLESPACE"
}

# url_of DATABASE
url_of() { printf '%s' "${SCRATCH_URL/$SCRATCH_NAME/$1}"; }
# copy_of DATABASE: another one with the same content. Sets COPY.
copy_of() {
  COPY=rk_copy_$$_$RANDOM
  OTHERS+=("$COPY")
  admin_sql "CREATE DATABASE $COPY TEMPLATE $1"
}
up() { "$ROWKEEPER" migrate up --migrations "$MIGRATIONS" --database-url "$1" 2>&1; }
sql_in() { psql -XqAt -v ON_ERROR_STOP=1 "$(url_of "$1")" -c "$2"; }
# schema_of DATABASE: everything about it, and its history without times.
schema_of() {
  pg_dump --schema-only --no-owner "$(url_of "$1")" | grep -v '^--\|^\\\|^SET \|^SELECT pg_catalog'
  sql_in "$1" "SELECT version FROM schema_migrations ORDER BY version; SELECT count(*), sum(id), max(name) FROM items"
}

# up_killed_within MILLISECONDS: `up` on COPY, killed at a random point of these and a quarter more. Sets `after`.
up_killed_within() {
  local runner
  up "$(url_of "$COPY")" >"$WORK/killed" &
  runner=$!
  after=$((RANDOM % ($1 + $1 / 4)))
  sleep "$(printf '%d.%03d' $((after / 1000)) $((after % 1000)))"
  kill -KILL "$runner" 2>/dev/null || true
  wait "$runner" 2>/dev/null || true
}

# declare_items FIELD...: the proto with these lines in the message, and `options` of the entity.
declare_items() {
  {
    printf 'syntax = "proto3";\npackage shop.v1;\nimport "google/protobuf/timestamp.proto";\nimport "rowkeeper/v1/annotations.proto";\n'
    printf 'enum Mood { MOOD_UNSPECIFIED = 0; MOOD_GOOD = 1; %s }\n' "$labels"
    printf 'message Owner {\n  option (rowkeeper.v1.entity) = {};\n  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];\n}\n'
    printf 'message Item {\n  option (rowkeeper.v1.entity) = {%s};\n  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];\n' "$options"
    printf '  %s\n' "$@"
    printf '}\n%s\n' "$more"
  } >"$WORK/proto/shop.proto"
}

command -v pg_dump >/dev/null || skip "pg_dump is not installed (package postgresql-client)"
make_scratch_database
mkdir "$WORK/proto" "$MIGRATIONS"
labels='' options='' more=''
declare_items 'string title = 2;' 'string code = 3 [(rowkeeper.v1.column).max_length = 9];' 'int64 owner_id = 4;' 'optional int64 rank = 5;' \
  'Mood mood = 6;' 'string old = 7;'
diff_to() { "$ROWKEEPER" migrate diff --name "$1" --migrations "$MIGRATIONS" --proto-path "$WORK/proto" --database-url "$SCRATCH_URL" >"$WORK/diff"; }
diff_to before
up "$SCRATCH_URL" >/dev/null
scratch_sql "INSERT INTO owners SELECT generate_series(1, 50);
  INSERT INTO items (title, code, owner_id, rank, mood, old) SELECT 'title ' || n, n, n % 50 + 1, n, 'GOOD', 'old' FROM generate_series(1, 20000) n"
before=$SCRATCH_NAME

step "twelve changes"
labels='MOOD_BAD = 2;'
options='indexes: [{fields: ["name"]}, {fields: ["rank desc", "id"]}, {fields: ["owner_id", "code"]}], unique_keys: {fields: ["code", "owner_id"]}'
more='message Part { option (rowkeeper.v1.entity) = {}; int64 id = 1 [(rowkeeper.v1.column).primary_key = true]; int64 item_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Item"]; }'
declare_items 'string name = 2;' 'string code = 3 [(rowkeeper.v1.column) = {max_length: 20, unique: true}];' \
  'int64 owner_id = 4 [(rowkeeper.v1.column).references = "shop.v1.Owner"];' 'int64 rank = 5 [(rowkeeper.v1.column).default_value = "7"];' \
  'Mood mood = 6;' 'reserved 7;' 'google.protobuf.Timestamp created_at = 8 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];'
diff_to twelve
[ "$(grep -c '^  ' "$WORK/diff")" -ge 12 ] || fail "these are fewer than twelve changes: $(cat "$WORK/diff")"
! grep -qr 'QUESTION' "$MIGRATIONS" || fail "a question: $(grep -rh QUESTION "$MIGRATIONS")"
copy_of "$before"
began=$(milliseconds)
output=$(up "$(url_of "$COPY")") || fail "undisturbed: $output"
readonly TOOK=$(($(milliseconds) - began))
expected=$(schema_of "$COPY")
contains "$expected" 'CREATE TABLE public.parts' "the end of an undisturbed run"

step "ten at once: one applies, and all of them find it done"
copy_of "$before"
runners=()
for n in {1..10}; do
  up "$(url_of "$COPY")" >"$WORK/runner$n" &
  runners+=($!)
done
for n in {1..10}; do wait "${runners[$((n - 1))]}" || fail "runner $n: $(cat "$WORK/runner$n")"; done
equals "$(schema_of "$COPY")" "$expected" "the end of ten runners"
equals "$(cat "$WORK"/runner* | grep -c '^applied')" "$(($(find "$MIGRATIONS" -name '*.sql' | wc -l) - 1))" "files that were applied, by all of them together"

step "killed at $KILLS random points, and run again"
for ((kill = 1; kill <= KILLS; kill++)); do
  copy_of "$before"
  up_killed_within "$TOOK"
  output=$(up "$(url_of "$COPY")") || fail "after a kill at $after ms: $output"
  equals "$(schema_of "$COPY")" "$expected" "the end after a kill at $after ms"
  admin_sql "DROP DATABASE $COPY WITH (FORCE)"
done

step "an index whose build was killed is built again"
copy_of "$before"
# A build waits for those who may still see rows without the index.
psql -XqAt "$(url_of "$COPY")" -c "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; SELECT pg_sleep(60)" >/dev/null 2>&1 &
reader=$!
up "$(url_of "$COPY")" >"$WORK/killed" 2>&1 &
runner=$!
builds() { [ "$(sql_in "$COPY" "SELECT count(*) FROM pg_stat_progress_create_index WHERE datname = current_database() AND phase LIKE 'waiting for %'")" != 0 ]; }
wait_until 60 "an index is built" builds
sql_in "$COPY" "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index WHERE datname = current_database()" >/dev/null
if wait "$runner"; then fail "up did not notice that its session was ended: $(cat "$WORK/killed")"; fi
sql_in "$COPY" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'" >/dev/null
wait "$reader" || true
equals "$(sql_in "$COPY" "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" 1 "indexes that are not valid"
output=$(up "$(url_of "$COPY")") || fail "after a killed build: $output"
equals "$(schema_of "$COPY")" "$expected" "the end after a killed build"

step "a file by hand that cannot be run from its beginning, killed at $KILLS random points, and repaired"
copy_of "$before"
up "$(url_of "$COPY")" >/dev/null
readonly AFTER_TWELVE=$COPY
cat >"$MIGRATIONS/29990101000000_by_hand.sql" <<'SQL'
-- migrate:up transaction:false
SET synchronous_commit = off;
CREATE TABLE notes (id int, n int);
INSERT INTO notes SELECT g, g FROM generate_series(1, 20000) g;
CREATE INDEX CONCURRENTLY notes_id ON notes (id);
UPDATE notes SET n = n + 1;
CREATE UNIQUE INDEX CONCURRENTLY notes_n ON notes (n);
ALTER TABLE notes ADD COLUMN t text;
BEGIN;
INSERT INTO notes SELECT -g, -g, current_setting('synchronous_commit') FROM generate_series(1, 9) g;
UPDATE notes SET n = n + 100000;
COMMIT;
REINDEX INDEX CONCURRENTLY notes_id;
DROP INDEX CONCURRENTLY notes_id;
CREATE INDEX CONCURRENTLY notes_t ON notes (t);

-- migrate:down
DROP TABLE notes;
SQL
all_of() {
  schema_of "$1"
  sql_in "$1" "SELECT count(*), sum(n), sum(id), max(t), min(t) FROM notes"
  sql_in "$1" "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
}
repair() { "$ROWKEEPER" migrate repair "${@:2}" --migrations "$MIGRATIONS" --database-url "$1" 2>&1; }
copy_of "$AFTER_TWELVE"
began=$(milliseconds)
output=$(up "$(url_of "$COPY")") || fail "by hand, undisturbed: $output"
readonly TOOK_BY_HAND=$(($(milliseconds) - began))
by_hand=$(all_of "$COPY")
for ((kill = 1; kill <= KILLS; kill++)); do
  copy_of "$AFTER_TWELVE"
  up_killed_within "$TOOK_BY_HAND"
  output=$(repair "$(url_of "$COPY")") || fail "repair after a kill at $after ms: $output"
  output=$(up "$(url_of "$COPY")") || fail "up and repair after a kill at $after ms: $output"
  equals "$(all_of "$COPY")" "$by_hand" "the end after a kill at $after ms and repair"
  admin_sql "DROP DATABASE $COPY WITH (FORCE)"
done

step "a build that fails is told by status and repair, and finished when it can be"
copy_of "$AFTER_TWELVE"
printf -- '-- migrate:up transaction:false\nCREATE TABLE doubles AS SELECT 1 AS n FROM generate_series(1, 2);\nCREATE UNIQUE INDEX CONCURRENTLY doubles_n ON doubles (n);\n\n-- migrate:down\nDROP TABLE doubles;\n' >"$MIGRATIONS/29990101000000_by_hand.sql"
output=$(up "$(url_of "$COPY")") && fail "a unique index over equal rows"
contains "$output" 'rowkeeper migrate repair' "what up says"
output=$(up "$(url_of "$COPY")") && fail "up ran the file from its beginning again"
contains "$output" 'by_hand.sql was interrupted: 1 of its 2 statements are in effect' "what up says then"
output=$("$ROWKEEPER" migrate status --migrations "$MIGRATIONS" --database-url "$(url_of "$COPY")") && fail "status finds nothing wrong"
contains "$output" 'pending, INTERRUPTED \(up\): 1 statements are in effect' "status"
code=0
output=$(repair "$(url_of "$COPY")" --dry-run) || code=$?
equals "$code" 3 "repair --dry-run: exit code"
contains "$output" 'to finish .*by_hand.sql \(up\): 1 of 2 statements are in effect' "repair --dry-run"
contains "$output" 'first: DROP INDEX CONCURRENTLY IF EXISTS public.doubles_n' "repair --dry-run"
sql_in "$COPY" "DELETE FROM doubles WHERE ctid = (SELECT min(ctid) FROM doubles)"
output=$(repair "$(url_of "$COPY")") || fail "repair: $output"
contains "$output" '^applied .*by_hand.sql' "repair"
output=$(repair "$(url_of "$COPY")") || fail "repair of nothing: $output"
contains "$output" '^nothing to do$' "repair of nothing"
rm "$MIGRATIONS/29990101000000_by_hand.sql"

step "a statement that takes too long: nothing of its file is done, and it can be run again"
copy_of "$before"
printf -- '-- migrate:up\nSET LOCAL statement_timeout = 300;\nCREATE TABLE slow (id int);\nSELECT pg_sleep(60);\n\n-- migrate:down\nDROP TABLE slow;\n' >"$MIGRATIONS/29990101000000_slow.sql"
up "$(url_of "$COPY")" >"$WORK/timeout" 2>&1 && fail "a statement had more time than it has"
contains "$(cat "$WORK/timeout")" '29990101000000_slow.sql:4: .*statement timeout' "what it says"
equals "$(sql_in "$COPY" "SELECT to_regclass('slow') IS NULL")" t "the table of the file that failed"
rm "$MIGRATIONS/29990101000000_slow.sql"
equals "$(schema_of "$COPY")" "$expected" "the files before it"

step "a full disk: nothing of the file is done, and with room it goes on"
data=$(admin_sql 'SHOW data_directory')
if [ ! -d "$data" ]; then
  echo "SKIPPED in part: PostgreSQL's disk is not this machine's"
  exit 0
fi
TABLESPACE=$WORK/small
mkdir "$TABLESPACE"
if ! mount -t tmpfs -o size=12m,mode=777 rk_small "$TABLESPACE" 2>/dev/null; then
  TABLESPACE=
  echo "SKIPPED in part: no file system can be mounted here to be filled"
  exit 0
fi
mkdir -m 777 "$TABLESPACE/space"
chown "$(stat -c %u "$data")" "$TABLESPACE/space"
admin_sql "CREATE TABLESPACE rk_small_$$ LOCATION '$TABLESPACE/space'"
copy_of "$before"
printf -- '-- migrate:up\nCREATE TABLE large TABLESPACE rk_small_%s AS SELECT n, repeat(n::text, 200) AS t FROM generate_series(1, 40000) n;\n\n-- migrate:down\nDROP TABLE large;\n' $$ >"$MIGRATIONS/29990101000000_large.sql"
up "$(url_of "$COPY")" >"$WORK/full" 2>&1 && fail "the disk was not full"
contains "$(cat "$WORK/full")" '29990101000000_large.sql:2: .*No space left on device' "what it says"
equals "$(sql_in "$COPY" "SELECT to_regclass('large') IS NULL")" t "the table of the file that failed"
mount -o remount,size=256m "$TABLESPACE"
output=$(up "$(url_of "$COPY")") || fail "with room: $output"
equals "$(sql_in "$COPY" "SELECT count(*) FROM large")" 40000 "the table, with room"
admin_sql "DROP DATABASE $COPY WITH (FORCE)"
