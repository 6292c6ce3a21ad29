# shellcheck shell=bash
# What the tests in shell share: a scratch directory, a scratch database, a real `rowkeeper serve`, and assertions.
# Source this file from the root of the project; ROWKEEPER names the program, ROWKEEPER_TEST_DATABASE_URL a PostgreSQL
# on which databases may be made.

readonly EXIT_SKIPPED=77  # CTest's SKIP_RETURN_CODE of these tests
ROWKEEPER=${ROWKEEPER:-$PWD/build/release/rowkeeper}
# shellcheck disable=SC2034  # used by the tests
PLANNER=(--proto-path "$PWD/proto")
for file in proto/planner/v1/*.proto; do PLANNER+=(--proto-file "${file#proto/}"); done
ADA=6f1c1d2e-0000-4000-8000-000000000101  # from migrations/planner/init_data
export ADA

# Nothing that the caller's shell has set may decide what a test sees.
for name in $(compgen -e); do
  case $name in
    ROWKEEPER | ROWKEEPER_TEST_DATABASE_URL) ;;
    ROWKEEPER_* | DATABASE_URL | PG*) unset "$name" ;;
  esac
done

# Servers of tests must not meet on the default port.
export ROWKEEPER_ADMIN_LISTEN=127.0.0.1:0

WORK=$(mktemp -d "${TMPDIR:-/tmp}/rowkeeper-test.XXXXXX")
chmod 711 "$WORK"
SERVER_PID=
SERVER_LOG=$WORK/server.log
SCRATCH_NAME=
SCRATCH_URL=

clean_up() {
  local status=$?
  trap - EXIT
  trap '' INT TERM PIPE  # whoever reads the output may be gone
  set +e
  kill_server
  [ -n "$SCRATCH_NAME" ] && admin_sql "DROP DATABASE IF EXISTS $SCRATCH_NAME WITH (FORCE)"
  declare -F clean_up_more >/dev/null && clean_up_more
  if [ "$status" != 0 ] && [ "$status" != "$EXIT_SKIPPED" ] && [ -s "$SERVER_LOG" ]; then
    printf -- '--- end of the server log\n' >&2
    tail -n 40 "$SERVER_LOG" >&2
  fi
  rm -rf "$WORK"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { printf '== %s\n' "$*"; }
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
skip() {
  printf 'SKIPPED: %s\n' "$*"
  exit "$EXIT_SKIPPED"
}

# contains TEXT PATTERN WHAT: TEXT holds PATTERN (an extended regular expression).
contains() {
  grep -Eq -- "$2" <<<"$1" || fail "$3: no \"$2\" in: $1"
}
lacks() {
  ! grep -Eq -- "$2" <<<"$1" || fail "$3: unexpected \"$2\" in: $1"
}
equals() {
  [ "$1" = "$2" ] || fail "$3: expected \"$2\", got \"$1\""
}

# wait_until SECONDS WHAT COMMAND...: runs COMMAND until it succeeds, in a shell of its own, which `fail` may end.
wait_until() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until ("$@") >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "not in time: $what"
    sleep 0.05
  done
}

milliseconds() { printf '%s' "$(($(date +%s%N) / 1000000))"; }

admin_sql() { psql -XqAt -v ON_ERROR_STOP=1 "$ROWKEEPER_TEST_DATABASE_URL" -c "$1" 2>&1; }
scratch_sql() { psql -XqAt -v ON_ERROR_STOP=1 "$SCRATCH_URL" -c "$1"; }

# Holds the row of the profile ADA, by the backend HOLDER, until release_row.
hold_row() {
  scratch_sql "BEGIN; SELECT 1 FROM profiles WHERE id = '$ADA' FOR UPDATE; SELECT pg_sleep(600)" >/dev/null 2>&1 &
  HOLDING=$!
  wait_until 60 "the row is held" row_is_held
  HOLDER=$(row_holder)
}
row_holder() {
  scratch_sql "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
}
row_is_held() { [ -n "$(row_holder)" ]; }
release_row() {
  scratch_sql "SELECT pg_terminate_backend($HOLDER)" >/dev/null
  wait "$HOLDING" || true
}

# Makes a database of a random name, dropped at the end, and sets SCRATCH_URL.
make_scratch_database() {
  [ -n "${ROWKEEPER_TEST_DATABASE_URL:-}" ] ||
    skip "ROWKEEPER_TEST_DATABASE_URL is not set; tests/run.sh sets it, or name a PostgreSQL whose user may create databases"
  SCRATCH_NAME=rk_shell_$$_$RANDOM
  admin_sql "CREATE DATABASE $SCRATCH_NAME" || fail "cannot create a database on ROWKEEPER_TEST_DATABASE_URL"
  local base=${ROWKEEPER_TEST_DATABASE_URL%%\?*} query=
  [ "$base" = "$ROWKEEPER_TEST_DATABASE_URL" ] || query="?${ROWKEEPER_TEST_DATABASE_URL#*\?}"
  SCRATCH_URL=${base%/*}/$SCRATCH_NAME$query
}

bootstrap_planner() {
  "$ROWKEEPER" migrate bootstrap --migrations migrations/planner --database-url "$SCRATCH_URL" >"$WORK/bootstrap.log" 2>&1 ||
    fail "migrate bootstrap: $(cat "$WORK/bootstrap.log")"
}

# launch_server ARG...: runs `rowkeeper serve ARG...`, logging to SERVER_LOG; does not wait.
launch_server() {
  : >"$SERVER_LOG"
  "$ROWKEEPER" serve "$@" >>"$SERVER_LOG" 2>&1 &
  SERVER_PID=$!
}

server_listens_or_ended() {
  grep -q 'msg=listening' "$SERVER_LOG" || ! kill -0 "$SERVER_PID" 2>/dev/null
}

# start_server ARG...: launch_server, and waits until it listens. Sets ADDRESS to the first address.
start_server() {
  launch_server "$@"
  wait_until 60 "the server listens" server_listens_or_ended
  ADDRESS=$(sed -n 's/.*msg=listening addresses="\{0,1\}\([^",]*\).*/\1/p' "$SERVER_LOG" | head -n 1)
  [ -n "$ADDRESS" ] || fail "the server ended instead of listening"
  export ADDRESS
}

# The planner on a new database, ready to be called at ADDRESS and at unix:$WORK/server.sock.
start_planner() {
  make_scratch_database
  bootstrap_planner
  start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --listen "unix:$WORK/server.sock" "$@"
  wait_until 60 "the server serves" serving
}

# end_server SIGNAL: sends it, waits and sets SERVER_EXIT.
end_server() {
  kill "-$1" "$SERVER_PID"
  await_server
}
await_server() {
  SERVER_EXIT=0
  # shellcheck disable=SC2034  # read by the tests
  wait "$SERVER_PID" 2>/dev/null || SERVER_EXIT=$?
  SERVER_PID=
}
kill_server() {
  [ -n "$SERVER_PID" ] || return 0
  kill -TERM "$SERVER_PID" 2>/dev/null || true
  local tries=0
  while kill -0 "$SERVER_PID" 2>/dev/null && [ "$tries" -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -KILL "$SERVER_PID" 2>/dev/null || true
  wait "$SERVER_PID" 2>/dev/null || true
  SERVER_PID=
}

# call METHOD JSON [OPTION...]
call() {
  local method=$1 json=$2
  shift 2
  "$ROWKEEPER" call "$method" "$json" --address "$ADDRESS" "$@"
}
health() { call grpc.health.v1.Health.Check '{}' --timeout 2 2>/dev/null | sed -n 's/.*"status": "\(.*\)".*/\1/p'; }
serving() { [ "$(health)" = SERVING ]; }
not_serving() { [ "$(health)" = NOT_SERVING ]; }

# expect_error CODE PATTERN METHOD JSON [OPTION...]: the call fails with CODE and says PATTERN.
expect_error() {
  local code=$1 pattern=$2 output
  shift 2
  if output=$(call "$@" 2>&1); then fail "$1 $2: expected $code, got $output"; fi
  contains "$output" "^$code: " "$1 $2"
  contains "$output" "$pattern" "$1 $2"
}

# The address of the admin listener, from the server's log.
admin_address() { sed -n 's/.*msg="admin listener" address=\([^ ]*\).*/\1/p' "$SERVER_LOG"; }
# page PATH: what the admin listener answers, from the status line on.
page() {
  local address
  address=$(admin_address)
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n' "$1" >&3
  tr -d '\r' <&3
  exec 3>&-
}
# page_says PATH STATUS [PATTERN]
page_says() {
  local answer
  answer=$(page "$1") && grep -q "^HTTP/1.1 $2 " <<<"$answer" && grep -Eq -- "${3:-.}" <<<"$answer"
}

# field NAME JSON: the value of the first string or number field of that name.
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" <<<"$2" | head -n 1; }
