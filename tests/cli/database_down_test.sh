#!/usr/bin/env bash
# A database that is down at the start, comes, goes and comes back: the server says so and follows by itself.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/support/postgres.sh
source tests/support/postgres.sh

[ -n "$(postgres_bin)" ] || skip "no PostgreSQL server is installed (package postgresql)"
cluster=$WORK/cluster
clean_up_more() { stop_cluster "$cluster" immediate; }

# unavailable SECONDS: a call with that deadline says UNAVAILABLE within it. On a busy machine the answer may be late once.
unavailable() {
  local output
  for _ in 1 2 3 4 5; do
    if output=$(call ProfileRepository.GetById "{\"id\": \"$ADA\"}" --timeout "$1" 2>&1); then fail "a call without a database: $output"; fi
    [[ $output == DEADLINE_EXCEEDED:* ]] || break
  done
  contains "$output" '^UNAVAILABLE: .*database' "a call without a database"
}
works() { call ProfileRepository.GetById "{\"id\": \"$ADA\"}" --timeout 5; }

make_cluster "$cluster"
port=$(free_port)
url=postgresql://postgres@127.0.0.1:$port/postgres

step "down at the start: the server runs, says so, and is not serving"
start_server "${PLANNER[@]}" --database-url "$url" --listen 127.0.0.1:0 --migrations migrations/planner
wait_until 20 "the log says that the database is unreachable" grep -q 'level=warning msg="database unreachable' "$SERVER_LOG"
wait_until 20 "health says NOT_SERVING without a database" not_serving
unavailable 2

step "it comes up: the server serves by itself"
start_cluster "$cluster" "$port"
"$ROWKEEPER" migrate bootstrap --migrations migrations/planner --database-url "$url" >/dev/null || fail "bootstrap"
wait_until 20 "the server serves" serving
# While the migrations run it may serve the methods whose tables are there.
wait_until 20 "a call after the database came" works

step "it is stopped, cleanly and brutally: UNAVAILABLE within the deadline, back within seconds"
for mode in fast immediate; do
  stop_cluster "$cluster" "$mode"
  unavailable 2
  wait_until 20 "health says NOT_SERVING after a $mode stop" not_serving
  unavailable 2
  start_cluster "$cluster" "$port"
  back=$(milliseconds)
  until works >/dev/null 2>&1; do
    [ $(($(milliseconds) - back)) -lt 8000 ] || fail "calls do not work 8 s after the database's return from a $mode stop"
    sleep 0.05
  done
  wait_until 20 "health says SERVING after a $mode stop" serving
done

step "it goes while nobody calls: the next call simply works"
stop_cluster "$cluster" fast
start_cluster "$cluster" "$port"
sleep 1 # with a database, and without a call
works >/dev/null || fail "the first call after a restart"

step "it hangs without refusing: health says so, and follows when it goes on"
postmaster=$(head -n 1 "$cluster/data/postmaster.pid")
for signal in STOP CONT; do
  # The children first, so that none is left out that the postmaster would start meanwhile.
  pkill "-$signal" -P "$postmaster"
  kill "-$signal" "$postmaster"
  if [ "$signal" = STOP ]; then
    wait_until 20 "health says NOT_SERVING while the database hangs" not_serving
  else
    wait_until 20 "health says SERVING when the database goes on" serving
  fi
done
works >/dev/null || fail "a call after the database hung"

step "the server stops cleanly while the database is down"
stop_cluster "$cluster" immediate
end_server TERM
equals "$SERVER_EXIT" 0 "exit code"
