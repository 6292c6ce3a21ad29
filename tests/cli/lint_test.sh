#!/usr/bin/env bash
# migrate lint as a person or a CI job runs it: exit codes, words, JSON, allow comments. No database is needed.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

mkdir "$WORK/migrations"

# migration VERSION LINE...: a file with these lines in its up block.
migration() {
  local version=$1
  shift
  { printf '%s\n' "-- migrate:up" "$@" "" "-- migrate:down" "SELECT 1;"; } >"$WORK/migrations/${version}_change.sql"
}
# lint EXPECTED_CODE FLAG...: sets `output`.
lint() {
  local expected=$1 code=0
  shift
  output=$("$ROWKEEPER" migrate lint --migrations "$WORK/migrations" "$@" 2>&1) || code=$?
  [ "$code" = "$expected" ] || fail "migrate lint $*: exit code $code, not $expected: $output"
}

step "what is safe"
migration 1000 "CREATE TABLE items (id bigint PRIMARY KEY, title text);" "CREATE INDEX ix_items_title ON items (title);"
lint 0
equals "$output" "1 files, 0 findings, 0 statements not linted" "lint"

step "what is unsafe has its place, its rule, its reason and the safe form"
migration 1001 "ALTER TABLE items" "  ADD COLUMN code text NOT NULL;" "DO \$\$ BEGIN END \$\$;"
lint 3
contains "$output" '^/.*1001_change\.sql:3: adding-required-field: "items"\."code": it fails if there are rows.*; safe: add it with a DEFAULT' "lint"
contains "$output" '1001_change\.sql:4: not linted: the code of DO is not read$' "lint"
contains "$output" '^2 files, 1 findings, 1 statements not linted$' "lint"

step "for programs"
lint 3 --json
equals "$(python3 -c 'import json, sys; r = json.load(sys.stdin); f = r["findings"][0]; print(r["files"], f["line"], f["rule"], f["subject"], len(r["not_linted"]))' <<<"$output")" \
  '2 3 adding-required-field "items"."code" 1' "lint --json"

step "only newer files"
lint 0 --after 1001
equals "$output" "0 files, 0 findings, 0 statements not linted" "lint --after"

step "a comment with a reason silences a rule"
migration 1001 "-- rowkeeper:allow adding-required-field the table is empty" "ALTER TABLE items ADD COLUMN code text NOT NULL;"
lint 0

step "a file that cannot be read, and a directory that is not there, are errors"
printf 'DROP TABLE items;\n' >"$WORK/migrations/1002_broken.sql"
lint 1
contains "$output" '1002_broken\.sql:1: there is text before' "lint"
rm -r "$WORK/migrations"
lint 1
contains "$output" 'there is no migrations directory' "lint"

step "the examples of this repository are safe, or say why they may be what they are"
for name in planner tracker; do
  "$ROWKEEPER" migrate lint --migrations "migrations/$name" || fail "migrations/$name"
done
