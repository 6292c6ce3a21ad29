#!/usr/bin/env bash
# What the machine refuses ends the server with one line that says what to do, and a non-zero exit code.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

nowhere=postgresql://nobody@127.0.0.1:1/nothing

# refuses PATTERN COMMAND...: ends by itself with exit code 1; its only line that is no log line holds PATTERN.
refuses() {
  local pattern=$1 status=0 output
  shift
  output=$(timeout 30 "$@" 2>&1 </dev/null) || status=$?
  equals "$status" 1 "exit code of $*"
  output=$(grep -v '^time=' <<<"$output") || fail "no explanation from $*"
  equals "$(wc -l <<<"$output")" 1 "lines of explanation ($output)"
  contains "$output" "^rowkeeper: .*$pattern" "$*"
}

step "a database URL that no retry mends ends every command, and says which flag"
for url in 'postgresql//me:hidden@db/shop' 'postgresql://me:hidden@db/shop?sslmode=loose' 'postgresql://me:hidden@db:99999/shop' 'host=db no_option=hidden'; do
  refuses '--database-url' "$ROWKEEPER" serve "${PLANNER[@]}" --listen 127.0.0.1:0 --database-url "$url"
  if output=$("$ROWKEEPER" check "${PLANNER[@]}" --database-url "$url" 2>&1 >/dev/null); then fail "check accepted $url"; fi
  contains "$output" '^rowkeeper: --database-url ' "check"
  refuses '--database-url' "$ROWKEEPER" migrate status --migrations migrations/planner --database-url "$url"
  refuses '--migrations-database-url' "$ROWKEEPER" migrate up --migrations migrations/planner --migrations-database-url "$url"
  refuses 'DATABASE_URL' env DATABASE_URL="$url" "$ROWKEEPER" serve "${PLANNER[@]}" --listen 127.0.0.1:0
  if "$ROWKEEPER" check "${PLANNER[@]}" --database-url "$url" 2>&1 | grep -q hidden; then fail "the password is shown"; fi
done

step "a port in use"
start_server "${PLANNER[@]}" --database-url "$nowhere" --listen 127.0.0.1:0
refuses "$ADDRESS.*another process listens there" "$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" --listen "$ADDRESS"

step "a unix socket in use"
kill_server
start_server "${PLANNER[@]}" --database-url "$nowhere" --listen "unix:$WORK/server.sock"
refuses "$WORK/server.sock.*another process listens there" "$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" --listen "unix:$WORK/server.sock"
not_serving || fail "the first server was disturbed"

step "a unix socket that a killed server left is no obstacle"
kill -KILL "$SERVER_PID"
await_server
[ -S "$WORK/server.sock" ] || fail "a killed server leaves its socket"
start_server "${PLANNER[@]}" --database-url "$nowhere" --listen "unix:$WORK/server.sock"
not_serving || fail "the new server does not answer"
kill_server

step "an address that is none"
refuses 'somewhere' "$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" --listen somewhere
refuses '192\.0\.2\.1' "$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" --listen 192.0.2.1:50051

step "a data directory without rights"
# Root may write anywhere, so root tries as somebody else.
unprivileged=()
program=$ROWKEEPER
if [ "$(id -u)" = 0 ]; then
  unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  program=$WORK/rowkeeper
  cp "$ROWKEEPER" "$program"
  chmod 755 "$program"
fi
cp -r proto "$WORK/proto"
chmod -R go+rX "$WORK/proto"
mkdir "$WORK/closed"
chmod 000 "$WORK/closed"
in_closed=("${unprivileged[@]}" env -C / "$program" serve --proto-path "$WORK/proto" --listen 127.0.0.1:0 --data-dir "$WORK/closed/data")
refuses "$WORK/closed/data.*(P|p)ermission denied.*--data-dir" "${in_closed[@]}"

step "a data directory that is a file, or in use"
: >"$WORK/file"
refuses "$WORK/file.*--data-dir" "$ROWKEEPER" serve "${PLANNER[@]}" --listen 127.0.0.1:0 --data-dir "$WORK/file"
start_server "${PLANNER[@]}" --listen 127.0.0.1:0 --data-dir "$WORK/data"
refuses "$WORK/data is in use by rowkeeper process $SERVER_PID" \
  "$ROWKEEPER" serve "${PLANNER[@]}" --listen 127.0.0.1:0 --data-dir "$WORK/data"
kill_server

step "programs of PostgreSQL that are not there"
refuses "$WORK/no-programs" "$ROWKEEPER" serve "${PLANNER[@]}" --listen 127.0.0.1:0 --data-dir "$WORK/other" \
  --postgres-bin "$WORK/no-programs"

step "commands whose server or database does not answer"
status=0
output=$("$ROWKEEPER" call TodoRepository.List '{}' --address 127.0.0.1:1 --timeout 5 2>&1) || status=$?
equals "$status" 1 "exit code of call"
contains "$output" '^UNAVAILABLE: ' "call without a server"
refuses 'cannot|could not|refused' "$ROWKEEPER" migrate status --migrations migrations/planner --database-url "$nowhere"
refuses "$WORK/none" "$ROWKEEPER" migrate up --migrations "$WORK/none" --database-url "$nowhere"
