#!/usr/bin/env bash
# Behind PgBouncer in transaction mode: what a server needs there is said in the words to run; what needs a session of its
# own is refused, and works over --migrations-database-url.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/support/postgres.sh
source tests/support/postgres.sh

PGBOUNCER=/usr/sbin/pgbouncer
[ -x "$PGBOUNCER" ] || skip "PgBouncer is not installed: deploy/install_packages.sh --tests"
make_scratch_database
ROLE=${SCRATCH_NAME}_role
MIGRATIONS=(--migrations migrations/planner)

stop_pooler() {
  [ -f "$WORK/pooler/pid" ] || return 0
  kill -TERM "$(cat "$WORK/pooler/pid")"
  wait_until 60 "PgBouncer ends" test ! -f "$WORK/pooler/pid"
}
clean_up_more() {
  stop_pooler
  admin_sql "DROP ROLE IF EXISTS $ROLE" >/dev/null
}

# The host and port of SCRATCH_URL.
server_host() { sed -E 's|.*@([^:/]*).*|\1|' <<<"$SCRATCH_URL"; }
server_port() { sed -nE 's|.*@[^:/]*:([0-9]+).*|\1|p' <<<"$SCRATCH_URL"; }

# Starts a new one, which knows nothing of earlier sessions, and sets POOLED_URL.
start_pooler() {
  stop_pooler
  local port
  port=$(free_port)
  mkdir -p "$WORK/pooler"
  printf '"%s" ""\n' "$ROLE" >"$WORK/pooler/users"
  cat >"$WORK/pooler/pgbouncer.ini" <<-INI
	[databases]
	* = host=$(server_host) port=$(server_port)
	[pgbouncer]
	listen_addr = 127.0.0.1
	listen_port = $port
	unix_socket_dir =
	auth_type = trust
	auth_file = $WORK/pooler/users
	pidfile = $WORK/pooler/pid
	pool_mode = transaction
	default_pool_size = 4
	INI
  [ "$(id -u)" != 0 ] || chown -R postgres "$WORK/pooler"
  as_database_user "$PGBOUNCER" "$WORK/pooler/pgbouncer.ini" >"$WORK/pgbouncer.log" 2>&1 &
  POOLED_URL=postgresql://$ROLE@127.0.0.1:$port/$SCRATCH_NAME
  wait_until 60 "PgBouncer listens" psql -XqAt "$POOLED_URL" -c 'SELECT 1'
}

refused() {
  local pattern=$1 output
  shift
  if output=$("$ROWKEEPER" "$@" 2>&1); then fail "rowkeeper $* should be refused: $output"; fi
  contains "$output" "$pattern" "rowkeeper $*"
}

admin_sql "CREATE ROLE $ROLE LOGIN" >/dev/null
scratch_sql "ALTER DATABASE $SCRATCH_NAME OWNER TO $ROLE; ALTER ROLE $ROLE SET TimeZone = 'Asia/Tokyo'; GRANT ALL ON SCHEMA public TO $ROLE"
DIRECT_URL=$(sed -E "s|//[^@]*@|//$ROLE@|" <<<"$SCRATCH_URL")
start_pooler

step "migrations need a session, and say how to give one"
for command in 'migrate up' 'migrate status' 'migrate bootstrap' 'init-data'; do
  # shellcheck disable=SC2086  # two words
  refused 'session of its own.*--migrations-database-url' $command "${MIGRATIONS[@]}" --database-url "$POOLED_URL"
done
equals "$(scratch_sql "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")" 0 "tables after a refusal"
"$ROWKEEPER" migrate bootstrap "${MIGRATIONS[@]}" --database-url "$POOLED_URL" --migrations-database-url "$DIRECT_URL" >/dev/null ||
  fail "migrate bootstrap over a direct connection"

step "check and explain likewise"
refused 'session of its own.*--migrations-database-url' check "${PLANNER[@]}" --database-url "$POOLED_URL"
refused 'session of its own.*--migrations-database-url' explain TodoRepository.GetById "${PLANNER[@]}" --database-url "$POOLED_URL"
"$ROWKEEPER" explain TodoRepository.GetById "${PLANNER[@]}" --database-url "$POOLED_URL" --migrations-database-url "$DIRECT_URL" >/dev/null ||
  fail "explain over a direct connection"

step "check says what the server's connection lacks"
refused "error: the server cannot use the database of --database-url: .*TimeZone is 'Asia/Tokyo'" \
  check "${PLANNER[@]}" --database-url "$POOLED_URL" --migrations-database-url "$DIRECT_URL"

step "a server does not serve with settings that change answers, and says what to run"
start_server "${PLANNER[@]}" --listen 127.0.0.1:0 --database-url "$POOLED_URL"
wait_until 60 "the server says why" grep -q "not serving: the database's pooler does not fit" "$SERVER_LOG"
refused "ALTER ROLE .*$ROLE.* SET TimeZone = 'UTC'" call TodoRepository.List '{}' --address "$ADDRESS"
remedy=$(grep -o "ALTER ROLE .*= 'UTC'" "$SERVER_LOG" | head -n 1 | sed 's|\\||g')
scratch_sql "$remedy"
kill_server
start_pooler

step "it serves when that is done"
start_server "${PLANNER[@]}" --listen 127.0.0.1:0 --database-url "$POOLED_URL"
wait_until 60 "the server serves" "$ROWKEEPER" call TodoRepository.List '{}' --address "$ADDRESS"
contains "$(cat "$SERVER_LOG")" 'there is a pooler before the database' "the log"
"$ROWKEEPER" call TodoRepository.Create "{\"todo\": {\"owner_id\": \"$ADA\", \"title\": \"pooled\"}}" --address "$ADDRESS" >/dev/null
equals "$(scratch_sql "SELECT count(*) FROM todos WHERE title = 'pooled'")" 1 "rows of a call"
"$ROWKEEPER" check "${PLANNER[@]}" --database-url "$POOLED_URL" --migrations-database-url "$DIRECT_URL" >/dev/null ||
  fail "check when all is well"
kill_server

step "a mistake in --pooler"
refused '.*--pooler.*sometimes' serve "${PLANNER[@]}" --pooler sometimes
start_server "${PLANNER[@]}" --listen 127.0.0.1:0 --database-url "$POOLED_URL" --pooler none
wait_until 60 "the server says that there is a pooler" grep -q 'pooler none says that there is none' "$SERVER_LOG"
kill_server
refused 'there is a pooler in transaction mode; say --pooler transaction' \
  migrate up "${MIGRATIONS[@]}" --database-url "$POOLED_URL" --pooler session
