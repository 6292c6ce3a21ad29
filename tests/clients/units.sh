# shellcheck shell=bash
# What the three examples of units of work do, whatever language they are written in. Source after
# tests/support/server.sh; the test defines `example NAME ARG...`, which runs one of them.

TRACKER=(--proto-path "$PWD/proto")
for file in proto/tracker/v1/*.proto; do TRACKER+=(--proto-file "${file#proto/}"); done
ADMIN=7a2d3e4f-0000-4000-8000-000000000001  # from migrations/tracker/init_data, like what follows
MEMBER=7a2d3e4f-0000-4000-8000-000000000002
NEWCOMER=7a2d3e4f-0000-4000-8000-000000000003
PROJECT=7a2d3e4f-0000-4000-8000-000000000011

start_tracker() {
  make_scratch_database
  "$ROWKEEPER" migrate bootstrap --migrations migrations/tracker --database-url "$SCRATCH_URL" >"$WORK/bootstrap.log" 2>&1 ||
    fail "migrate bootstrap: $(cat "$WORK/bootstrap.log")"
  scratch_sql "INSERT INTO \"user\" (id, email, display_name, avatar) VALUES ('$NEWCOMER', 'new@example.com', 'New', '')"
  serve_tracker 127.0.0.1:0
}
serve_tracker() {
  start_server "${TRACKER[@]}" --database-url "$SCRATCH_URL" --listen "$1"
  wait_until 20 "the server serves" serving
}

# must NAME ARG...: the example succeeds. Sets OUTPUT.
must() { OUTPUT=$(example "$@" 2>&1) || fail "$*: $OUTPUT"; }
# must_fail PATTERN NAME ARG...: the example says so and fails.
must_fail() {
  local pattern=$1
  shift
  if OUTPUT=$(example "$@" 2>&1); then fail "$* should have failed: $OUTPUT"; fi
  contains "$OUTPUT" "$pattern" "$*"
}

# Balance and version of the accounts, "1 1000.00 1, 2 250.50 1": a version shows a commit that left the balance alone.
accounts() { scratch_sql "SELECT string_agg(concat_ws(' ', id, balance, version), ', ' ORDER BY id) FROM account"; }
# "projects boards columns"
made() { scratch_sql "SELECT (SELECT count(*) FROM project), (SELECT count(*) FROM task_board), (SELECT count(*) FROM board_column)"; }
nothing_is_open() {
  equals "$(scratch_sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'")" \
    0 "sessions that are left in a transaction"
  lacks "$(call rowkeeper.v1.UnitOfWork.List '{}')" '"id"' "units of work that are left open"
}

check_create_project_with_defaults() {
  step "create_project_with_defaults: project, board and three columns"
  must create_project_with_defaults "Moon Base" "$ADMIN"
  contains "$OUTPUT" '^[0-9a-f-]{36} moon-base$' "the new project"
  equals "$(scratch_sql "SELECT p.id || ' ' || p.slug || '|' || p.name || '|' || b.name || '|' || b.is_default || '|' ||
                                (SELECT string_agg(c.name || ' ' || c.position, ', ' ORDER BY c.position) FROM board_column c WHERE c.board_id = b.id)
                         FROM project p JOIN task_board b ON b.project_id = p.id WHERE p.slug = 'moon-base'")" \
    "$OUTPUT|Moon Base|Default|true|To Do 0, In Progress 1, Done 2" "the rows"

  step "create_project_with_defaults: when the last column fails, nothing is left"
  local before
  before=$(made)
  scratch_sql "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
               CREATE TRIGGER refuse BEFORE INSERT ON board_column FOR EACH ROW WHEN (NEW.name = 'Done') EXECUTE FUNCTION refuse()"
  must_fail '(FAILED_PRECONDITION|FailedPrecondition)' create_project_with_defaults "Mars Base" "$ADMIN"
  scratch_sql "DROP TRIGGER refuse ON board_column"
  equals "$(made)" "$before" "rows after a unit that failed"
  must create_project_with_defaults "Mars Base" "$ADMIN"
  nothing_is_open
}

check_transfer_ownership() {
  step "transfer_ownership: a savepoint that fails does not undo the one before"
  must transfer_ownership "$PROJECT" "$MEMBER"
  contains "$OUTPUT" 'a member already' "an owner who was a member"
  equals "$(scratch_sql "SELECT owner_id FROM project WHERE id = '$PROJECT'")" "$MEMBER" "the owner"
  must transfer_ownership "$PROJECT" "$NEWCOMER"
  contains "$OUTPUT" 'a new member' "an owner who was no member"
  equals "$(scratch_sql "SELECT p.owner_id || ' ' || u.allocation FROM project p JOIN project_user u ON u.project_id = p.id AND u.user_id = p.owner_id
                         WHERE p.id = '$PROJECT'")" "$NEWCOMER 1" "the owner's membership"
  must_fail '(FAILED_PRECONDITION|FailedPrecondition)' transfer_ownership "$PROJECT" 7a2d3e4f-0000-4000-8000-00000000dead
  equals "$(scratch_sql "SELECT owner_id FROM project WHERE id = '$PROJECT'")" "$NEWCOMER" "the owner after a refused transfer"
  nothing_is_open
}

check_transfer_funds() {
  step "transfer_funds: all or nothing"
  must transfer_funds 1:2:100.25
  equals "$OUTPUT" "1 -> 2 100.25: done" "what it says"
  equals "$(accounts)" "1 899.75 2, 2 350.75 2" "a transfer"
  must transfer_funds 2:1:350.76
  contains "$OUTPUT" '^2 -> 1 350.76: refused, insufficient funds: account 2 holds 350.75$' "too much"
  must_fail 'above zero' transfer_funds 1:2:-1
  equals "$(accounts)" "1 899.75 2, 2 350.75 2" "after refused transfers"

  step "transfer_funds: of several, the savepoint undoes those that are refused, and no others"
  # When account 999 is not found the withdrawal has been written.
  must transfer_funds 2:1:350.75 1:999:7 2:1:0.01 1:2:50
  equals "$(sed 's/refused, .*/refused/' <<<"$OUTPUT" | tr '\n' ';')" \
    "2 -> 1 350.75: done;1 -> 999 7.00: refused;2 -> 1 0.01: refused;1 -> 2 50.00: done;" "what it says"
  equals "$(accounts)" "1 1200.50 4, 2 50.00 4" "balances"

  step "transfer_funds: every cent of sums that no floating point number can hold"
  scratch_sql "UPDATE account SET balance = 9007199254740993.01 WHERE id = 1"
  must transfer_funds 1:2:0.10 1:2:0.20
  equals "$(accounts)" "1 9007199254740992.71 6, 2 50.30 6" "large and small"
  nothing_is_open
}

# Changes account 1 in a transaction that ends as soon as somebody waits for it.
change_account_while_others_wait() {
  scratch_sql "BEGIN; UPDATE account SET balance = balance + 1 WHERE id = 1;
    DO \$\$ BEGIN
      WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))) LOOP
        PERFORM pg_sleep(0.02);
      END LOOP;
    END \$\$; COMMIT" >/dev/null
}
account_is_held() { [ "$(scratch_sql "SELECT count(*) FROM (SELECT FROM account WHERE id = 1 FOR UPDATE SKIP LOCKED) free")" = 0 ]; }

check_rerun() {
  step "a unit that met another one runs again, from the start"
  scratch_sql "UPDATE account SET balance = 100, version = 1"
  change_account_while_others_wait &
  local other=$!
  wait_until 10 "account 1 is held" account_is_held
  must transfer_funds 1:2:30
  wait "$other"
  equals "$(accounts)" "1 71.00 2, 2 130.00 2" "both changes"
  contains "$(cat "$SERVER_LOG")" 'SERIALIZATION_FAILURE' "the server's log"
}

commit_is_under_way() {
  [ "$(scratch_sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT' AND wait_event = 'PgSleep'")" = 1 ]
}
nothing_is_written() {
  [ "$(scratch_sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL")" = 0 ]
}

check_unknown_outcome() {
  step "a unit whose outcome is unknown is not run again"
  scratch_sql "UPDATE account SET balance = 100, version = 1;
    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER linger AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION linger()"
  example transfer_funds 1:2:30 >"$WORK/transfer" 2>&1 &
  local transfer=$!
  wait_until 10 "the commit is under way" commit_is_under_way
  end_server KILL
  serve_tracker "$ADDRESS"
  if wait "$transfer"; then fail "a transfer whose server was killed says: $(cat "$WORK/transfer")"; fi
  contains "$(cat "$WORK/transfer")" '(UNAVAILABLE|Unavailable|UNKNOWN|Unknown)' "the transfer"
  lacks "$(cat "$WORK/transfer")" '[Cc]onnection refused' "the transfer, which had no reason to connect again"
  lacks "$(cat "$SERVER_LOG")" 'UnitOfWork.Begin' "the log of the next server"
  wait_until 10 "PostgreSQL has finished" nothing_is_written
  scratch_sql "DROP TRIGGER linger ON account"
  # PostgreSQL had been told to commit, and did; nobody did it twice.
  equals "$(accounts)" "1 70.00 2, 2 130.00 2" "one transfer"
}

check_examples() {
  start_tracker
  check_create_project_with_defaults
  check_transfer_ownership
  check_transfer_funds
  check_rerun
  check_unknown_outcome
}
