#!/usr/bin/env bash
# The private PostgreSQL survives a killed server, and commands join the one that a server runs.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

data=$WORK/data
serve() { start_server "${PLANNER[@]}" --listen 127.0.0.1:0 --data-dir "$data"; }

postmaster() { head -n 1 "$data/postgres/postmaster.pid" 2>/dev/null; }
gone() { ! kill -0 "$1" 2>/dev/null; }

step "a new data directory, brought up by a command that joins the server's database"
serve
"$ROWKEEPER" migrate bootstrap --migrations migrations/planner --data-dir "$data" >/dev/null || fail "bootstrap beside the server"
# It says that it serves as soon as some tables are there.
wait_until 60 "the server serves" call ProfileRepository.GetByHandle '{"handle": "ada"}'
contains "$(call ProfileRepository.GetByHandle '{"handle": "ada"}')" '"id": "'"$ADA"'"' "the first data"
call ProfileRepository.Create '{"profile": {"email": "kept@example.com", "handle": "kept", "display_name": "Kept"}}' >/dev/null

step "nobody else gets in"
equals "$(stat -c %a "$data/socket")" 700 "mode of the socket's directory"
equals "$(stat -c %a "$data/postgres")" 700 "mode of the database"

step "kill -9, then serve again"
before=$(postmaster)
kill -KILL "$SERVER_PID"
await_server
serve
wait_until 60 "the server serves again" serving
[ "$(postmaster)" != "$before" ] || fail "the PostgreSQL of the killed server is still used"
contains "$(call ProfileRepository.GetByHandle '{"handle": "kept"}')" '"email": "kept@example.com"' "the data after kill -9"

step "a clean stop ends PostgreSQL too, and a third start has the data"
before=$(postmaster)
end_server TERM
equals "$SERVER_EXIT" 0 "exit code"
gone "$before" || fail "PostgreSQL outlived its server"
[ ! -e "$data/postgres/postmaster.pid" ] || fail "PostgreSQL did not stop cleanly"
serve
wait_until 60 "the server serves a third time" serving
contains "$(call ProfileRepository.GetByHandle '{"handle": "kept"}')" '"email": "kept@example.com"' "the data after a clean stop"
kill_server

step "a command starts the database by itself when no server runs"
contains "$("$ROWKEEPER" migrate status --migrations migrations/planner --data-dir "$data" 2>&1)" ' 0 pending' "migrate status"
[ ! -e "$data/postgres/postmaster.pid" ] || fail "the command left its PostgreSQL running"
