#!/usr/bin/env bash
# A flag wins over ROWKEEPER_*, that over the configuration file, that over the default. Seen by where the server listens.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

cat >"$WORK/config.toml" <<EOT
listen = ["unix:$WORK/file.sock"]
log-format = "json"
pool-size = 3
offline = true  # another command's option
EOT
nowhere=postgresql://nobody@127.0.0.1:1/nothing

# listens SOCKET ARG...: with ARG... the server makes SOCKET, and no other.
listens() {
  local socket=$1
  shift
  "$ROWKEEPER" serve "${PLANNER[@]}" --database-url "$nowhere" "$@" >"$SERVER_LOG" 2>&1 &
  SERVER_PID=$!
  wait_until 60 "$socket is there" test -S "$WORK/$socket.sock"
  equals "$(cd "$WORK" && echo *.sock)" "$socket.sock" "sockets of serve $*"
  end_server TERM
  equals "$SERVER_EXIT" 0 "exit code of serve $*"
  rm -f "$WORK"/*.sock
}

step "the file alone"
listens file --config "$WORK/config.toml"
contains "$(cat "$SERVER_LOG")" '^\{.*"listening"' "log in the file's format"

step "the environment over the file"
ROWKEEPER_LISTEN=unix:$WORK/environment.sock ROWKEEPER_LOG_FORMAT=text listens environment --config "$WORK/config.toml"
contains "$(cat "$SERVER_LOG")" 'msg=listening' "log in the environment's format"

step "the file named by the environment"
ROWKEEPER_CONFIG=$WORK/config.toml listens file

step "a flag over both"
ROWKEEPER_LISTEN=unix:$WORK/environment.sock listens flag --config "$WORK/config.toml" --listen "unix:$WORK/flag.sock"
contains "$(cat "$SERVER_LOG")" '^\{.*"listening"' "what no flag says still comes from the file"

step "the database too"
make_scratch_database
ROWKEEPER_DATABASE_URL=$SCRATCH_URL DATABASE_URL=$nowhere "$ROWKEEPER" migrate status --migrations migrations/planner >/dev/null ||
  fail "ROWKEEPER_DATABASE_URL goes before DATABASE_URL"
ROWKEEPER_DATABASE_URL=$nowhere "$ROWKEEPER" migrate status --migrations migrations/planner --database-url "$SCRATCH_URL" >/dev/null ||
  fail "--database-url goes before ROWKEEPER_DATABASE_URL"
DATABASE_URL=$SCRATCH_URL PGHOST=/nowhere "$ROWKEEPER" migrate status --migrations migrations/planner >/dev/null ||
  fail "DATABASE_URL goes before PGHOST"
