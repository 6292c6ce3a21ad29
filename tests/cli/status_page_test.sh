#!/usr/bin/env bash
# The status page of a real server: five incidents, each of which it must explain; and whether a real browser shows it.
# STATUS_PAGE_PICTURES=DIR keeps the pictures of all incidents there, to be looked at.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

BROWSER=$(command -v chromium || true)
PICTURES=${STATUS_PAGE_PICTURES:-$WORK/pictures}
mkdir -p "$PICTURES"
JOBS=()
clean_up_more() {
  local job
  for job in "${JOBS[@]}"; do kill "$job" 2>/dev/null; done
  wait "${JOBS[@]}" 2>/dev/null
  return 0
}
start_job() {
  "$@" >/dev/null 2>&1 &
  JOBS+=("$!")
}

# findings_say PATTERN: what the page names as a problem, a line each.
findings_say() {
  page /status.json | sed '1,/^$/d' |
    python3 -c 'import json, sys; print("\n".join(f["what"] + " => " + f.get("remedy", "") for f in json.load(sys.stdin)["findings"]["list"]))' |
    grep -E -- "$1" >/dev/null
}

# browse NAME WIDTH HEIGHT [PATH [PATTERN...]]: a picture NAME.png; the page in the browser is no wider than WIDTH, has its
# landmarks and headings, and its text has each PATTERN.
browse() {
  [ -n "$BROWSER" ] || return 0
  local name=$1 width=$2 height=$3 path=${4:-/status} text pattern
  shift "$(($# < 4 ? $# : 4))"
  text=$(python3 tests/cli/read_page.py "$BROWSER" "$WORK/browser-read" "http://$(admin_address)$path" "$width" "$height" \
    "$PICTURES/$name.png") || fail "the browser and $path, $width pixels wide"
  [ -s "$PICTURES/$name.png" ] || fail "chromium made no picture of $path"
  for pattern in "$@"; do contains "$text" "$pattern" "$path in the browser"; done
}
# look FILE WIDTH HEIGHT PATH: a picture of a page as the browser shows it, which has no complaints.
look() {
  [ -n "$BROWSER" ] || return 0
  local url flags
  url=http://$(admin_address)$4
  flags=(--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars "--user-data-dir=$WORK/browser"
    "--window-size=$2,$3" --enable-logging=stderr)
  case $1 in *-dark.png) flags+=(--blink-settings=preferredColorScheme=0) ;; esac
  timeout 150 "$BROWSER" "${flags[@]}" "--screenshot=$1" "$url" >"$WORK/browser.log" 2>&1 ||
    fail "chromium: $(tail -n 5 "$WORK/browser.log")"
  [ -s "$1" ] || fail "chromium made no picture of $url"
  lacks "$(cat "$WORK/browser.log")" 'Content Security Policy|CONSOLE' "what chromium says of $url"
}

# press UNIT NAME WIDTH HEIGHT: the button of a unit of work on the page of what runs, with the token, in the browser;
# pictures NAME-before.png and NAME-after.png.
press() {
  python3 tests/cli/press_button.py "$BROWSER" "$WORK/browser-press" "http://$(admin_address)/status/running" '#token' \
    "$(cat "$WORK/admin-token")" "button[value='$1']" "$3" "$4" \
    "$PICTURES/$2-before.png" "$PICTURES/$2-after.png"
}
# send FIELD FIELD: a form to the page of what runs, by curl; its verdict.
send() {
  curl -s --data-urlencode "$1" --data-urlencode "$2" "http://$(admin_address)/status/running.json" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["verdict"]["what"])'
}
# begin LABEL: the id of a new unit of work.
begin() { field id "$(call UnitOfWork.Begin "{\"label\": \"$1\"}")"; }
is_open() { page /status/running.json | grep -q "\"unit\": \"$1\""; }
is_gone() { ! is_open "$1"; }

step "with nothing wrong it says so"
printf 'only operators know this word\n' >"$WORK/admin-token"
start_planner --admin-token-file "$WORK/admin-token" --admin-listen 127.0.0.1:0 --migrations migrations/planner --pool-size 4 --max-overflow 0 --unit-share 1 --slow-call-ms 200 \
  --lock-timeout 600000 --statement-timeout 600000 --unit-max-idle-limit 600 --unit-idle-limit 600 --unit-total-limit 600 --pool-timeout 600 --queue-target 600
call ProfileRepository.GetById "{\"id\": \"$ADA\"}" >/dev/null
wait_until 60 "it says that all is well" page_says /status 200 'nothing is known to be wrong'
for path in / /status /status.json /status/running /status/running.json /status/methods /status/methods.json /status/catalogue /status/catalogue.json /status/migrations /status/migrations.json /status/settings /status/settings.json /status.css; do
  answer=$(page "$path")
  contains "$answer" '^HTTP/1.1 200 ' "$path"
  contains "$answer" "^Content-Security-Policy: default-src 'none'; style-src 'self'; .*frame-ancestors 'none'" "$path"
  contains "$answer" '^Cache-Control: no-store' "$path"
done
contains "$(page /status/settings)" 'pool-size' "the settings"
lacks "$(page /status)" '<script|style=' "the page"
contains "$(page /status/catalogue)" 'ProfileRepository.GetByHandle.*&quot;handle&quot; = .1::text' "the catalogue"
browse catalogue-desktop 1280 1400 /status/catalogue '"handle" = .1::text'
browse catalogue-phone 390 1600 /status/catalogue
look "$WORK/status.png" 390 3000 /status
browse well-desktop 1280 1800 /status 'nothing is known to be wrong'
browse well-phone 390 3000
browse methods-well-phone 390 1500 /status/methods
browse settings-phone 390 1500 /status/settings 'pool-size'

step "which migrations the database has and lacks"
migrations_say() {
  page /status/migrations.json | sed '1,/^$/d' |
    python3 -c 'import json, sys; print("\n".join(" ".join((m["version"], m["name"], m["state"])) for m in json.load(sys.stdin)["migrations"]["list"]))' |
    grep -E -- "$1" >/dev/null
}
FIRST=$(basename "$(find migrations/planner -maxdepth 1 -name '*.sql' | sort | head -n 1)" .sql)
LAST=$(basename "$(find migrations/planner -maxdepth 1 -name '*.sql' | sort | tail -n 1)" .sql)
wait_until 60 "all are applied" migrations_say "^${FIRST%%_*} ${FIRST#*_} applied$"
migrations_say "^${LAST%%_*} ${LAST#*_} applied$" || fail "the newest migration is not applied"
scratch_sql "CREATE TABLE kept AS SELECT * FROM schema_migrations; DELETE FROM schema_migrations WHERE version = '${LAST%%_*}'"
wait_until 90 "one is pending" migrations_say "^${LAST%%_*} ${LAST#*_} pending$"
browse migrations-desktop 1280 900 /status/migrations '1 migration is pending' 'rowkeeper migrate up' "${LAST#*_}"
browse migrations-phone 390 1200 /status/migrations
scratch_sql "INSERT INTO schema_migrations SELECT * FROM kept WHERE version = '${LAST%%_*}'; DROP TABLE kept"

step "errors are told by reason and method, without what callers sent"
expect_error NOT_FOUND . ProfileRepository.GetByHandle '{"handle": "a-callers-own-value"}'
errors=$(page /status.json)
contains "$errors" '"method": "planner.v1.ProfileRepository.GetByHandle"' "the errors"
contains "$errors" '"code": "NOT_FOUND"' "the errors"
lacks "$errors" 'a-callers-own-value' "the errors"

step "a lock wait: who waits, and who holds the lock"
hold_row
start_job call ProfileRepository.Update "{\"profile\": {\"id\": \"$ADA\", \"display_name\": \"Ada\"}, \"update_mask\": \"display_name\"}" --timeout 600
wait_until 60 "the lock wait is explained" findings_say "planner.v1.Profile.* waits for a lock .*process $HOLDER holds: psql, .*=> .*pg_terminate_backend\\($HOLDER\\)"
browse lock-desktop 1280 1800 /status "planner.v1.Profile.* waits for a lock .*process $HOLDER holds: psql" "pg_terminate_backend\\($HOLDER\\)"
browse lock-phone 390 3000
wait_until 60 "who waits for whom" page_says /status/running.json 200 "\"waits_for\": \"process $HOLDER: psql, "
browse running-desktop 1280 900 /status/running "process $HOLDER: psql"
browse running-phone 390 1600 /status/running
look "$PICTURES/running-dark.png" 1280 900 /status/running
release_row

step "operators end units of work by curl and in a browser, with the token only"
OLDEST=$(begin 'the oldest')
MIDDLE=$(begin 'by curl')
NEWEST=$(begin 'in a browser')
equals "$(send "unit=$MIDDLE" token=wrong)" 'Nothing was ended: that is not the admin token.' "a wrong token"
is_open "$MIDDLE" || fail "a wrong token ended a unit"
equals "$(send "unit=$MIDDLE" "token@$WORK/admin-token")" "The unit of work $MIDDLE is being rolled back." "a unit"
wait_until 30 "the unit is gone" is_gone "$MIDDLE"
if [ -n "$BROWSER" ]; then
  contains "$(press "$NEWEST" press-phone 390 900)" "The unit of work $NEWEST is being rolled back" "the page after a button"
  wait_until 30 "the unit is gone" is_gone "$NEWEST"
fi
is_open "$OLDEST" || fail "a button that was not pressed has ended a unit"
equals "$(send "unit=$OLDEST" "token@$WORK/admin-token")" "The unit of work $OLDEST is being rolled back." "a unit"
wait_until 30 "the unit is gone" is_gone "$OLDEST"
lacks "$(cat "$SERVER_LOG")" 'only operators know' "the log"
contains "$(cat "$SERVER_LOG")" 'msg="an operator ended a unit of work" from=127.0.0.1 unit_of_work=' "the log"

step "a slow caller, who keeps a unit of work waiting; its label is no markup"
call UnitOfWork.Begin '{"label": "</p><script>alert(1)</script>"}' >/dev/null
wait_until 60 "the slow caller is named" findings_say 'A slow caller: the unit of work "</p><script>alert\(1\)</script>" .*has waited'
slow=$(page /status)
contains "$slow" '&lt;/p&gt;&lt;script&gt;alert\(1\)' "the label"
lacks "$slow" '<script' "the label"
browse slow-desktop 1280 1800 /status 'A slow caller: the unit of work "</p><script>alert\(1\)</script>" .*has waited'
browse slow-phone 390 3000

step "a full pool: what holds its connections"
for _ in 1 2; do call UnitOfWork.Begin '{"label": "holds a connection"}' >/dev/null; done
hold_row
start_job call ProfileRepository.Update "{\"profile\": {\"id\": \"$ADA\", \"display_name\": \"Ada\"}, \"update_mask\": \"display_name\"}" --timeout 600
wait_until 60 "the fourth connection waits for the lock" findings_say 'planner.v1.Profile.* waits for a lock'
start_job call ProfileRepository.List '{}' --timeout 600
wait_until 60 "the full pool is explained" findings_say 'All 4 connections .*calls? waits?\. 3 connections are held by units of work.*=> .*--unit-idle-limit'
browse pool-desktop 1280 1800 /status 'All 4 connections .*calls? waits?\. 3 connections are held by units of work' '--unit-idle-limit'
browse pool-phone 390 3000
release_row
kill_server

step "a missing index: the statement and its plan"
scratch_sql "INSERT INTO todos (owner_id, title, priority, notes) SELECT '$ADA', 'to do ' || i, 1, repeat('x', 150) FROM generate_series(1, 200000) i;
  DROP INDEX ix_todos_owner_id, ix_todos_owner_id_due_at; ANALYZE todos"
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0
wait_until 60 "the server serves" serving
for _ in 1 2 3 4 5; do call TodoRepository.ListByOwner '{"owner_id": "00000000-0000-4000-8000-000000000000"}' >/dev/null; done
wait_until 60 "the missing index is named" findings_say 'No index: planner.v1.Todo/List reads a whole table .*Seq Scan on public.todos.*=> .*rowkeeper check'
contains "$(page /status/methods.json)" '"index": "no index"' "the statements"
browse index-desktop 1280 1800 /status 'No index: planner.v1.Todo/List reads a whole table .*Seq Scan on public.todos' 'rowkeeper check'
browse index-phone 390 3000
browse methods-desktop 1280 1200 /status/methods 'no index'
browse methods-phone 390 1500 /status/methods

step "a database that does not fit: what is broken, and the remedy"
scratch_sql 'COMMENT ON TABLE todos IS NULL; ALTER TABLE todos RENAME TO tasks'
wait_until 60 "the misfit is explained" findings_say 'methods are not served.*table ..?todos..? does not exist.*=> (apply|write|run) '
browse misfit-desktop 1280 1800 /status 'methods are not served' 'table ..?todos..? does not exist'
browse misfit-phone 390 3000
look "$PICTURES/misfit-dark.png" 1280 1800 /status

[ -n "$BROWSER" ] || skip "all but the browser was tested: deploy/install_packages.sh --browser installs it"
