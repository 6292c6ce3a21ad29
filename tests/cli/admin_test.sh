#!/usr/bin/env bash
# The pages of the admin listener: alive, ready, and why not.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

nowhere=postgresql://nobody@127.0.0.1:1/nothing

step "without a database it is alive, but not ready"
start_server "${PLANNER[@]}" --database-url "$nowhere" --listen 127.0.0.1:0
page_says /livez 200 '^OK$' || fail "livez: $(page /livez)"
wait_until 60 "readyz says why not" page_says /readyz 503 '"reason": "DATABASE_UNAVAILABLE"'
page_says /nowhere 404 '/livez, /readyz' || fail "an unknown page: $(page /nowhere)"

step "another server with the same admin address says what to do"
status=0
output=$("$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" --listen 127.0.0.1:0 --admin-listen "$(admin_address)" 2>&1) || status=$?
equals "$status" 1 "exit code of the second server"
contains "$output" "^rowkeeper: --admin-listen: .*$(admin_address).*--admin-listen none" "the second server"
status=0
output=$("$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" --listen 127.0.0.1:0 --admin-listen nowhere 2>&1) || status=$?
equals "$status" 1 "exit code with an address that is none"
contains "$output" '^rowkeeper: --admin-listen: ' "an address that is none"
kill_server

step "none: there is no listener"
for off in none ''; do
  start_server "${PLANNER[@]}" --database-url "$nowhere" --listen 127.0.0.1:0 --admin-listen "$off"
  [ -z "$(admin_address)" ] || fail "--admin-listen '$off' listens at $(admin_address)"
  kill_server
done

step "a unix socket"
start_server "${PLANNER[@]}" --database-url "$nowhere" --listen 127.0.0.1:0 --admin-listen "unix:$WORK/admin.sock"
equals "$(admin_address)" "unix:$WORK/admin.sock" "the address in the log"
[ -S "$WORK/admin.sock" ] || fail "there is no socket"
end_server TERM
[ ! -e "$WORK/admin.sock" ] || fail "the socket is left behind"

step "from elsewhere only the pages for probes and collectors can be read"
outside=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -E -m 1 '^[0-9]+\.') || true
if [ -n "$outside" ]; then
  start_server "${PLANNER[@]}" --database-url "$nowhere" --listen 127.0.0.1:0 --admin-listen "$outside:0"
  # Every page that there is, by the server's own words.
  known=$(page /nowhere | sed '1,/^$/d' | grep -o '/[a-z][a-z./]*[a-z]' | sort -u)
  contains "$known" '^/config$' "the pages that there are"
  contains "$known" '^/status/running.json$' "the pages that there are"
  for path in / $known; do
    case $path in
      /livez | /metrics) page_says "$path" 200 || fail "$path from elsewhere: $(page "$path" | head -n 5)" ;;
      /readyz) page_says "$path" 503 '"ready": false' || fail "$path from elsewhere: $(page "$path")" ;;
      *) page_says "$path" 403 'for this machine alone' || fail "$path from elsewhere: $(page "$path" | head -n 5)" ;;
    esac
  done
  kill_server
else
  echo "this machine has no address beside loopback; not tried"
fi

step "with a database that fits it is ready"
start_planner
wait_until 60 "ready" page_says /readyz 200 '"ready": true'

page_says /metrics 200 '^rowkeeper_build_info' || fail "metrics: $(page /metrics | head -n 20)"

config=$(page /config)
contains "$config" '"source": "flag"' "the page /config"
contains "$config" '"listen": \{' "the page /config"

step "a table that does not fit closes its methods, and the page says why; the server is ready for the others"
page_says /fit 200 '"broken": 0' || fail "the page /fit: $(page /fit)"
scratch_sql 'COMMENT ON TABLE todos IS NULL; ALTER TABLE todos RENAME TO tasks'
wait_until 60 "the page /fit says what is broken" page_says /fit 200 'table ..todos.. does not exist'
fit=$(page /fit)
contains "$fit" '"remedy": "(apply|write|run) ' "the page /fit"
contains "$fit" '"state": "ok"' "the page /fit"
page_says /readyz 200 || fail "readyz: $(page /readyz)"
scratch_sql 'ALTER TABLE tasks RENAME TO todos'
wait_until 60 "nothing is broken" page_says /fit 200 '"broken": 0'

step "a database that does not fit at all"
scratch_sql 'ALTER SCHEMA public RENAME TO elsewhere'
wait_until 60 "readyz says that the schema does not fit" page_says /readyz 503 'automation_jobs.* does not exist'
page_says /livez 200 || fail "livez depends on the database"
scratch_sql 'ALTER SCHEMA elsewhere RENAME TO public'
wait_until 60 "ready again" page_says /readyz 200

step "while it drains it is alive, and not ready at once"
call UnitOfWork.Begin '{"label": "open"}' >/dev/null
kill -TERM "$SERVER_PID"
wait_until 60 "the server says that it stops" grep -q 'msg="stopping' "$SERVER_LOG"
wait_until 60 "readyz says so" page_says /readyz 503 '"reason": "SHUTTING_DOWN"'
page_says /livez 200 || fail "livez while draining: $(page /livez)"
kill -TERM "$SERVER_PID"
await_server
