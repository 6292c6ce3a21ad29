#!/usr/bin/env bash
# The examples of the client library, against the tracker with its first data.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

EXAMPLES=$BUILD/examples
tracker=(--proto-path "$PWD/proto")
for file in proto/tracker/v1/*.proto; do tracker+=(--proto-file "${file#proto/}"); done

# example NAME ARG...: runs it; sets OUTPUT and CODE.
example() {
  local name=$1
  shift
  CODE=0
  OUTPUT=$("$EXAMPLES/$name" --address "$ADDRESS" "$@" 2>&1) || CODE=$?
}
succeeds() {
  example "$@"
  equals "$CODE" 0 "$1: $OUTPUT"
}
balances() { scratch_sql "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM account"; }
no_open_unit() { lacks "$(call UnitOfWork.List '{}')" '"id"' "a unit is open after $1"; }

make_scratch_database
"$ROWKEEPER" migrate bootstrap --migrations migrations/tracker --database-url "$SCRATCH_URL" >"$WORK/bootstrap.log" 2>&1 ||
  fail "migrate bootstrap: $(cat "$WORK/bootstrap.log")"
start_server "${tracker[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0
wait_until 20 "the server serves" serving

step "transfer_funds moves money; a transfer without the funds, or to nobody, is undone alone"
equals "$(balances)" "1000.00 250.50" "the first data"
succeeds transfer_funds 1:2:100.00 2:1:9999 1:77:5 2:1:0.25
contains "$OUTPUT" '^1 -> 2 100.00: done$' transfer_funds
contains "$OUTPUT" '^2 -> 1 9999.00: refused, insufficient funds: account 2 holds 350.50$' transfer_funds
contains "$OUTPUT" '^1 -> 77 5.00: refused, .*there is no tracker.v1.Account' transfer_funds
contains "$OUTPUT" '^2 -> 1 0.25: done$' transfer_funds
equals "$(balances)" "900.25 350.25" "after the transfers"

step "transfer_funds by many at once loses nothing"
for i in 1 2 3 4 5 6; do
  "$EXAMPLES/transfer_funds" --address "$ADDRESS" "$((i % 2 + 1)):$(((i + 1) % 2 + 1)):1.00" >"$WORK/transfer.$i" 2>&1 &
  transfers[i]=$!
done
for i in 1 2 3 4 5 6; do
  wait "${transfers[i]}" || fail "transfer $i: $(cat "$WORK/transfer.$i")"
  contains "$(cat "$WORK/transfer.$i")" ': done$' "transfer $i"
done
equals "$(balances)" "900.25 350.25" "three each way"
no_open_unit transfer_funds

step "transfer_ownership gives the project away, with a notice; the membership that is there already does no harm"
owner() { scratch_sql "SELECT email FROM project JOIN \"user\" u ON u.id = owner_id WHERE slug = 'getting-started'"; }
notices() { scratch_sql "SELECT count(*) FROM conversation"; }
equals "$(owner)" admin@example.com "the first data"
succeeds transfer_ownership --project getting-started --to member@example.com
equals "$OUTPUT" "Getting started belongs to member@example.com" transfer_ownership
equals "$(owner) $(notices)" "member@example.com 1" "after the transfer"

step "a notice that fails is undone alone; a new owner that does not exist changes nothing"
succeeds transfer_ownership --project getting-started --to admin@example.com --subject "$(printf 'x%.0s' {1..201})"
contains "$OUTPUT" '^without a notice: conversation.subject' transfer_ownership
equals "$(owner) $(notices)" "admin@example.com 1" "after the transfer without a notice"
example transfer_ownership --project getting-started --to nobody@example.com
equals "$CODE" 1 "exit code"
contains "$OUTPUT" '^nothing was changed: NOT_FOUND' transfer_ownership
equals "$(owner)" admin@example.com "after the transfer to nobody"
no_open_unit transfer_ownership

step "create_project_with_defaults makes project, board and columns, or nothing"
succeeds create_project_with_defaults --name "Moon base" --owner admin@example.com
contains "$OUTPUT" '^[0-9a-f-]{36} moon-base$' create_project_with_defaults
equals "$(scratch_sql "SELECT p.name, b.name, b.is_default, string_agg(c.name, ',' ORDER BY c.position)
  FROM project p JOIN task_board b ON b.project_id = p.id JOIN board_column c ON c.board_id = b.id
  WHERE p.slug = 'moon-base' GROUP BY 1, 2, 3")" "Moon base|Default|t|To Do,In Progress,Done" "what was made"
counts() { scratch_sql "SELECT (SELECT count(*) FROM project), (SELECT count(*) FROM task_board), (SELECT count(*) FROM board_column)"; }
before=$(counts)
example create_project_with_defaults --name "Moon base" --owner admin@example.com
equals "$CODE" 1 "exit code"
contains "$OUTPUT" '^nothing was created: ALREADY_EXISTS' create_project_with_defaults
# The third column fails: the board and the project go with it.
scratch_sql "ALTER TABLE board_column ADD CONSTRAINT no_more CHECK (position < 2) NOT VALID"
example create_project_with_defaults --name "Mars base" --owner admin@example.com
equals "$CODE" 1 "exit code"
equals "$(counts)" "$before" "after a third column that failed"
no_open_unit create_project_with_defaults
