# shellcheck shell=bash
# What the three examples of units of work do, whatever language they are written in. Source after
# tests/support/server.sh; the test defines `example NAME ARG...`, which runs one of them against ADDRESS. LOSSY_PROXY
# names the program of lossy_proxy.cc.

TRACKER=(--proto-path "$PWD/proto")
for file in proto/tracker/v1/*.proto; do TRACKER+=(--proto-file "${file#proto/}"); done
LOSSY_PROXY=${LOSSY_PROXY:-$PWD/build/release/tests/clients/lossy_proxy}
PROXY_PID=

start_tracker() {
  make_scratch_database
  "$ROWKEEPER" migrate bootstrap --migrations migrations/tracker --database-url "$SCRATCH_URL" >"$WORK/bootstrap.log" 2>&1 ||
    fail "migrate bootstrap: $(cat "$WORK/bootstrap.log")"
  scratch_sql "INSERT INTO \"user\" (email, display_name, avatar) VALUES ('new@example.com', 'New', '')"
  serve_tracker 127.0.0.1:0
}
serve_tracker() {
  start_server "${TRACKER[@]}" --database-url "$SCRATCH_URL" --listen "$1"
  wait_until 60 "the server serves" serving
}

# lossy refuse|lose METHOD [COUNT]: until lossless, the examples reach the server through lossy_proxy.cc.
lossy() {
  SERVER_ADDRESS=$ADDRESS
  : >"$WORK/proxy"
  "$LOSSY_PROXY" "$ADDRESS" "$@" >"$WORK/proxy" &
  PROXY_PID=$!
  wait_until 60 "the proxy listens" test -s "$WORK/proxy"
  ADDRESS=$(cat "$WORK/proxy")
}
lossless() {
  clean_up_more
  ADDRESS=$SERVER_ADDRESS
}
clean_up_more() {
  [ -n "$PROXY_PID" ] || return 0
  kill "$PROXY_PID"
  wait "$PROXY_PID" 2>/dev/null || true
  PROXY_PID=
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
# must_not_know WHAT NAME ARG...: the example fails and says that nobody knows whether anything was WHAT.
must_not_know() {
  local what=$1
  shift
  must_fail "^it is not known whether anything was $what; look before you run it again: " "$@"
  lacks "$OUTPUT" '[Nn]othing was' "$*"
}

# Balance and version of the accounts, "1 1000.00 1, 2 250.50 1": a version shows a commit that left the balance alone.
accounts() { scratch_sql "SELECT string_agg(concat_ws(' ', id, balance, version), ', ' ORDER BY id) FROM account"; }
# "projects boards columns"
made() { scratch_sql "SELECT (SELECT count(*) FROM project), (SELECT count(*) FROM task_board), (SELECT count(*) FROM board_column)"; }
# Who owns the first project, how many members it has and notices there are.
owner() {
  scratch_sql "SELECT u.email, (SELECT count(*) FROM project_user m WHERE m.project_id = p.id), (SELECT count(*) FROM conversation)
               FROM project p JOIN \"user\" u ON u.id = p.owner_id WHERE p.slug = 'getting-started'"
}
# Sooner than a unit that is left alone ends by itself, and not at once: a last roll back may still be under way.
nothing_is_open() { wait_until 8 "no session is left in a transaction, no unit of work open" none_is_open; }
none_is_open() {
  local transactions units
  transactions=$(scratch_sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'")
  units=$(call rowkeeper.v1.UnitOfWork.List '{}')
  [ "$transactions" = 0 ] && ! grep -q '"id"' <<<"$units"
}

check_create_project_with_defaults() {
  step "create_project_with_defaults: project, board and three columns"
  must create_project_with_defaults "Moon Base!" admin@example.com
  contains "$OUTPUT" '^[0-9a-f-]{36} moon-base$' "the new project"
  equals "$(scratch_sql "SELECT p.id || ' ' || p.slug || '|' || p.name || '|' || b.name || '|' || b.is_default || '|' ||
                                (SELECT string_agg(c.name || ' ' || c.position, ', ' ORDER BY c.position) FROM board_column c WHERE c.board_id = b.id)
                         FROM project p JOIN task_board b ON b.project_id = p.id WHERE p.slug = 'moon-base'")" \
    "$OUTPUT|Moon Base!|Default|true|To Do 0, In Progress 1, Done 2" "the rows"

  step "create_project_with_defaults: when the last column fails, nothing is left"
  local before
  before=$(made)
  scratch_sql "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
               CREATE TRIGGER refuse BEFORE INSERT ON board_column FOR EACH ROW WHEN (NEW.name = 'Done') EXECUTE FUNCTION refuse()"
  must_fail '^nothing was created: .*(FAILED_PRECONDITION|FailedPrecondition)' create_project_with_defaults "Mars Base" admin@example.com
  scratch_sql "DROP TRIGGER refuse ON board_column"
  equals "$(made)" "$before" "rows after a unit that failed"
  must_fail '^nothing was created: .*(NOT_FOUND|NotFound)' create_project_with_defaults "Mars Base" nobody@example.com
  must create_project_with_defaults "Mars Base" admin@example.com
  must_fail '^nothing was created: .*(ALREADY_EXISTS|AlreadyExists)' create_project_with_defaults "Mars base" admin@example.com
  nothing_is_open
}

check_transfer_ownership() {
  step "transfer_ownership: a membership that is there already does no harm, one that is missing is made"
  equals "$(owner)" "admin@example.com|2|0" "the first data"
  must transfer_ownership getting-started member@example.com
  equals "$OUTPUT" "Getting started belongs to member@example.com" "what it says"
  equals "$(owner)" "member@example.com|2|1" "an owner who was a member"
  must transfer_ownership getting-started new@example.com
  equals "$(owner)" "new@example.com|3|2" "an owner who was no member"
  equals "$(scratch_sql "SELECT allocation FROM project_user JOIN \"user\" u ON u.id = user_id WHERE u.email = 'new@example.com'")" 1 "the membership"

  step "transfer_ownership: a notice that the database refuses is undone alone"
  refuse_notices
  must transfer_ownership getting-started admin@example.com
  contains "$OUTPUT" '^Getting started belongs to admin@example.com$' "what it says"
  contains "$OUTPUT" '^without a notice: .' "what it says"
  equals "$(owner)" "admin@example.com|3|2" "the owner"
  scratch_sql "ALTER TABLE conversation DROP CONSTRAINT no_notices"

  step "transfer_ownership: to nobody, and of no project"
  must_fail '^nothing was changed: .*(NOT_FOUND|NotFound)' transfer_ownership getting-started nobody@example.com
  must_fail '^nothing was changed: .*(NOT_FOUND|NotFound)' transfer_ownership no-project new@example.com
  equals "$(owner)" "admin@example.com|3|2" "the owner"
  nothing_is_open
}
refuse_notices() { scratch_sql "ALTER TABLE conversation ADD CONSTRAINT no_notices CHECK (subject NOT LIKE '% is yours now') NOT VALID"; }

check_transfer_funds() {
  step "transfer_funds: all or nothing"
  must transfer_funds 1:2:100.25
  equals "$OUTPUT" "1 -> 2 100.25: done" "what it says"
  equals "$(accounts)" "1 899.75 2, 2 350.75 2" "a transfer"
  must transfer_funds 2:1:350.76
  contains "$OUTPUT" '^2 -> 1 350.76: refused, insufficient funds: account 2 holds 350.75$' "too much"
  local text
  for text in 1:2:-1 1:2:0.00 1:2:0.001 1:2:NaN 1:2:Infinity 1:2:1e3 1:2:1/3 1:2:3:4 '1:2:3 4' 1:2 1:2: :2:3 1:2:3x; do
    must_fail "^$text: write FROM:TO:AMOUNT" transfer_funds "$text"
  done
  equals "$(accounts)" "1 899.75 2, 2 350.75 2" "after refused transfers"

  step "transfer_funds: of several, the savepoint undoes those that are refused, and no others"
  # When account 999 is not found the withdrawal has been written.
  must transfer_funds 2:1:350.75 1:999:7 2:1:0.01 1:2:50
  # shellcheck disable=SC2001  # several lines
  equals "$(sed 's/refused, .*/refused/' <<<"$OUTPUT" | tr '\n' ';')" \
    "2 -> 1 350.75: done;1 -> 999 7.00: refused;2 -> 1 0.01: refused;1 -> 2 50.00: done;" "what it says"
  equals "$(accounts)" "1 1200.50 4, 2 50.00 4" "balances"

  step "transfer_funds: every cent of sums that no floating point number can hold"
  scratch_sql "UPDATE account SET balance = 9007199254740993.01 WHERE id = 1"
  must transfer_funds 1:2:0.10 1:2:0.20
  equals "$(accounts)" "1 9007199254740992.71 6, 2 50.30 6" "large and small"
  nothing_is_open
}

# change_while_others_wait TABLE CHANGE: changes rows in a transaction that ends as soon as somebody waits for it.
change_while_others_wait() {
  scratch_sql "BEGIN; UPDATE $1 SET $2;
    DO \$\$ BEGIN
      WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))) LOOP
        PERFORM pg_sleep(0.02);
      END LOOP;
    END \$\$; COMMIT" >/dev/null &
  OTHER=$!
  wait_until 60 "a row of $1 is held" is_held "$1"
}
is_held() { grep -q 'could not obtain lock' <<<"$(scratch_sql "SELECT FROM $1 FOR UPDATE NOWAIT" 2>&1)"; }

check_rerun() {
  step "a unit that met another one runs again, from the start"
  scratch_sql "UPDATE account SET balance = 100, version = 1"
  change_while_others_wait account "balance = balance + 1 WHERE id = 1"
  must transfer_funds 1:2:30
  wait "$OTHER"
  equals "$(accounts)" "1 71.00 2, 2 130.00 2" "both changes"
  contains "$(cat "$SERVER_LOG")" 'SERIALIZATION_FAILURE' "the server's log"

  step "transfer_ownership does not write over a project that somebody else has changed since it was read"
  lacks "$(cat "$SERVER_LOG")" 'VERSION_MISMATCH' "the server's log"
  change_while_others_wait project "name = 'Renamed', version = version + 1 WHERE slug = 'getting-started'"
  must transfer_ownership getting-started new@example.com
  wait "$OTHER"
  equals "$OUTPUT" "Renamed belongs to new@example.com" "what it says"
  contains "$(cat "$SERVER_LOG")" 'VERSION_MISMATCH' "the server's log"
  nothing_is_open
}

check_lost_unit() {
  step "a unit that is lost with its connection runs again, from the start"
  scratch_sql "UPDATE account SET balance = 100, version = 1"
  scratch_sql "BEGIN; UPDATE account SET balance = balance + 1 WHERE id = 2;
    DO \$\$ DECLARE waiting int; BEGIN
      LOOP
        SELECT pid INTO waiting FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid));
        EXIT WHEN FOUND;
        PERFORM pg_sleep(0.02);
      END LOOP;
      PERFORM pg_terminate_backend(waiting, 5000);
    END \$\$; COMMIT" >/dev/null &
  OTHER=$!
  wait_until 60 "a row of account is held" is_held account
  must transfer_funds 1:2:30
  wait "$OTHER"
  equals "$(accounts)" "1 70.00 2, 2 131.00 2" "both changes, and one transfer"
  contains "$(cat "$SERVER_LOG")" 'CONNECTION_LOST|UNIT_OF_WORK_EXPIRED' "the server's log"
  nothing_is_open
}

check_savepoint_that_stays() {
  step "a savepoint that could not be undone is not committed"
  scratch_sql "UPDATE account SET balance = 100, version = 1"
  refuse_notices
  local before
  before=$(owner)
  lossy refuse UnitOfWork/RollbackTo
  # When account 999 is not found the withdrawal has been written.
  must_fail '^nothing was transferred: ' transfer_funds 1:2:1 1:999:7
  must_fail '^nothing was changed: ' transfer_ownership getting-started admin@example.com
  lossless
  scratch_sql "ALTER TABLE conversation DROP CONSTRAINT no_notices"
  equals "$(accounts)" "1 100.00 1, 2 100.00 1" "the accounts"
  equals "$(owner)" "$before" "the project"
  nothing_is_open
}

check_lost_commit() {
  step "a Commit that is lost, or whose answer is, is sent again"
  lossy refuse UnitOfWork/Commit 1
  must transfer_funds 1:2:10
  lossless
  equals "$(accounts)" "1 90.00 2, 2 110.00 2" "a Commit that was lost"
  lossy lose UnitOfWork/Commit 2
  must transfer_funds 1:2:10
  lossless
  equals "$(accounts)" "1 80.00 3, 2 120.00 3" "answers that were lost"

  step "a unit whose outcome stays unknown: the examples say so, and never that nothing was done"
  lossy lose UnitOfWork/Commit
  must_not_know transferred transfer_funds 1:2:10
  must_not_know changed transfer_ownership getting-started member@example.com
  must_not_know created create_project_with_defaults "Lost base" admin@example.com
  lossless
  equals "$(accounts)" "1 70.00 4, 2 130.00 4" "one transfer"
  contains "$(owner)" '^member@example.com' "the project"
  nothing_is_open
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
    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(4); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER linger AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION linger()"
  example transfer_funds 1:2:30 >"$WORK/transfer" 2>&1 &
  local transfer=$!
  wait_until 60 "the commit is under way" commit_is_under_way
  end_server KILL
  serve_tracker "$ADDRESS"
  if wait "$transfer"; then fail "a transfer whose server was killed says: $(cat "$WORK/transfer")"; fi
  contains "$(cat "$WORK/transfer")" '^it is not known whether anything was transferred; look before' "the transfer"
  lacks "$(cat "$WORK/transfer")" '[Nn]othing was' "the transfer"
  lacks "$(cat "$SERVER_LOG")" 'UnitOfWork.Begin' "the log of the next server"
  wait_until 60 "PostgreSQL has finished" nothing_is_written
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
  check_lost_unit
  check_savepoint_that_stays
  check_lost_commit
  check_unknown_outcome
}
