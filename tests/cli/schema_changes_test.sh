#!/usr/bin/env bash
# A schema's life from the protos alone: diff writes the migrations, up runs them, check and verify hold them to it.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

make_scratch_database
mkdir "$WORK/proto"

# declare LINE...: the proto with these fields beside the key.
declare_fields() {
  {
    printf 'syntax = "proto3";\npackage shop.v1;\nimport "rowkeeper/v1/annotations.proto";\n'
    printf 'message Item {\n  option (rowkeeper.v1.entity) = {};\n'
    printf '  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];\n'
    printf '  %s\n' "$@"
    printf '}\n'
  } >"$WORK/proto/item.proto"
}

# migrate EXPECTED_CODE COMMAND...: sets `output`.
migrate() {
  local expected=$1 code=0
  shift
  output=$("$ROWKEEPER" migrate "$@" --migrations "$WORK/migrations" 2>&1) || code=$?
  [ "$code" = "$expected" ] || fail "migrate $*: exit code $code, not $expected: $output"
}
on_database() { migrate "$@" --database-url "$SCRATCH_URL"; }
compared() { on_database "$@" --proto-path "$WORK/proto"; }
columns() { scratch_sql "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0 AND NOT attisdropped"; }
scratch_sql() { psql -X -q -At -v ON_ERROR_STOP=1 "$SCRATCH_URL" -c "$1"; }

step "a new table"
declare_fields 'string title = 2;'
compared 3 check
contains "$output" 'create table "items"' "check"
compared 0 diff --name create_items
contains "$output" 'migrations/[0-9]{14}_create_items\.sql$' "diff"
compared 1 diff --name again
contains "$output" 'create_items is pending' "diff before up"
on_database 3 up --dry-run
contains "$output" 'to apply .*_create_items\.sql' "up --dry-run"
on_database 0 up --wait 60
on_database 0 up --dry-run
contains "$output" 'nothing to do' "up --dry-run"
on_database 3 down --dry-run
contains "$output" 'to take down .*_create_items\.sql' "down --dry-run"
compared 0 check
contains "$output" 'nothing to do: the database is what the protos declare' "check"
compared 0 check --replay
contains "$output" 'nothing to do: a database that the files make is what the protos declare' "check --replay"
compared 3 new again --entity shop.v1.Item --dry-run
contains "$output" '^-- migrate:up' "new --dry-run"
contains "$output" 'CREATE TABLE' "new --dry-run"
before=$(ls "$WORK/migrations")
compared 0 diff --name nothing
equals "$(ls "$WORK/migrations")" "$before" "an empty diff writes nothing"

step "a column with another name keeps its values, and a new one comes with a key"
scratch_sql "INSERT INTO items (title) VALUES ('kept')"
declare_fields 'string heading = 2;' 'string code = 3 [(rowkeeper.v1.column) = {max_length: 9}];'
compared 3 diff --dry-run
contains "$output" 'rename column "title" of "items" to "heading"' "diff --dry-run"
compared 3 check --replay
contains "$output" 'a database that the files make is to change:' "check --replay"
compared 0 diff --name heading
on_database 3 up --dry-run
contains "$output" 'locks "items" ACCESS EXCLUSIVE: readers and writers wait' "up --dry-run"
contains "$output" 'taking it back loses column "items"."code"' "up --dry-run"
on_database 0 up
contains "$output" 'locks "items" ACCESS EXCLUSIVE: readers and writers wait' "up, before it begins"
compared 0 check
equals "$(columns)" "id,heading,code" "columns"
equals "$(scratch_sql 'SELECT heading FROM items')" kept "the value"

step "a question keeps the file from being applied"
declare_fields 'string heading = 2;' 'string code = 3 [(rowkeeper.v1.column) = {max_length: 5}];'
compared 3 diff --name shorter
contains "$output" 'question: May values of "code" of "items" be changed or refused' "diff"
on_database 1 up
contains "$output" 'shorter\.sql:[0-9]+: .*May values of "code"' "up"
rm "$WORK"/migrations/*_shorter*.sql

step "without a name"
compared 1 diff
contains "$output" 'needs a name' "diff without a name"

step "a directory that is not there is no place for a second file"
code=0
output=$("$ROWKEEPER" migrate diff --name more --migrations "$WORK/migration" --proto-path "$WORK/proto" --database-url "$SCRATCH_URL" 2>&1) || code=$?
equals "$code" 1 "exit code of diff"
contains "$output" "there is no migrations directory $WORK/migration" "diff"
[ ! -e "$WORK/migration" ] || fail "diff made a directory"

step "what a database calls its columns says nothing to the terminal"
scratch_sql 'ALTER TABLE items ADD COLUMN "a
b'$'\033''[31m" text'
compared 3 check
equals "$(printf '%s' "$output" | tr -d '\n' | LC_ALL=C tr -cd '\000-\037\177' | wc -c)" 0 "control characters"
contains "$output" 'column "a b \[31m" of "items"' "check"
scratch_sql 'ALTER TABLE items DROP COLUMN "a
b'$'\033''[31m"'

step "a type changes by a column beside the old one"
declare_fields 'string heading = 2;' 'string code = 3 [(rowkeeper.v1.column) = {max_length: 9}];' 'int32 amount = 4;'
compared 0 diff --name amount
on_database 0 up
scratch_sql "INSERT INTO items (heading, code, amount) SELECT 'x', n::text, n FROM generate_series(100, 2600) n"
declare_fields 'string heading = 2;' 'string code = 3 [(rowkeeper.v1.column) = {max_length: 9}];' 'int64 amount = 4;'
compared 0 diff --name wide --expand-types
on_database 0 up
contains "$output" 'applied .*_wide_switch\.sql' "up"
compared 0 check
equals "$(scratch_sql 'SELECT sum(amount), pg_typeof(min(amount)) FROM items WHERE amount > 0')" '3376350|bigint' "values"
on_database 0 lint

step "all files undo what they did"
on_database 0 verify
contains "$output" '[0-9] migrations verified' "verify"
printf -- '-- migrate:up\nCREATE TABLE rest (id int);\n\n-- migrate:down\nSELECT 1;\n' >"$WORK/migrations/29990101000000_rest.sql"
on_database 3 verify
contains "$output" 'left over: relation public.rest' "verify"

step "for programs and for psql"
on_database 0 status --json
contains "$output" '"state": "pending"' "status --json"
migrate 0 sql head base
contains "$output" 'DROP TABLE "items"' "sql"
migrate 0 sql
contains "$output" "INSERT INTO \"schema_migrations\"" "sql"
