#!/usr/bin/env bash
# Lines of calls: which there are, what they say, who a slow call waited for, and what SIGHUP changes.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

TRACE=0af7651916cd43dd8448eb211c80319c
SPAN=b7ad6b7169203331
NOBODY=00000000-0000-4000-8000-000000000000

logged() { grep -Eq -- "$1" "$SERVER_LOG"; }
awaits_line() { wait_until "${3:-60}" "$2" logged "$1"; }
update_waits() {
  scratch_sql "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()" |
    grep -q '^/[*]rowkeeper:planner.v1.Profile/Update[*]/ '
}

# Adds no row, but a line of a call that fails with the id.
missing() { call TodoRepository.GetById "{\"id\": \"$1\"}" --header "x-request-id: $2" "${@:3}" >/dev/null 2>&1 || true; }

step "calls that fail have a line, with the caller's trace; others have none"
cat >"$WORK/config.toml" <<EOT
log-calls = "errors,slow"
slow-call-ms = 3000  # which no other call takes, on a busy machine either
log-level = "info"
EOT
start_planner --config "$WORK/config.toml" --lock-timeout 0
missing "$NOBODY" request-1 --header "traceparent: 00-$TRACE-$SPAN-01"
awaits_line "msg=call method=planner.v1.TodoRepository.GetById entity=planner.v1.Todo id=$NOBODY status=NOT_FOUND .*request_id=request-1 trace_id=$TRACE span_id=$SPAN caller=" \
  "the line of a call that failed"
missing "$NOBODY" request-2 --header "traceparent: 00-$TRACE-0000000000000000-01"
awaits_line 'request_id=request-2 caller=' "a malformed traceparent is ignored"
call TodoRepository.List '{}' --header "x-request-id: request-3" >/dev/null
missing "$NOBODY" request-4
awaits_line 'request_id=request-4' "the next line"
lacks "$(cat "$SERVER_LOG")" 'request-3' "an answer has no line"

step "a slow call says where the time went, and whom it waited for"
hold_row
call ProfileRepository.Update "{\"profile\": {\"id\": \"$ADA\", \"display_name\": \"Countess\"}, \"update_mask\": \"display_name\"}" >/dev/null &
UPDATE=$!
wait_until 60 "pg_stat_activity names the method" update_waits
awaits_line "msg=\"a statement waits for a lock\" statement=planner.v1.Profile/Update backend=[0-9]+ blocked_by=$HOLDER lock=[a-z]+ waited_ms=" \
  "the line while it waits"
sleep 3  # now it is slow
release_row
wait "$UPDATE"
awaits_line "level=warning msg=call method=planner.v1.ProfileRepository.Update .*status=OK .*slow=true queue_ms=.* connection_ms=.* database_ms=.* statements=[0-9]+ statement=planner.v1.Profile/Update statement_name=rk_[0-9a-f]+ statement_ms=[0-9.]+ .*backend=[0-9]+ blocked_by=$HOLDER lock=" \
  "the line of a slow call"

step "SIGHUP reads level, calls and limit of slow calls again"
sed -i 's/errors,slow/all/' "$WORK/config.toml"
kill -HUP "$SERVER_PID"
awaits_line 'msg="the log was changed" log-level=info log-calls=all slow-call-ms=3000' "the change"
config_says() { # NAME VALUE SOURCE
  [ "$(curl -s "http://$(admin_address)/config" | python3 -c 'import json, sys; print(*json.load(sys.stdin)[sys.argv[1]].values(), sep=", ")' "$1")" = "$2, $3" ]
}
wait_until 60 "/config says what is in force" config_says log-calls all "configuration file"
call TodoRepository.List '{}' --header "x-request-id: request-5" >/dev/null
awaits_line 'msg=call method=planner.v1.TodoRepository.List .*status=OK .*request_id=request-5' "an answer has a line now"
sed -i 's/"info"/"debug"/' "$WORK/config.toml"
kill -HUP "$SERVER_PID"
awaits_line 'msg="the log was changed" log-level=debug log-calls=all slow-call-ms=3000' "the change of the level"
call ProfileRepository.Create "{\"profile\": {\"id\": \"$ADA\", \"email\": \"$ADA\", \"handle\": \"$ADA\", \"display_name\": \"A\"}}" --header "x-request-id: request-7" >/dev/null 2>&1 || true
awaits_line 'level=debug msg="statement .*sqlstate=23505.* request_id=request-7' "a line of level debug"
sed -i '/log-level/d' "$WORK/config.toml"
kill -HUP "$SERVER_PID"
awaits_line 'msg="the log was changed" log-level=info log-calls=all slow-call-ms=3000' "what leaves the file has its default again"
wait_until 60 "/config says that it is the default" config_says log-level info default

step "a file with a mistake changes nothing"
echo 'log-levle = "debug"' >"$WORK/more.toml"
cat "$WORK/config.toml" >>"$WORK/more.toml"
cp "$WORK/config.toml" "$WORK/kept.toml"
cp "$WORK/more.toml" "$WORK/config.toml"
kill -HUP "$SERVER_PID"
awaits_line 'level=error msg="SIGHUP: the configuration file was not applied" reason=.*log-levle' "the refusal of a name"
cp "$WORK/kept.toml" "$WORK/config.toml"
sed -i 's/"all"/"everything"/' "$WORK/config.toml"
kill -HUP "$SERVER_PID"
awaits_line 'level=error msg="SIGHUP: the configuration file was not applied" reason=.*log calls' "the refusal"
call TodoRepository.List '{}' --header "x-request-id: request-6" >/dev/null
awaits_line 'request_id=request-6' "the server logs as before"
config_says log-calls all "configuration file" || fail "/config: a mistake was taken over"
end_server TERM
equals "$SERVER_EXIT" 0 "exit code"
admin_sql "DROP DATABASE $SCRATCH_NAME WITH (FORCE)"

step "what a flag says, SIGHUP does not change; query ids are asked for"
cat >"$WORK/config.toml" <<EOT
log-calls = "all"
log-level = "debug"
EOT
make_scratch_database
bootstrap_planner
admin_sql "ALTER DATABASE $SCRATCH_NAME SET compute_query_id = on"
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --config "$WORK/config.toml" --log-calls slow --slow-call-ms 1 --lock-timeout 0
wait_until 60 "the server serves" serving
kill -HUP "$SERVER_PID"
awaits_line 'msg="the log was changed" log-level=debug log-calls=slow slow-call-ms=1' "the flag stands"
# The statement's id is that of PostgreSQL for the same prepared text.
has_query_id() {
  call ProfileRepository.GetById "{\"id\": \"$ADA\"}" --header "x-request-id: id-$RANDOM" >/dev/null
  scratch_sql "BEGIN; SELECT 1 FROM profiles WHERE id = '$ADA' FOR UPDATE; SELECT pg_sleep(0.1); COMMIT" >/dev/null &
  sleep 0.05 # within the time for which the row is held, so that the update waits
  call ProfileRepository.Update "{\"profile\": {\"id\": \"$ADA\", \"display_name\": \"Ada\"}, \"update_mask\": \"display_name\"}" >/dev/null
  wait $!
  logged 'statement=planner.v1.Profile/Update .*query_id=-?[1-9][0-9]+ plan="[^"]*Update on public.profiles > [^"]*Scan'
}
wait_until 30 "the line of a slow call has the query id and the plan" has_query_id
QUERY_ID=$(sed -n 's/.*statement=planner.v1.Profile\/Update .*query_id=\(-\{0,1\}[0-9]*\) .*/\1/p' "$SERVER_LOG" | tail -1)
hold_row
call ProfileRepository.Update "{\"profile\": {\"id\": \"$ADA\", \"display_name\": \"Ada\"}, \"update_mask\": \"display_name\"}" >/dev/null &
UPDATE=$!
wait_until 60 "the update waits" update_waits
equals "$(scratch_sql "SELECT query_id FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")" \
  "$QUERY_ID" "it is PostgreSQL's"
release_row
wait "$UPDATE"

step "/statements lists them with uses, plans and query ids"
python3 - "$(curl -s "http://$(admin_address)/statements")" "$QUERY_ID" <<'EOT'
import json, sys
page, query_id = json.loads(sys.argv[1]), sys.argv[2]
update, = [one for one in page["statements"] if one["statement"] == "planner.v1.Profile/Update" and one["query_id"] == query_id]
assert update["uses"] >= 1 and update["rows"] >= 1 and update["failures"] == 0, update
assert update["max_ms"] >= update["mean_ms"] > 0, update
assert "Update on public.profiles > " in update["plan"], update
assert update["text"].startswith("/*rowkeeper:planner.v1.Profile/Update*/"), update
EOT
end_server TERM
