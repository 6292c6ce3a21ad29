#!/usr/bin/env bash
# SIGTERM: no new calls, running ones finish, exit 0. A second one ends the server at once.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

call_waits() { [ "$(scratch_sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")" = 1 ]; }

# An update that waits for the row, in the background: its answer goes to $WORK/update.
update_in_background() {
  call ProfileRepository.Update "{\"profile\": {\"id\": \"$ADA\", \"display_name\": \"$1\"}, \"update_mask\": \"display_name\"}" \
    >"$WORK/update" 2>&1 &
  UPDATE=$!
  wait_until 60 "the update waits" call_waits
}

step "a command that waits ends at the first signal"
start_planner
hold_row
update_in_background Duchess
began=$(milliseconds)
pkill -TERM -P "$UPDATE" 2>/dev/null || kill -TERM "$UPDATE"
wait "$UPDATE" && fail "a call that was ended says that it succeeded"
[ $(($(milliseconds) - began)) -lt 10000 ] || fail "SIGTERM took $(($(milliseconds) - began)) ms"
release_row
end_server TERM
admin_sql "DROP DATABASE $SCRATCH_NAME WITH (FORCE)"

step "an idle server stops at once, on SIGTERM and on SIGINT"
for signal in TERM INT; do
  start_planner
  began=$(milliseconds)
  end_server "$signal"
  equals "$SERVER_EXIT" 0 "exit code after SIG$signal"
  [ $(($(milliseconds) - began)) -lt 10000 ] || fail "SIG$signal took $(($(milliseconds) - began)) ms"
  contains "$(tail -n 1 "$SERVER_LOG")" 'msg=stopped' "last line of the log"
  [ ! -e "$WORK/server.sock" ] || fail "the unix socket is left behind"
  admin_sql "DROP DATABASE $SCRATCH_NAME WITH (FORCE)"
done

step "a running call finishes; new ones are not taken"
start_planner --lock-timeout 0
hold_row
update_in_background Countess
kill -TERM "$SERVER_PID"
wait_until 60 "the server says that it stops" grep -q 'msg="stopping' "$SERVER_LOG"
refused() {
  local output
  ! output=$(call TodoRepository.List '{}' 2>&1) && grep -q '^UNAVAILABLE: ' <<<"$output"
}
wait_until 60 "calls are refused while stopping" refused
release_row
wait "$UPDATE" || fail "the running call did not finish: $(cat "$WORK/update")"
contains "$(cat "$WORK/update")" '"displayName": "Countess"' "the running call"
await_server
equals "$SERVER_EXIT" 0 "exit code after the drain"
equals "$(scratch_sql "SELECT display_name FROM profiles WHERE id = '$ADA'")" Countess "what the running call wrote"
admin_sql "DROP DATABASE $SCRATCH_NAME WITH (FORCE)"

step "calls that do not finish in time are cancelled"
start_planner --drain-timeout 0.5 --lock-timeout 0
hold_row
update_in_background Duchess
began=$(milliseconds)
end_server TERM
took=$(($(milliseconds) - began))
equals "$SERVER_EXIT" 0 "exit code after a drain that ran out"
[ "$took" -lt 10000 ] || fail "the drain of 0.5 s took $took ms"
if wait "$UPDATE"; then fail "the call should have been cancelled"; fi
contains "$(cat "$WORK/update")" '^(UNAVAILABLE|CANCELLED): ' "the cancelled call"
release_row
equals "$(scratch_sql "SELECT display_name FROM profiles WHERE id = '$ADA'")" Ada "what the cancelled call did not write"
admin_sql "DROP DATABASE $SCRATCH_NAME WITH (FORCE)"

step "a second SIGTERM ends at once"
start_planner --lock-timeout 0
hold_row
update_in_background Queen
kill -TERM "$SERVER_PID"
wait_until 60 "the server says that it stops" grep -q 'msg="stopping' "$SERVER_LOG"
began=$(milliseconds)
end_server TERM
took=$(($(milliseconds) - began))
equals "$SERVER_EXIT" 143 "exit code after a second SIGTERM"
[ "$took" -lt 10000 ] || fail "the second SIGTERM took $took ms"
wait "$UPDATE" && fail "the call should have been cut off"
release_row
